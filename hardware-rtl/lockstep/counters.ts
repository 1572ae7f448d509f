import type { Trace } from '#isa/arch/trace';
import { UNITS, type Unit } from '#isa/spec/tables';
import type { Decoded } from '#simulator/values/decode';
import type { PerformanceCounters } from '../verilated/counters.js';

/**
 * What the performance counters of the core read after a launch that began without tokens, computed from the program and the trace of either
 * machine (docs/reference/rtl.md, "Performance counters").
 */
export function expectedCounters(insns: readonly Decoded[], trace: Trace): PerformanceCounters {
  const kind = (d: Decoded) => d.kind;
  const of = (unit: Unit, ...kinds: readonly Decoded['kind'][]) =>
    insns.filter((d) => d.unit === unit && (kinds.length === 0 || kinds.includes(kind(d)))).map((d) => d.index);
  const gemm = of('compute', 'gemm').filter((i) => trace.insns.started[i] >= 0);
  const alu = of('compute', 'alu').filter((i) => trace.insns.started[i] >= 0);
  const accLoads = of('compute', 'load').filter((i) => trace.insns.started[i] >= 0);
  const loads = of('load');
  const steps = (list: readonly number[], client: number) => list.reduce((n, i) => n + emptySteps(insns[i]), beats(trace, client));
  const busy = {
    gemm: covered(gemm.map((i) => [trace.insns.started[i], trace.insns.finished[i]])),
    alu: vectors(insns, trace, alu),
    accLoad: steps(accLoads, COMPUTE),
    load: steps(loads, LOAD),
    store: beats(trace, STORE),
    read: beats(trace, FETCH) + beats(trace, COMPUTE) + beats(trace, LOAD),
  };
  const heads = new QueueHeads(insns, trace);
  return {
    gemmBusy: busy.gemm,
    gemmWait: underWay(trace, gemm) - busy.gemm,
    aluBusy: busy.alu,
    aluWait: underWay(trace, alu) - busy.alu,
    computeLoaderBusy: busy.accLoad,
    computeLoaderWait: underWay(trace, accLoads) - busy.accLoad,
    loadLoaderBusy: busy.load,
    loadLoaderWait: underWay(trace, loads) - busy.load,
    storeBusy: busy.store,
    storeWait: covered(of('store').map((i) => [trace.insns.accepted[i] + 1, trace.insns.retired[i]])) - busy.store,
    readBeats: busy.read,
    readWait: covered(openReads(trace)) - busy.read,
    loadWaitsC2l: heads.token.c2l,
    computeWaitsL2c: heads.token.l2c,
    computeWaitsS2c: heads.token.s2c,
    storeWaitsC2s: heads.token.c2s,
    loadBlocked: heads.blocked.load,
    computeBlocked: heads.blocked.compute,
    storeBlocked: heads.blocked.store,
  };
}

/** Indices into BURST_CLIENTS. */
const [FETCH, COMPUTE, LOAD, STORE] = [0, 1, 2, 3];

type Interval = readonly [from: number, to: number];

/** Cycles in at least one of the intervals, which begin in ascending order. */
function covered(intervals: readonly Interval[]): number {
  let end = -1;
  let cycles = 0;
  for (const [from, to] of intervals) {
    cycles += Math.max(0, to - Math.max(from, end + 1) + 1);
    end = Math.max(end, to);
  }
  return cycles;
}

/** Cycles in which an instruction of the list is visible to its engine and has work left. */
const underWay = ({ insns }: Trace, list: readonly number[]): number =>
  covered(list.map((i) => [insns.accepted[i] + 1, insns.finished[i]]));

function beats({ bursts }: Trace, client: number): number {
  let n = 0;
  for (let b = 0; b < bursts.count; b++) if (bursts.client[b] === client) n += bursts.beats[b];
  return n;
}

const openReads = ({ bursts }: Trace): readonly Interval[] =>
  Array.from({ length: bursts.count }, (_, b) => b)
    .filter((b) => bursts.client[b] !== STORE)
    .map((b) => [bursts.handshake[b] + 1, bursts.last[b]]);

