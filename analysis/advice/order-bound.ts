import { TOKEN_CHANNELS } from '#isa/spec/tables';
import { TIMING } from '#isa/spec/timing';
import { ALU, COMPUTE_UNIT, GEMM, LOAD, LOAD_UNIT, NOP, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import { burstsOf, walkerSteps } from '../trace/bursts.js';
import { PROMISED } from '../trace/pushes.js';
import { NO_INSN } from '../trace/spans.js';
import { ALU_DONE, type Facts, GEMM_DONE, ISSUE_TO_STEP } from './facts.js';

/** `work`: instructions take as long as their work, alone on the machine; `latency`: as if all of an instruction's work were one step. */
export type Cost = 'work' | 'latency';

/** Cycles from acceptance to completion (compute: to `done`) of an instruction that is alone on an idle machine. */
function aloneTime(f: Facts, insn: TimingInsn, cost: Cost): number {
  const { memory, trace } = f.launch;
  const { started, finished } = trace.insns;
  const bursts = burstsOf(insn, f.owners);
  const one = cost === 'latency';
  let beats = 0;
  for (const b of bursts) beats += trace.bursts.beats[b];
  const data = bursts.length === 0 ? 0 : memory.latency + (one ? 0 : (beats - 1) * memory.interval);
  if (insn.unit === STORE_UNIT) {
    // without data: into the completion queue, and out of it
    if (bursts.length === 0) return TIMING.EngineTurn;
    const write = one ? 0 : (beats - 1) * memory.interval;
    return TIMING.StoreToAddress + TIMING.AddressToData + write + TIMING.LastWriteToRetire;
  }
  if (insn.unit === LOAD_UNIT || insn.kind === LOAD) {
    const accept = insn.unit === LOAD_UNIT ? 0 : TIMING.EntryVisible;
    const steps = one ? 1 : walkerSteps(insn, f.owners, f.launch);
    const read = bursts.length === 0 ? 0 : TIMING.AcceptToAddress + data + TIMING.BeatToStep + TIMING.StepToRetire;
    return accept + Math.max(read, TIMING.AcceptToStep - 1 + steps + TIMING.StepToRetire);
  }
  if (insn.kind === NOP) return TIMING.EntryVisible;
  return ISSUE_TO_STEP + (one ? 0 : finished[insn.index] - started[insn.index]) + (insn.kind === GEMM ? GEMM_DONE : ALU_DONE);
}

/** Points of one instruction in the schedule that order alone allows. */
interface Schedule {
  readonly accepted: Float64Array;
  /** Load and store: retired; compute: done. */
  readonly complete: Float64Array;
  readonly pushed: Readonly<Record<'c2l' | 'c2s', Float64Array>>;
  readonly retired: Float64Array;
}

/** No instruction takes longer than it really did: so the bound never exceeds the launch's cycles. */
function durationsOf(f: Facts, cost: Cost): Float64Array {
  const { accepted, retired } = f.launch.trace.insns;
  return Float64Array.from(f.launch.insns, (insn) => {
    const i = insn.index;
    const real = (insn.unit === COMPUTE_UNIT && insn.kind !== NOP ? f.done[i] : retired[i]) - accepted[i];
    return Math.min(real, aloneTime(f, insn, cost));
  });
}

/** The last instruction up to `insn` in compute that writes accumulators: what a store that follows its token has to wait for. */
function writerBefore(f: Facts, insn: number): number {
  const compute = f.units[COMPUTE_UNIT];
  for (let n = f.place[insn]; n >= 0; n--) {
    const i = compute[n];
    if (i.kind === ALU || i.kind === GEMM || i.writesAcc) return i.index;
  }
  return NO_INSN;
}

function place(f: Facts, insn: TimingInsn, s: Schedule, durations: Float64Array): void {
  const i = insn.index;
  const at = f.place[i];
  const before = at === 0 ? NO_INSN : f.units[insn.unit][at - 1].index;
  let accept = before === NO_INSN ? 0 : s.accepted[before] + (insn.unit === COMPUTE_UNIT ? TIMING.IssueTurn : TIMING.EngineTurn);
  let data = 0;
  for (const { channel, from } of f.taken[i]) {
    if (from === NO_INSN) continue;
    const isCompute = TOKEN_CHANNELS[channel].from === 'compute';
    accept = Math.max(accept, TIMING.TokenVisible + (isCompute ? s.pushed[channel as 'c2l' | 'c2s'][from] : s.retired[from]));
    if (channel === 'c2s') data = Math.max(data, storeAfter(f, i, from, s));
  }
  s.accepted[i] = accept;
  s.complete[i] = Math.max(accept + durations[i], data);
  s.retired[i] = Math.max(s.complete[i], before === NO_INSN ? 0 : s.retired[before] + 1);
  if (insn.unit !== COMPUTE_UNIT) return;
  for (const channel of ['c2l', 'c2s'] as const) {
    const passed = before === NO_INSN ? 0 : s.pushed[channel][before] + 1;
    const finished = s.complete[i] - (insn.kind === GEMM ? GEMM_DONE : TIMING.StepToRetire);
    s.pushed[channel][i] = Math.max(passed, accept + TIMING.EntryVisible, PROMISED[channel](insn) ? finished + 1 : 0);
  }
}

/** A store may begin before the accumulators are written, but its last bytes leave after them. */
function storeAfter(f: Facts, store: number, from: number, s: Schedule): number {
  const writer = writerBefore(f, from);
  if (writer === NO_INSN || f.launch.insns[store].kind === NOP) return 0;
  const real = f.launch.trace.insns.retired[store] - f.done[writer];
  return real < 0 ? 0 : s.complete[writer] + Math.min(real, 1);
}

/**
 * The cycles of the launch if only order counted: tokens, and that each unit takes its instructions, and completes them, in order. Engines and bus
 * serve any number of instructions at a time.
 */
export function orderBound(f: Facts, cost: Cost): number {
  const { insns, trace } = f.launch;
  const column = () => new Float64Array(insns.length);
  const s: Schedule = { accepted: column(), complete: column(), pushed: { c2l: column(), c2s: column() }, retired: column() };
  const durations = durationsOf(f, cost);
  // In the order of acceptance every token is given before it is taken: its giver was accepted in an earlier cycle.
  const order = insns.map((i) => i.index).sort((a, b) => trace.insns.accepted[a] - trace.insns.accepted[b]);
  for (const i of order) place(f, insns[i], s, durations);
  return s.retired[insns.findIndex((i) => i.isFinish)];
}
