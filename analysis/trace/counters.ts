import type { TokenChannel } from '#isa/spec/tables';
import { UNITS } from '#isa/spec/tables';
import { COMPUTE_UNIT } from '#simulator/cycle/program';
import { popsOf, pushesOf } from '#simulator/values/tokens';
import { eachBeat } from './beats.js';
import { STORE } from './bursts.js';
import { CHANNELS } from './flows.js';
import type { RecordedLaunch } from './launch.js';
import { pushCycles } from './pushes.js';

/** A value over time: `value[n]` holds from cycle `at[n]` until the next change. `at` increases strictly and begins with 0. */
export interface Counter {
  readonly name: string;
  readonly unit: string;
  readonly at: number[];
  readonly value: number[];
}

/** Cycles in which something is added, and in which something is taken away, both in order; seen from the named cycle on. */
interface Changes {
  readonly up: number[];
  readonly down: number[];
}

function counter(name: string, unit: string, start: number, { up, down }: Changes, end: number): Counter {
  const at = [0];
  const value = [start];
  let now = start;
  for (let u = 0, d = 0; u < up.length || d < down.length; ) {
    const cycle = Math.min(up[u] ?? Infinity, down[d] ?? Infinity);
    if (cycle > end) break;
    for (; up[u] === cycle; u++) now++;
    for (; down[d] === cycle; d++) now--;
    if (now === value[value.length - 1]) continue;
    if (cycle > 0) at.push(cycle);
    if (cycle > 0) value.push(now);
    else value[0] = now;
  }
  return { name, unit, at, value };
}

/** Instructions in the command queues, and between issue and retirement in compute: the registered counts, as the units see them. */
export function queueCounters({ insns, trace, traits }: RecordedLaunch): readonly Counter[] {
  const { queued, accepted, retired } = trace.insns;
  const leaves = traits.isSerial ? retired : accepted;
  const queues = UNITS.map((name, unit) => {
    const mine = insns.filter((i) => i.unit === unit).map((i) => i.index);
    return counter(
      `${name} queue`,
      'instructions',
      0,
      { up: mine.map((i) => queued[i]), down: mine.map((i) => leaves[i] + 1) },
      trace.cycles,
    );
  });
  const compute = insns.filter((i) => i.unit === COMPUTE_UNIT).map((i) => i.index);
  const rob = { up: compute.map((i) => accepted[i] + 1), down: compute.map((i) => retired[i] + 1) };
  return [...queues, counter('compute in flight', 'instructions', 0, rob, trace.cycles)];
}

/** The token counters: a token is seen in the cycle after its push, and gone in the cycle after its pop. */
export function tokenCounters(launch: RecordedLaunch): readonly Counter[] {
  const { accepted } = launch.trace.insns;
  const pushed = pushCycles(launch);
  const changes = Object.fromEntries(CHANNELS.map((c) => [c, { up: [], down: [] }])) as unknown as Record<TokenChannel, Changes>;
  for (const { index, decoded } of launch.insns) {
    for (const c of popsOf(decoded)) changes[c].down.push(accepted[index] + 1);
    for (const c of pushesOf(decoded)) changes[c].up.push(pushed(c, index) + 1);
  }
  return CHANNELS.map((c) => counter(`tokens ${c}`, 'tokens', launch.tokens[c], changes[c], launch.trace.cycles));
}

/** Bursts that wait for their last beat: from the address handshake to it. */
export function burstCounters({ trace }: RecordedLaunch): readonly Counter[] {
  const { count, client, handshake, last } = trace.bursts;
  const reads: Changes = { up: [], down: [] };
  const writes: Changes = { up: [], down: [] };
  for (let b = 0; b < count; b++) {
    const to = client[b] === STORE ? writes : reads;
    to.up.push(handshake[b] + 1);
    to.down.push(last[b] + 1);
  }
  return [
    counter('read bursts in flight', 'bursts', 0, reads, trace.cycles),
    counter('write bursts in flight', 'bursts', 0, writes, trace.cycles),
  ];
}

/** Share of the cycles in which a data channel transferred a beat, over windows of `window` cycles; the last one may be shorter. */
export function utilization(launch: RecordedLaunch, isWrite: boolean, window: number): Counter {
  const { cycles, bursts } = launch.trace;
  const windows = Math.max(1, Math.ceil(cycles / window));
  const beats = new Float64Array(windows);
  for (let b = 0; b < bursts.count; b++) {
    if ((bursts.client[b] === STORE) !== isWrite) continue;
    eachBeat(launch, b, (cycle) => {
      beats[Math.floor(cycle / window)]++;
    });
  }
  const value = Array.from(beats, (n, i) => n / Math.min(window, cycles - i * window));
  const name = `bus ${isWrite ? 'write' : 'read'}, beats per cycle`;
  return { name, unit: `mean of ${window} cycles`, at: value.map((_, i) => i * window), value };
}

/** Cycles of one window of {@link utilization}: a power of two, so that a run has a few thousand windows at most. */
export function windowOf(cycles: number): number {
  let window = 16;
  while (cycles / window > 4096) window *= 2;
  return window;
}

/** Every counter, in the order in which they are shown. */
export const allCounters = (launch: RecordedLaunch, window: number): readonly Counter[] => [
  ...queueCounters(launch),
  ...tokenCounters(launch),
  ...burstCounters(launch),
  utilization(launch, false, window),
  utilization(launch, true, window),
];
