import { FETCH, STORE } from '../trace/bursts.js';
import { gemmStretches } from '../trace/gemm-stretches.js';
import type { Facts } from './facts.js';
import { orderBound } from './order-bound.js';

/** The limits of a launch, each as if there were no other (docs/reference/advice.md). */
export const BOUNDS = ['mac', 'alu', 'read', 'write', 'fetch', 'latency', 'tokens'] as const;
export type Bound = (typeof BOUNDS)[number];

/** Those that are the work of one part of the machine; the others come from order. */
export const ENGINES = ['mac', 'alu', 'read', 'write', 'fetch'] as const;
export type Engine = (typeof ENGINES)[number];

/** Names for people. */
export const BOUND_NAMES: Readonly<Record<Bound, string>> = {
  mac: 'MAC array',
  alu: 'ALU',
  read: 'bus read',
  write: 'bus write',
  fetch: 'fetch',
  latency: 'latency',
  tokens: 'tokens',
};

/** Cycles that each limit would cost alone. */
export type Bounds = Readonly<Record<Bound, number>>;

export function boundsOf(f: Facts): Bounds {
  const { insns, trace, memory, p } = f.launch;
  const beats = [0, 0, 0, 0];
  for (let b = 0; b < trace.bursts.count; b++) beats[trace.bursts.client[b]] += trace.bursts.beats[b];
  const time = (n: number) => n * memory.interval;
  return {
    mac: gemmStretches(f.launch).reduce((n, { from, to }) => n + to - from + 1, 0),
    alu: f.passes.reduce((n, i) => n + i.steps, 0),
    read: time(beats.reduce((a, n, client) => (client === STORE ? a : a + n), 0)),
    write: time(beats[STORE]),
    fetch: Math.max(time(beats[FETCH]), insns.length * (p.beatBytes === 8 ? 2 : 1)),
    latency: orderBound(f, 'latency'),
    tokens: orderBound(f, 'work'),
  };
}

/** The largest: what binds. Of equals the first, in the order of {@link BOUNDS}. */
export const bindingBound = (bounds: Bounds): Bound => BOUNDS.reduce((best, b) => (bounds[b] > bounds[best] ? b : best));

/** The engine that has most to do. */
export const busiestEngine = (bounds: Bounds): Engine => ENGINES.reduce<Engine>((best, e) => (bounds[e] > bounds[best] ? e : best), 'mac');

export const sumBounds = (list: readonly Bounds[]): Bounds =>
  Object.fromEntries(BOUNDS.map((b) => [b, list.reduce((n, bounds) => n + bounds[b], 0)])) as Record<Bound, number>;