/** Vectors that issue. The members of a chain begin together and share theirs. */
function vectors(insns: readonly Decoded[], trace: Trace, alu: readonly number[]): number {
  const steps = (d: Decoded) => (d.kind === 'alu' ? d.steps : 0);
  const chains = new Map(alu.map((i) => [trace.insns.started[i], steps(insns[i])]));
  return [...chains.values()].reduce((n, count) => n + count, 0);
}

/** Steps of a load's walker that consume no beat: padding, and the one of a load that writes nothing. */
function emptySteps(d: Decoded): number {
  if (d.insn.op !== 'LOAD') return 1;
  const { x_size, y_size, x_pad_0, x_pad_1, y_pad_0, y_pad_1 } = d.insn;
  const rows = y_pad_0 + y_size + y_pad_1;
  if (d.kind !== 'load' || x_size === 0 || rows === 0) return 1;
  return rows * (x_pad_0 + x_size + x_pad_1) - y_size * x_size;
}

/** What the heads of the command queues waited for. A head is first looked at when it is in its queue and the one before it has left. */
class QueueHeads {
  readonly token = { c2l: 0, l2c: 0, s2c: 0, c2s: 0 };
  readonly blocked: Record<Unit, number> = { load: 0, compute: 0, store: 0 };

  constructor(insns: readonly Decoded[], trace: Trace) {
    const tokens = {
      load: { pop_prev_dep: null, pop_next_dep: ['c2l', promiseTimes(insns, trace, 'push_prev_dep', gemmDone)] },
      compute: {
        pop_prev_dep: ['l2c', retireTimes(insns, trace, 'load', 'push_next_dep')],
        pop_next_dep: ['s2c', retireTimes(insns, trace, 'store', 'push_prev_dep')],
      },
      store: { pop_prev_dep: ['c2s', promiseTimes(insns, trace, 'push_next_dep', loadDone)], pop_next_dep: null },
    } as const;
    for (const unit of UNITS) {
      const popped = { pop_prev_dep: 0, pop_next_dep: 0 };
      let free = 0;
      for (const d of insns.filter((x) => x.unit === unit)) {
        const { queued, accepted } = trace.insns;
        const from = Math.max(queued[d.index], free);
        let ready = from;
        for (const flag of ['pop_prev_dep', 'pop_next_dep'] as const) {
          const source = tokens[unit][flag];
          if (source === null || d.insn[flag] === 0) continue;
          const there = source[1][popped[flag]++] + 1;
          this.token[source[0]] += Math.max(0, there - from);
          ready = Math.max(ready, there);
        }
        this.blocked[unit] += accepted[d.index] - ready;
        free = accepted[d.index] + 1;
      }
    }
  }
}

type Push = 'push_prev_dep' | 'push_next_dep';

/** Cycles in which load or store pushes its tokens, in order. */
const retireTimes = (insns: readonly Decoded[], trace: Trace, unit: Unit, flag: Push): readonly number[] =>
  insns.filter((d) => d.unit === unit && d.insn[flag] === 1).map((d) => trace.insns.retired[d.index]);

/** Cycle in which an entry is done (has read INP and WGT), if a pointer of compute waits for that; -1 if not. */
type DoneTime = (d: Decoded, trace: Trace) => number;
const gemmDone: DoneTime = (d, { insns }) =>
  d.kind === 'gemm' && d.steps > 0 && d.insn.reset_reg === 0 ? insns.finished[d.index] + 1 : -1;
const loadDone: DoneTime = (d, { insns }) => (d.kind === 'load' ? insns.finished[d.index] + 1 : -1);

/** Cycles in which compute pushes its tokens: when its pointer passes the entry (timing.md, Promises). */
function promiseTimes(insns: readonly Decoded[], trace: Trace, flag: Push, done: DoneTime): readonly number[] {
  const out: number[] = [];
  let pointer = -1;
  for (const d of insns) {
    if (d.unit !== 'compute') continue;
    pointer = Math.max(pointer + 1, trace.insns.accepted[d.index] + 1, done(d, trace));
    if (d.insn[flag] === 1) out.push(pointer);
  }
  return out;
}
