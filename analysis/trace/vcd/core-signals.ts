import { NO_CYCLE } from '#isa/arch/trace';
import type { TokenChannel } from '#isa/spec/tables';
import { GEMM_WRITE } from '#simulator/cycle/parameters';
import { COMPUTE_UNIT, GEMM, LOAD, LOAD_UNIT, STORE_UNIT, type TimingInsn } from '#simulator/cycle/program';
import { popsOf, pushesOf } from '#simulator/values/tokens';
import { type Counter, queueCounters, tokenCounters } from '../counters.js';
import { CHANNELS } from '../flows.js';
import { pushCycles } from '../pushes.js';
import type { Span } from '../spans.js';
import type { TimedLaunch } from '../timeline.js';
import { pulses, type Signal, samples, UNKNOWN, Values } from './signal.js';

/** Where vta_core is in the Verilated hierarchy. */
export const CORE: readonly string[] = ['TOP', 'vta_top', 'u_core'];
const QUEUE_BITS = 10;
const INDEX_BITS = 32;

type Path = readonly string[];

const fromCounter = ({ at, value }: Counter, width: number, path: Path): Signal => ({ path, width, at, value });

/** Fetch hands out, units take: one bit per unit. */
function queueSignals({ launch }: TimedLaunch): readonly Signal[] {
  const { queued, accepted } = launch.trace.insns;
  const push = new Values(3, 0);
  const pop = new Values(3, 0);
  for (const { index, unit } of launch.insns) {
    push.or(queued[index] - 1, 1 << unit);
    pop.or(accepted[index], 1 << unit);
  }
  const dispatched = launch.insns.map(({ index }) => [queued[index] - 1, index] as const);
  const counts = queueCounters(launch).slice(0, 3);
  return [
    push.signal(...CORE, 'push'),
    samples(INDEX_BITS, dispatched, ...CORE, 'fetch_idx'),
    pop.signal(...CORE, 'pop'),
    ...counts.map((c, q) => fromCounter(c, QUEUE_BITS, [...CORE, `queue_count[${q}]`])),
  ];
}

function tokenSignals({ launch }: TimedLaunch): readonly Signal[] {
  const { accepted } = launch.trace.insns;
  const pushed = pushCycles(launch);
  const cycles = (channel: TokenChannel, of: (i: TimingInsn) => readonly TokenChannel[], at: (i: TimingInsn) => number) =>
    launch.insns.filter((i) => of(i).includes(channel)).map(at);
  const counters = tokenCounters(launch);
  return CHANNELS.flatMap((c, n) => [
    pulses(
      cycles(
        c,
        (i) => pushesOf(i.decoded),
        (i) => pushed(c, i.index),
      ),
      ...CORE,
      `${c}_push`,
    ),
    pulses(
      cycles(
        c,
        (i) => popsOf(i.decoded),
        (i) => accepted[i.index],
      ),
      ...CORE,
      `${c}_pop`,
    ),
    fromCounter(counters[n], INDEX_BITS, [...CORE, `u_${c}`, 'count_q']),
  ]);
}

/** Strobes with the number of the instruction: issue of compute, retirement of all units. */
function retireSignals({ launch }: TimedLaunch): readonly Signal[] {
  const { accepted, retired } = launch.trace.insns;
  const of = (unit: number, column: Int32Array) =>
    launch.insns.filter((i) => i.unit === unit).map((i) => [column[i.index], i.index] as const);
  const strobe = (name: string, entries: readonly (readonly [number, number])[]) => [
    pulses(
      entries.map(([cycle]) => cycle),
      ...CORE,
      name,
    ),
    samples(INDEX_BITS, entries, ...CORE, `${name}_idx`),
  ];
  return [
    ...strobe('issue', of(COMPUTE_UNIT, accepted)),
    ...strobe('retire', of(COMPUTE_UNIT, retired)),
    ...strobe('load_retire', of(LOAD_UNIT, retired)),
    ...strobe('store_retire', of(STORE_UNIT, retired)),
  ];
}

/** 1 in every cycle of work; unknown inside work that waited, but for its first and last cycle. */
function workSignal(spans: readonly Span[], shift: number, name: string): Signal {
  const values = new Values(1, 0);
  for (const { from, to, state, waits } of spans) {
    if (state !== 'busy') continue;
    for (let cycle = from; cycle < to; cycle++)
      values.set(cycle + shift, waits === null || cycle === from || cycle === to - 1 ? 1 : UNKNOWN);
  }
  return values.signal(...CORE, name);
}

/** What the engines do. */
function engineSignals({ launch, spans }: TimedLaunch): readonly Signal[] {
  const { started, finished } = launch.trace.insns;
  const ends = (unit: number, kind: number | null) =>
    launch.insns.filter((i) => i.unit === unit && (kind === null || i.kind === kind) && started[i.index] !== NO_CYCLE).map((i) => i.index);
  return [
    workSignal(spans.load, 0, 'load_step'),
    pulses(
      ends(LOAD_UNIT, null).map((i) => finished[i]),
      ...CORE,
      'load_done',
    ),
    workSignal(spans.loader, 0, 'walk_step'),
    pulses(
      ends(COMPUTE_UNIT, LOAD).map((i) => finished[i]),
      ...CORE,
      'walk_done',
    ),
    pulses(
      ends(COMPUTE_UNIT, GEMM).map((i) => started[i] - 1),
      ...CORE,
      'gemm_start',
    ),
    workSignal(spans.gemm, 0, 'gemm_step'),
    workSignal(spans.gemm, GEMM_WRITE, 'gemm_write'),
  ];
}

/** The signals of vta_core that follow from a trace. */
export const coreSignals = (t: TimedLaunch): readonly Signal[] => [
  ...queueSignals(t),
  ...tokenSignals(t),
  ...retireSignals(t),
  ...engineSignals(t),
];
