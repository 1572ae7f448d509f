import { NO_CYCLE, type Trace } from '#isa/arch/trace';
import type { TokenChannel } from '#isa/spec/tables';
import { TOKEN_CHANNELS, UNITS } from '#isa/spec/tables';
import { TIMING } from '#isa/spec/timing';
import { ROB_DEPTH } from '#simulator/cycle/parameters';
import { ALU, COMPUTE_UNIT, GEMM, LOAD, type TimingInsn } from '#simulator/cycle/program';
import { type BurstOwners, burstOwners } from '../trace/bursts.js';
import { tokenFlows } from '../trace/flows.js';
import type { RecordedLaunch } from '../trace/launch.js';
import { promises } from '../trace/pushes.js';
import { NO_INSN } from '../trace/spans.js';

/** A token that an instruction took: who gave it ({@link NO_INSN}: an earlier launch), through which channel. */
export interface Taken {
  readonly channel: TokenChannel;
  readonly from: number;
}

/** What the walk over a launch asks again and again, looked up once. */
export interface Facts {
  readonly launch: RecordedLaunch;
  readonly owners: BurstOwners;
  /** The instructions of load, compute and store, and per instruction its place there. */
  readonly units: readonly (readonly TimingInsn[])[];
  readonly place: Int32Array;
  /** The instruction before in the same unit, and of the same engine (gemm, alu by chains, the loaders); {@link NO_INSN} where there is none. */
  readonly engineBefore: Int32Array;
  /** Tokens taken, per instruction. */
  readonly taken: readonly (readonly Taken[])[];
  /** Cycle from which others of compute see an entry as done; {@link NO_CYCLE} outside compute and for a nop. */
  readonly done: Int32Array;
  /** Cycles in which compute pushes c2l and c2s tokens (timing.md, Promises), for every instruction of compute whether or not it pushes any. */
  readonly pushed: Readonly<Record<'c2l' | 'c2s', Int32Array>>;
  /** For an ALU instruction, all that run in one pass with it (timing.md, Chains), in order; for others the instruction alone. */
  readonly chain: readonly (readonly number[])[];
  /** The ALU's passes: the first member of each chain. */
  readonly passes: readonly TimingInsn[];
  /** For each burst, the one before among reads or among writes; and among those of the same client. */
  readonly busBefore: Int32Array;
  readonly clientBefore: Int32Array;
  /** For each burst, the beats that its client asked for before it. */
  readonly beatsBefore: Float64Array;
}

/** From the last vector's issue to the cycle in which an ALU entry is done. */
export const ALU_DONE = TIMING.AluIssue + TIMING.AluWrite + TIMING.WriteToDone;
/** From the last micro-op's issue to the cycle in which a GEMM entry is done. */
export const GEMM_DONE = TIMING.GemmWrite + TIMING.WriteToDone;
/** From the issue of an entry of compute to its first step. */
export const ISSUE_TO_STEP = TIMING.EntryVisible + TIMING.StartDelay;

function doneTimes({ insns, trace }: RecordedLaunch): Int32Array {
  const { finished, retired } = trace.insns;
  return Int32Array.from(insns, ({ index, unit, kind }) => {
    if (unit !== COMPUTE_UNIT || finished[index] === NO_CYCLE) return NO_CYCLE;
    // An ALU entry whose last vectors waited is done later; when, is known only from its retirement.
    return Math.min(retired[index], finished[index] + (kind === GEMM ? GEMM_DONE : kind === ALU ? ALU_DONE : TIMING.StepToRetire));
  });
}

/** Neighbouring ALU entries that start in the same cycle are one chain: two passes never do. */
function chains(compute: readonly TimingInsn[], { insns, trace }: RecordedLaunch): (readonly number[])[] {
  const { started } = trace.insns;
  const out: (readonly number[])[] = insns.map((i) => [i.index]);
  let chain: number[] = [];
  for (const { index } of compute.filter((i) => i.kind === ALU)) {
    if (chain.length === 0 || started[chain[0]] !== started[index]) chain = [];
    chain.push(index);
    out[index] = chain;
  }
  return out;
}

/** The newest earlier instruction of the engine that had finished when `index` started: a reset may end after those that it yielded to. */
function finishedBefore(earlier: readonly number[], index: number, { started, finished }: Trace['insns']): number {
  let best = NO_INSN;
  for (const i of earlier.slice(-ROB_DEPTH)) {
    if (finished[i] < started[index] && (best === NO_INSN || finished[i] > finished[best])) best = i;
  }
  return best;
}

/** The instruction that used the same engine last: for a chain that is the last member of the chain before. */
function engineOrder(
  units: readonly (readonly TimingInsn[])[],
  chain: readonly (readonly number[])[],
  { insns, trace }: RecordedLaunch,
): Int32Array {
  const out = new Int32Array(insns.length).fill(NO_INSN);
  for (const unit of units) {
    const lists = new Map<number, number[]>();
    for (const { index, kind } of unit) {
      const engine = unit[0].unit === COMPUTE_UNIT ? kind : LOAD;
      const earlier = lists.get(engine) ?? [];
      const before = engine === GEMM ? finishedBefore(earlier, index, trace.insns) : (earlier.at(-1) ?? NO_INSN);
      out[index] = before !== NO_INSN && chain[index].includes(before) ? out[before] : before;
      earlier.push(index);
      lists.set(engine, earlier);
    }
  }
  return out;
}

function burstOrder({ trace: { bursts } }: RecordedLaunch): Pick<Facts, 'busBefore' | 'clientBefore' | 'beatsBefore'> {
  const busBefore = new Int32Array(bursts.count).fill(-1);
  const clientBefore = new Int32Array(bursts.count).fill(-1);
  const beatsBefore = new Float64Array(bursts.count);
  const lastOfBus = [-1, -1];
  const lastOfClient = [-1, -1, -1, -1];
  for (let b = 0; b < bursts.count; b++) {
    const client = bursts.client[b];
    const bus = client === 3 ? 1 : 0;
    const before = lastOfClient[client];
    busBefore[b] = lastOfBus[bus];
    clientBefore[b] = before;
    beatsBefore[b] = before < 0 ? 0 : beatsBefore[before] + bursts.beats[before];
    lastOfBus[bus] = b;
    lastOfClient[client] = b;
  }
  return { busBefore, clientBefore, beatsBefore };
}

export function factsOf(launch: RecordedLaunch): Facts {
  const { insns } = launch;
  const units = UNITS.map((_, u) => insns.filter((i) => i.unit === u));
  const place = new Int32Array(insns.length);
  for (const unit of units) {
    unit.forEach((i, n) => {
      place[i.index] = n;
    });
  }
  const taken: Taken[][] = insns.map(() => []);
  for (const { channel, from, to } of tokenFlows(launch)) if (to !== NO_INSN) taken[to].push({ channel, from });
  const done = doneTimes(launch);
  const compute = units[COMPUTE_UNIT];
  const chain = chains(compute, launch);
  return {
    launch,
    owners: burstOwners(launch),
    units,
    place,
    engineBefore: engineOrder(units, chain, launch),
    taken,
    done,
    pushed: promises(launch),
    chain,
    passes: compute.filter((i) => i.kind === ALU && chain[i.index][0] === i.index),
    ...burstOrder(launch),
  };
}

/** Cycle in which an instruction pushed its token of a channel; it is seen one cycle later. */
export function pushTime({ launch, pushed }: Facts, { channel, from }: Taken): number {
  if (TOKEN_CHANNELS[channel].from !== 'compute') return launch.trace.insns.retired[from];
  return pushed[channel as 'c2l' | 'c2s'][from];
}
