import { TIMING } from '#isa/spec/timing';
import { LOADER_INSNS, READ_BURSTS, STORE_BURSTS } from '#simulator/cycle/parameters';
import { COMPUTE_UNIT, LOAD_UNIT } from '#simulator/cycle/program';
import { COMPUTE, FETCH, STORE } from '../trace/bursts.js';
import { NO_INSN } from '../trace/spans.js';
import { insnOfBeat } from './beats.js';
import { ALU_DONE, type Facts } from './facts.js';
import { bufferRoom, burstAt, insnAt, interlocks, lastUntil } from './reasons-insn.js';
import type { Reason, Resource } from './resources.js';

/** What a beat of a burst is spent on. */
export const resourceOf = ({ launch: { trace } }: Facts, burst: number): Resource => {
  const client = trace.bursts.client[burst];
  return client === STORE ? 'write' : client === FETCH ? 'fetch' : 'read';
};

/** The burst `back` places before on the same side of the bus; -1 where there is none. */
function earlier(f: Facts, burst: number, back: number): number {
  let b = burst;
  for (let n = 0; n < back && b >= 0; n++) b = f.busBefore[b];
  return b;
}

const address = (f: Facts, burst: number, delay: number, resource: Resource): Reason[] =>
  burst < 0 ? [] : [{ from: burstAt(f, 'address', burst), delay, resource }];

/** Fetch asks when its buffer has room (an instruction has been dispatched) and it does not rest (a queue has run low, or work has come to an end). */
function whyFetched(f: Facts, burst: number): Reason[] {
  const { launch, clientBefore, beatsBefore } = f;
  const { bursts, insns } = launch.trace;
  const before = clientBefore[burst];
  if (before < 0) return [{ from: null, delay: TIMING.LaunchToAddress, resource: 'pipeline' }];
  const out = address(f, before, TIMING.AddressTurn, 'pipeline');
  const beat = beatsBefore[burst] + bursts.beats[burst] - launch.p.fetchBeats;
  if (beat > 0) out.push({ from: insnAt(f, 'queued', insnOfBeat(f, burst, beat - 1)), delay: TIMING.QueuedToAddress, resource: 'limit' });
  const end = bursts.handshake[burst] - TIMING.EventToFetchAddress;
  const insn = (point: 'accepted' | 'finished' | 'retired', unit: number): Reason[] => {
    const found = lastUntil(f.units[unit], insns[point], end);
    return found === NO_INSN ? [] : [{ from: insnAt(f, point, found), delay: TIMING.EventToFetchAddress, resource: 'limit' }];
  };
  out.push(
    ...insn('accepted', LOAD_UNIT),
    ...insn('accepted', COMPUTE_UNIT),
    ...insn('finished', LOAD_UNIT),
    ...insn('retired', COMPUTE_UNIT),
  );
  return out;
}

/** A store follows an ALU chain that is still writing: its burst is clear when its last element has been written. */
function followsAlu(f: Facts, burst: number): Reason[] {
  const at = f.launch.trace.bursts.handshake[burst] - ALU_DONE - 1;
  const { started, finished } = f.launch.trace.insns;
  const id = lastUntil(f.passes, started, at);
  if (id === NO_INSN || finished[id] < at) return [];
  return [{ from: { point: 'running', id, time: at }, delay: ALU_DONE + 1, resource: 'pipeline' }];
}

function whyStored(f: Facts, burst: number): Reason[] {
  const { launch, owners, clientBefore } = f;
  const { bursts, insns } = launch.trace;
  const insn = launch.insns[owners.insn[burst]];
  const time = bursts.handshake[burst];
  const out: Reason[] = [...address(f, clientBefore[burst], TIMING.AddressTurn, 'pipeline')];
  const isFirst = clientBefore[burst] < 0 || owners.insn[clientBefore[burst]] !== insn.index;
  if (isFirst) out.push({ from: insnAt(f, 'accepted', insn.index), delay: TIMING.StoreToAddress, resource: 'pipeline', rest: 'hazard' });
  const full = earlier(f, burst, STORE_BURSTS);
  if (full >= 0 && bursts.last[full] <= time) out.push({ from: burstAt(f, 'last beat', full), delay: 0, resource: 'limit' });
  if (time - insns.accepted[insn.index] > TIMING.StoreToAddress) out.push(...interlocks(f, insn, time, TIMING.AddressTurn));
  const slack = Math.min(...out.map((r) => time - (r.from?.time ?? 0) - r.delay).filter((s) => s >= 0));
  return slack <= TIMING.StoreToAddress ? out : [...out, ...followsAlu(f, burst)];
}

/** The compute loader has a place for a load when the one {@link LOADER_INSNS} loads before has finished. */
function loaderFull(f: Facts, insn: number): Reason[] {
  let before = insn;
  for (let n = 0; n < LOADER_INSNS && before !== NO_INSN; n++) before = f.engineBefore[before];
  return before === NO_INSN
    ? []
    : [{ from: insnAt(f, 'finished', before), delay: TIMING.PlaceFree + TIMING.AcceptToAddress, resource: 'limit' }];
}

/** The cycle of the address handshake. */
export function whyAsked(f: Facts, burst: number): Reason[] {
  const { launch, owners, clientBefore } = f;
  const client = launch.trace.bursts.client[burst];
  if (client === STORE) return whyStored(f, burst);
  const full = earlier(f, burst, READ_BURSTS);
  const shared: Reason[] = [
    ...address(f, f.busBefore[burst], TIMING.AddressTurn, 'pipeline'),
    ...(full < 0 ? [] : [{ from: burstAt(f, 'last beat', full), delay: TIMING.LastBeatToAddress, resource: 'limit' } as const]),
  ];
  if (client === FETCH) return [...shared, ...whyFetched(f, burst)];
  const insn = owners.insn[burst];
  const isFirst = clientBefore[burst] < 0 || owners.insn[clientBefore[burst]] !== insn;
  const delay = TIMING.AcceptToAddress + (client === COMPUTE ? TIMING.EntryVisible : 0);
  const accepted: Reason = { from: insnAt(f, 'accepted', insn), delay, resource: 'pipeline' };
  if (isFirst && client === COMPUTE) shared.push(...loaderFull(f, insn));
  return [
    ...(isFirst ? [accepted] : address(f, clientBefore[burst], TIMING.AddressTurn, 'pipeline')),
    ...shared,
    ...bufferRoom(f, burst, TIMING.BeatToAddress),
  ];
}

/** The cycle of the first beat: one interval after the burst before, or the memory's latency after the address. */
export function whyArrived(f: Facts, burst: number): Reason[] {
  const { bursts } = f.launch.trace;
  const { latency, interval } = f.launch.memory;
  const before = f.busBefore[burst];
  const resource = resourceOf(f, burst);
  const next: Reason[] = before < 0 ? [] : [{ from: burstAt(f, 'last beat', before), delay: interval, resource }];
  if (bursts.client[burst] === STORE) return [...address(f, burst, TIMING.AddressToData, 'pipeline'), ...next];
  // A memory that is busy begins the next burst without its latency.
  if (before >= 0 && bursts.last[before] >= bursts.handshake[burst]) return next;
  return [...address(f, burst, latency, 'latency'), ...next];
}
