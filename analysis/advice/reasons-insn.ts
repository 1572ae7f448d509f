import { NO_CYCLE } from '#isa/arch/trace';
import { TOKEN_CHANNELS } from '#isa/spec/tables';
import { fetchPace, TIMING } from '#isa/spec/timing';
import { COMMAND_QUEUE_DEPTH, LOADER_BEATS, LOADER_INSNS, ROB_DEPTH, STORE_INSNS } from '#simulator/cycle/parameters';
import { ALU, COMPUTE_UNIT, GEMM, LOAD, LOAD_UNIT, NOP, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import { burstsOf, paddingSteps, walkerSteps } from '../trace/bursts.js';
import { NO_INSN } from '../trace/spans.js';
import { PROMISED } from '../trace/pushes.js';
import { ALU_DONE, type Facts, GEMM_DONE, ISSUE_TO_STEP, pushTime } from './facts.js';
import { beatAt, fetchBeat } from './beats.js';
import type { At, Point, Reason, Resource } from './resources.js';

/** The point of an instruction, with the cycle that the trace (or timing.md, for what follows from it) gives it. */
export function insnAt(f: Facts, point: Point, id: number): At {
  const { insns } = f.launch.trace;
  switch (point) {
    case 'queued':
    case 'accepted':
    case 'started':
    case 'finished':
    case 'retired':
      return { point, id, time: insns[point][id] };
    case 'done':
      return { point, id, time: f.done[id] };
    case 'pushed c2l':
      return { point, id, time: f.pushed.c2l[id] };
    case 'pushed c2s':
      return { point, id, time: f.pushed.c2s[id] };
    default:
      throw new Error(`internal error: ${point} is no point of an instruction`);
  }
}

export const burstAt = ({ launch: { trace } }: Facts, point: 'address' | 'first beat' | 'last beat', id: number): At => ({
  point,
  id,
  time: trace.bursts[point === 'address' ? 'handshake' : point === 'first beat' ? 'first' : 'last'][id],
});

/** The last instruction of a unit that reached a point in cycle `end` or before; {@link NO_INSN} for none. Points are reached in order. */
export function lastUntil(unit: readonly TimingInsn[], times: Int32Array, end: number): number {
  let low = 0;
  for (let high = unit.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (times[unit[middle].index] <= end) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? NO_INSN : unit[low - 1].index;
}

/** The instruction `back` places before in the same unit. */
function earlier(f: Facts, insn: TimingInsn, back: number): number {
  const place = f.place[insn.index] - back;
  return place < 0 ? NO_INSN : f.units[insn.unit][place].index;
}

const after = (f: Facts, point: Point, id: number, delay: number, resource: Resource, rest?: Resource): Reason[] =>
  id === NO_INSN ? [] : [{ from: insnAt(f, point, id), delay, resource, ...(rest && { rest }) }];

/** Fetch: the beat with its last byte, the instruction dispatched before, room in the queue. */
export function whyQueued(f: Facts, insn: TimingInsn): Reason[] {
  const { p } = f.launch;
  const beat = fetchBeat(f, insn.index);
  return [
    { from: beat, delay: TIMING.BeatToQueued, resource: 'fetch' },
    ...(insn.index === 0 ? [] : after(f, 'queued', insn.index - 1, fetchPace(p.beatBytes), 'fetch')),
    ...after(f, 'accepted', earlier(f, insn, COMMAND_QUEUE_DEPTH), TIMING.AcceptToQueued, 'limit'),
  ];
}

/** Load and store take the next instruction when they have asked for all bursts of the one before. */
function engineFree(f: Facts, insn: TimingInsn): Reason[] {
  const before = earlier(f, insn, 1);
  if (before === NO_INSN) return [];
  const out = after(f, 'accepted', before, TIMING.EngineTurn, 'pipeline');
  const bursts = burstsOf(f.launch.insns[before], f.owners);
  if (bursts.length === 0) return out;
  const last = bursts[bursts.length - 1];
  if (insn.unit === STORE_UNIT) return [...out, { from: burstAt(f, 'address', last), delay: 0, resource: 'limit' }];
  if (bursts.length > 1) out.push({ from: burstAt(f, 'address', bursts[bursts.length - 2]), delay: 0, resource: 'pipeline' });
  return [...out, ...bufferRoom(f, last, TIMING.BeatToEngine)];
}

/** A loader asks for a burst when its buffer of {@link LOADER_BEATS} has room: when an earlier beat has been used. */
export function bufferRoom(f: Facts, burst: number, delay: number): Reason[] {
  const beat = f.beatsBefore[burst] + f.launch.trace.bursts.beats[burst] - LOADER_BEATS;
  if (beat <= 0) return [];
  const from = beatAt(f, burst, beat - 1);
  const owner = f.owners.insn[from.id];
  // The walker may wait with the beat: then it is used when its instruction starts, at the earliest.
  const started = insnAt(f, 'started', owner);
  return [
    { from, delay, resource: 'limit' },
    ...(started.time > from.time ? [{ from: started, delay: delay - TIMING.BeatToStep, resource: 'limit' } as const] : []),
  ];
}

export function whyAccepted(f: Facts, insn: TimingInsn): Reason[] {
  const out: Reason[] = after(f, 'queued', insn.index, 0, 'pipeline');
  for (const token of f.taken[insn.index]) {
    if (token.from === NO_INSN) continue;
    const isCompute = TOKEN_CHANNELS[token.channel].from === 'compute';
    const point: Point = isCompute ? `pushed ${token.channel as 'c2l' | 'c2s'}` : 'retired';
    const from: At = { point, id: token.from, time: pushTime(f, token) };
    out.push({ from, delay: TIMING.TokenVisible, resource: 'pipeline', token: token.channel });
  }
  if (insn.unit === COMPUTE_UNIT) {
    return [
      ...out,
      ...after(f, 'accepted', earlier(f, insn, 1), TIMING.IssueTurn, 'pipeline'),
      ...after(f, 'retired', earlier(f, insn, ROB_DEPTH), TIMING.PlaceFree, 'limit'),
    ];
  }
  out.push(...engineFree(f, insn));
  const [point, depth] = insn.unit === LOAD_UNIT ? (['finished', LOADER_INSNS] as const) : (['retired', STORE_INSNS] as const);
  const full = earlier(f, insn, depth);
  if (full !== NO_INSN && insnAt(f, point, full).time !== NO_CYCLE) out.push(...after(f, point, full, TIMING.PlaceFree, 'limit'));
  return out;
}

/**
 * Older entries of another kind that were not done when this one was issued, and are done before it starts: an interlock may have waited for them.
 * Which of them really conflict depends on micro-ops; the walk takes the one whose time fits.
 */
export function interlocks(f: Facts, insn: TimingInsn, before: number, delay: number): Reason[] {
  const { accepted } = f.launch.trace.insns;
  const compute = f.units[COMPUTE_UNIT];
  const from = insn.unit === COMPUTE_UNIT ? f.place[insn.index] : f.place[lastUntil(compute, accepted, before)] + 1;
  const out: Reason[] = [];
  for (let n = from - 1; n >= 0 && n >= from - 2 * ROB_DEPTH - 1; n--) {
    const o = compute[n];
    const done = f.done[o.index];
    if (done === NO_CYCLE || o.kind === NOP || done <= accepted[insn.index] || done + delay > before) continue;
    if (insn.unit === COMPUTE_UNIT && o.kind === insn.kind) continue;
    if (insn.unit === STORE_UNIT && o.writesUop) continue;
    out.push({ from: insnAt(f, 'done', o.index), delay, resource: 'pipeline', rest: 'hazard' });
  }
  return out;
}

function whyLoadStarted(f: Facts, insn: TimingInsn): Reason[] {
  const i = insn.index;
  const started = f.launch.trace.insns.started[i];
  // Between its steps the walker of compute waits for banks, and at the first one for interlocks.
  const rest = insn.unit === COMPUTE_UNIT ? 'hazard' : undefined;
  const out = [
    ...after(f, 'accepted', i, TIMING.AcceptToStep + (insn.unit === LOAD_UNIT ? 0 : TIMING.EntryVisible), 'pipeline', rest),
    ...after(f, 'finished', f.engineBefore[i], TIMING.StepTurn, 'pipeline', rest),
  ];
  const bursts = burstsOf(insn, f.owners);
  if (bursts.length > 0 && insn.padBefore + insn.padLeft === 0) {
    out.push({ from: burstAt(f, 'first beat', bursts[0]), delay: TIMING.BeatToStep, resource: 'pipeline', rest: 'hazard' });
  }
  if (insn.unit === COMPUTE_UNIT) out.push(...interlocks(f, insn, started, 0));
  return out;
}

export function whyStarted(f: Facts, insn: TimingInsn): Reason[] {
  const i = insn.index;
  if (insn.unit !== COMPUTE_UNIT || insn.kind === LOAD) return whyLoadStarted(f, insn);
  const started = f.launch.trace.insns.started[i];
  const isSimple = insn.simple && (insn.kind === ALU || insn.resets);
  // While a vector waits at the interlock, or the ALU is frozen, the first vector of the next pass does not issue; a reset waits for the scanner.
  const out = after(f, 'finished', f.engineBefore[i], TIMING.StepTurn, 'pipeline', insn.kind === ALU || isSimple ? 'hazard' : undefined);
  for (const member of f.chain[i]) {
    out.push(
      ...after(f, 'accepted', member, ISSUE_TO_STEP + (isSimple ? insn.uopCount + TIMING.ScanDelay : 0), 'pipeline'),
      ...interlocks(f, f.launch.insns[member], started, TIMING.StartDelay),
    );
  }
  return out;
}

export function whyFinished(f: Facts, insn: TimingInsn): Reason[] {
  const i = insn.index;
  const { bursts } = f.launch.trace;
  const mine = burstsOf(insn, f.owners);
  if (insn.unit === STORE_UNIT) return [{ from: burstAt(f, 'last beat', mine[mine.length - 1]), delay: 0, resource: 'write' }];
  if (insn.kind === GEMM) return [{ from: insnAt(f, 'started', i), delay: 0, resource: 'mac', rest: 'mac' }];
  if (insn.kind === ALU) {
    // The vectors are those of the pass: every member of a chain has as many.
    return [{ from: insnAt(f, 'started', i), delay: insn.steps - 1, resource: 'alu', rest: 'hazard' }];
  }
  const steps = walkerSteps(insn, f.owners, f.launch);
  // Without padding its steps are the beats of the bus.
  const work: Reason = {
    from: insnAt(f, 'started', i),
    delay: steps - 1,
    resource: paddingSteps(insn) > 0 ? 'padding' : 'read',
    rest: 'hazard',
  };
  if (mine.length === 0) return [work];
  const last = mine[mine.length - 1];
  const padsBehind = insn.padRight + insn.padAfter;
  return [
    {
      from: { point: 'last beat', id: last, time: bursts.last[last] },
      delay: TIMING.BeatToStep + padsBehind,
      resource: padsBehind > 0 ? 'padding' : 'pipeline',
      rest: 'hazard',
    },
    work,
  ];
}

export function whyDone(f: Facts, insn: TimingInsn): Reason[] {
  const delay = insn.kind === GEMM ? GEMM_DONE : insn.kind === ALU ? ALU_DONE : TIMING.StepToRetire;
  return [{ from: insnAt(f, 'finished', insn.index), delay, resource: 'pipeline', rest: 'hazard' }];
}

export function whyPushed(f: Facts, insn: TimingInsn, channel: 'c2l' | 'c2s'): Reason[] {
  const i = insn.index;
  const before = earlier(f, insn, 1);
  const out = after(f, 'accepted', i, TIMING.EntryVisible, 'pipeline');
  if (before !== NO_INSN) out.push({ from: insnAt(f, `pushed ${channel}`, before), delay: 1, resource: 'pipeline' });
  if (PROMISED[channel](insn) && f.launch.trace.insns.finished[i] !== NO_CYCLE) out.push(...after(f, 'finished', i, 1, 'pipeline'));
  return out;
}

export function whyRetired(f: Facts, insn: TimingInsn): Reason[] {
  const i = insn.index;
  const out = after(f, 'retired', earlier(f, insn, 1), 1, 'pipeline');
  const hasWork = f.launch.trace.insns.finished[i] !== NO_CYCLE;
  if (!hasWork) return [...out, ...after(f, 'accepted', i, TIMING.EntryVisible, 'pipeline')];
  if (insn.unit === COMPUTE_UNIT) return [...out, { from: insnAt(f, 'done', i), delay: 0, resource: 'pipeline', rest: 'hazard' }];
  if (insn.unit === LOAD_UNIT) return [...out, ...after(f, 'finished', i, TIMING.StepToRetire, 'pipeline')];
  return [...out, { from: insnAt(f, 'finished', i), delay: TIMING.LastWriteToRetire, resource: 'latency' }];
}
