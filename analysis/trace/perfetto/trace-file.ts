import { BURST_CLIENTS, NO_CYCLE } from '#isa/arch/trace';
import { UNITS } from '#isa/spec/tables';
import { COMPUTE_UNIT, STORE_UNIT } from '#simulator/cycle/program';
import { allCounters, type Counter, windowOf } from '../counters.js';
import { STORE } from '../bursts.js';
import { aluPasses } from '../chains.js';
import { mnemonicOf, type RecordedLaunch, textOf } from '../launch.js';
import { busyIn, NO_INSN, type Span, UNIT_IDS, UNIT_NAMES, type UnitId } from '../spans.js';
import type { TimedLaunch, Timeline } from '../timeline.js';
import { type Args, type Flows, TrackEventWriter } from './writer.js';

const UNIT_TEXT: Readonly<Record<UnitId, string>> = {
  fetch: 'Instructions that move to their queues.',
  load: 'Steps of the walker of the load unit: INP, WGT, PAD_VALUE.',
  loader: 'Steps of the walker in compute: UOP, ACC, ACC_8BIT.',
  gemm: 'Cycles in which micro-ops issue.',
  alu: 'Cycles in which vectors issue.',
  store: 'Transfers of W beats.',
  read: 'R channel: beats, and waiting for them after the address handshake.',
  write: 'W channel: beats, and waiting for them after the address handshake.',
};

/** Tracks for instructions that do no work: they only take and give tokens. */
const SYNC_UNITS = [COMPUTE_UNIT, STORE_UNIT];

interface Tracks {
  readonly layers: number;
  readonly units: Readonly<Record<UnitId, number>>;
  readonly sync: ReadonlyMap<number, number>;
  readonly counters: ReadonlyMap<string, number>;
}

/** Numbers of tokens by the instructions that push and pop them; unique in the file. */
class FlowIds {
  private readonly byInsn = new Map<number, { out: number[]; in: number[] }>();

  constructor({ flows }: TimedLaunch, first: number) {
    flows.forEach(({ from, to }, n) => {
      if (from === NO_INSN || to === NO_INSN) return;
      this.of(from).out.push(first + n);
      this.of(to).in.push(first + n);
    });
  }

  of(insn: number): { out: number[]; in: number[] } {
    let entry = this.byInsn.get(insn);
    if (entry === undefined) {
      entry = { out: [], in: [] };
      this.byInsn.set(insn, entry);
    }
    return entry;
  }
}

/** The tracks, in the order in which they are shown. */
function makeTracks(w: TrackEventWriter, t: Timeline, counters: readonly Counter[]): Tracks {
  const root = w.track(`${t.name} on ${t.on}, machine ${t.launches[0].launch.config.name}; 1 ns is 1 cycle`, 0, 'Made by vta trace.');
  let rank = 0;
  const under = (name: string, text: string) => w.track(name, rank++, text, root);
  const layers = under('layer', 'One slice per launch; launches follow each other without a gap.');
  const units = Object.fromEntries(UNIT_IDS.map((id) => [id, under(UNIT_NAMES[id], UNIT_TEXT[id])]));
  const used = SYNC_UNITS.filter((u) => t.launches.some((l) => l.launch.insns.some((i) => i.unit === u && isSync(l, i.index))));
  const text = 'Instructions that do no work, in the cycle in which they take their tokens.';
  const sync = new Map(used.map((u) => [u, under(`${UNITS[u]}, tokens only`, text)]));
  const counterTracks = new Map(counters.map((c) => [c.name, w.counterTrack(c.name, rank++, c.unit, root)]));
  return { layers, units: units as Record<UnitId, number>, sync, counters: counterTracks };
}

const isSync = ({ launch }: TimedLaunch, insn: number): boolean => launch.trace.insns.started[insn] === NO_CYCLE;

function layerSlice(w: TrackEventWriter, { layers }: Tracks, { launch, start, accounts }: TimedLaunch): void {
  const busy = Object.fromEntries(UNIT_IDS.map((id) => [`${UNIT_NAMES[id]} busy`, accounts.units[id].busy]));
  w.begin(layers, start, launch.name, 'layer', { cycles: accounts.cycles, instructions: launch.insns.length, ...busy });
  w.end(layers, start + accounts.cycles);
}

/** What is said about an instruction; cycles count from the begin of the launch, as in every other output. */
function insnArgs({ launch }: TimedLaunch, insn: number): Args {
  const { queued, accepted, started, finished, retired } = launch.trace.insns;
  const work: Args = started[insn] === NO_CYCLE ? {} : { started: started[insn], finished: finished[insn] };
  return {
    insn,
    text: textOf(launch, insn),
    layer: launch.name,
    queued: queued[insn],
    accepted: accepted[insn],
    ...work,
    retired: retired[insn],
  };
}

const waitArgs = (span: Span): Args => ({
  cycles: span.to - span.from,
  busy: busyIn(span),
  ...(span.waits === null ? {} : { 'waits memory': span.waits.memory, 'waits hazard': span.waits.hazard, 'waits queue': span.waits.queue }),
});

/** Transfers on one direction of the bus, and waiting for them. */
function busSlices(w: TrackEventWriter, track: number, { launch, start, owners, spans }: TimedLaunch, isWrite: boolean): void {
  const { count, client, beats, handshake } = launch.trace.bursts;
  let b = -1;
  for (const span of spans[isWrite ? 'write' : 'read']) {
    if (span.state === 'idle') continue;
    if (span.state === 'busy') {
      for (b++; b < count && (client[b] === STORE) !== isWrite; ) b++;
      const args = { beats: beats[b], handshake: handshake[b], insn: owners.insn[b], layer: launch.name, ...waitArgs(span) };
      w.begin(track, start + span.from, `${BURST_CLIENTS[client[b]]} burst`, 'burst', args);
    } else waitSlice(w, track, launch, start, span);
    w.end(track, start + span.to);
  }
}

function waitSlice(w: TrackEventWriter, track: number, launch: RecordedLaunch, start: number, { from, to, state, insn }: Span): void {
  w.begin(track, start + from, `waits: ${state}`, 'wait', { cycles: to - from, insn, text: textOf(launch, insn), layer: launch.name });
}

/** Work and waits of one unit; idle time stays empty. ALU instructions that run in one pass lie in the slice of the first. */
function unitSlices(w: TrackEventWriter, track: number, id: UnitId, t: TimedLaunch, flows: FlowIds): void {
  const { launch, start } = t;
  const passes = id === 'alu' ? aluPasses(launch) : null;
  for (const span of t.spans[id]) {
    if (span.state === 'idle') continue;
    let slices = 1;
    if (span.state !== 'busy') waitSlice(w, track, launch, start, span);
    else if (id === 'fetch')
      w.begin(track, start + span.from, 'dispatch', 'fetch', { 'first insn': span.insn, layer: launch.name, ...waitArgs(span) });
    else {
      const insns = passes?.get(span.insn) ?? [span.insn];
      slices = insns.length;
      for (const i of insns) {
        w.begin(track, start + span.from, mnemonicOf(launch, i), 'insn', { ...insnArgs(t, i), ...waitArgs(span) }, flows.of(i));
      }
    }
    for (; slices > 0; slices--) w.end(track, start + span.to);
  }
}

function syncSlices(w: TrackEventWriter, { sync }: Tracks, t: TimedLaunch, flows: FlowIds): void {
  const { launch, start } = t;
  for (const { index, unit } of launch.insns) {
    const track = sync.get(unit);
    if (track === undefined || !isSync(t, index)) continue;
    const at = start + launch.trace.insns.accepted[index];
    const slice: Flows = flows.of(index);
    w.begin(track, at, mnemonicOf(launch, index), 'sync', insnArgs(t, index), slice);
    w.end(track, at + 1);
  }
}

/**
 * A run as a Perfetto track-event file (protobuf, for ui.perfetto.dev): one track per unit with the instructions that worked and what the unit waited
 * for between, flows for tokens from the instruction that pushes to the one that pops, counters for queues, tokens and bus. One cycle is one nanosecond.
 * @returns the file in pieces
 */
export function perfettoFile(t: Timeline): readonly Uint8Array[] {
  const w = new TrackEventWriter();
  const window = windowOf(t.cycles);
  const counters = t.launches.map((l) => allCounters(l.launch, window));
  const tracks = makeTracks(w, t, counters[0]);
  let flows = 1;
  t.launches.forEach((l, n) => {
    const ids = new FlowIds(l, flows);
    flows += l.flows.length;
    layerSlice(w, tracks, l);
    for (const id of UNIT_IDS) {
      if (id === 'read' || id === 'write') busSlices(w, tracks.units[id], l, id === 'write');
      else unitSlices(w, tracks.units[id], id, l, ids);
    }
    syncSlices(w, tracks, l, ids);
    for (const c of counters[n]) {
      const track = tracks.counters.get(c.name)!;
      c.at.forEach((at, i) => {
        if (at < l.accounts.cycles) w.counter(track, l.start + at, c.value[i]);
      });
    }
  });
  return w.finish();
}
