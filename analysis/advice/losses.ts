import { COMPUTE_UNIT, GEMM } from '#simulator/cycle/program';
import { FETCH, STORE } from '../trace/bursts.js';
import { mnemonicOf } from '../trace/launch.js';
import { NO_INSN } from '../trace/spans.js';
import type { Engine } from './bounds.js';
import type { CriticalPath, PathStep } from './critical-path.js';
import type { Facts } from './facts.js';
import type { Resource } from './resources.js';

/** What kept the busiest engine waiting (docs/reference/advice.md, Losses). */
export const LOSS_KINDS = ['start', 'end', 'input buffer', 'output buffer', 'work', 'latency', 'fetch', 'interlock', 'queue'] as const;
export type LossKind = (typeof LOSS_KINDS)[number];

/** Stretches of the critical path away from the busiest engine, alike in what happens on them. */
export interface Loss {
  readonly kind: LossKind;
  /** What most of their cycles were spent on. */
  readonly resource: Resource;
  /** Cycles in which the busiest engine stood still. */
  readonly cycles: number;
  /** How many stretches. */
  readonly times: number;
  /** What happens, in order: instruction names and token channels. */
  readonly route: readonly string[];
  /** The stretch with the most cycles. */
  readonly example: Example;
}

export interface Example {
  readonly from: number;
  readonly to: number;
  readonly cycles: number;
  /** The instruction with most of the cycles that were spent on the loss's resource; {@link NO_INSN} where there is none. */
  readonly insn: number;
  /** Tokens that carried the path from unit to unit: who pushed, who waited. */
  readonly tokens: readonly { readonly channel: string; readonly from: number; readonly to: number }[];
}

/** Cycles in which an engine works, as ranges `[from, to]` in order. */
function busyRanges(f: Facts, engine: Engine): [number, number][] {
  const { insns, trace, memory } = f.launch;
  const { started, finished } = trace.insns;
  if (engine === 'mac')
    return insns.filter((i) => i.unit === COMPUTE_UNIT && i.kind === GEMM).map((i) => [started[i.index], finished[i.index]]);
  if (engine === 'alu') return f.passes.map((i) => [started[i.index], finished[i.index]]);
  const { count, client, first, last } = trace.bursts;
  const out: [number, number][] = [];
  for (let b = 0; b < count; b++) {
    const isMine = engine === 'write' ? client[b] === STORE : engine === 'fetch' ? client[b] === FETCH : client[b] !== STORE;
    if (isMine) out.push([first[b], last[b] + memory.interval - 1]);
  }
  return out;
}

/** Answers how many cycles of `(from, to]` an engine stands still. */
function idleCounter(f: Facts, engine: Engine): (from: number, to: number) => number {
  const busy = new Uint8Array(f.launch.trace.cycles + 2);
  for (const [from, to] of busyRanges(f, engine)) busy.fill(1, from, Math.min(to + 1, busy.length));
  const idleUntil = new Int32Array(busy.length);
  for (let t = 1; t < busy.length; t++) idleUntil[t] = idleUntil[t - 1] + (busy[t] === 0 ? 1 : 0);
  return (from, to) => idleUntil[to] - idleUntil[from];
}

const AT_HOME: Readonly<Record<Engine, readonly Resource[]>> = {
  mac: ['mac'],
  alu: ['alu'],
  read: ['read', 'fetch'],
  write: ['write'],
  fetch: ['fetch'],
};

/** A step that goes on with what the path did before: the next burst, the next micro-op. Such steps do not divide a stretch. */
const isHome = (step: PathStep, engine: Engine): boolean => AT_HOME[engine].includes(step.resource);

function cyclesBy<K>(steps: readonly PathStep[], keyOf: (s: PathStep) => K): Map<K, number> {
  const out = new Map<K, number>();
  for (const s of steps) out.set(keyOf(s), (out.get(keyOf(s)) ?? 0) + s.to - s.from);
  return out;
}

const largest = <K>(map: ReadonlyMap<K, number>): K => [...map].reduce((a, b) => (b[1] > a[1] ? b : a))[0];

const OF_RESOURCE: Readonly<Record<Resource, LossKind>> = {
  mac: 'work',
  alu: 'work',
  read: 'work',
  write: 'work',
  padding: 'work',
  fetch: 'fetch',
  latency: 'latency',
  pipeline: 'interlock',
  hazard: 'interlock',
  limit: 'queue',
  other: 'interlock',
};

function kindOf(steps: readonly PathStep[], cycles: number, resource: Resource): LossKind {
  if (steps[0].from === 0) return 'start';
  if (steps[steps.length - 1].to === cycles) return 'end';
  const channels = steps.map((s) => s.token?.channel);
  // Where both are on the way, the one behind which most of the time went.
  if (channels.includes('s2c') && (resource === 'write' || !channels.includes('c2l'))) return 'output buffer';
  if (channels.includes('c2l')) return 'input buffer';
  return OF_RESOURCE[resource];
}

/** Names of what happens on a stretch, without repetition and without instructions that only pass by. */
function routeOf(f: Facts, steps: readonly PathStep[]): string[] {
  const spent = cyclesBy(steps, (s) => s.insn);
  const least = (steps[steps.length - 1].to - steps[0].from) / 50;
  const givers = new Set(steps.map((s) => s.token?.from));
  const out: string[] = [];
  const add = (name: string) => {
    if (out.at(-1) !== name) out.push(name);
  };
  for (const s of steps) {
    if (s.token !== null) add(s.token.channel);
    if (s.insn === NO_INSN || (s.token === null && !givers.has(s.insn) && (spent.get(s.insn) ?? 0) < least)) continue;
    add(s.resource === 'fetch' ? 'fetch' : mnemonicOf(f.launch, s.insn));
  }
  return out;
}

function exampleOf(steps: readonly PathStep[], cycles: number, resource: Resource): Example {
  const spent = steps.filter((s) => s.resource === resource);
  return {
    from: steps[0].from,
    to: steps[steps.length - 1].to,
    cycles,
    insn: largest(cyclesBy(spent, (s) => s.insn)),
    tokens: steps.flatMap((s) => (s.token === null ? [] : [{ channel: s.token.channel, from: s.token.from, to: s.insn }])),
  };
}

/**
 * Where the busiest engine stood still, by what the critical path did in the meantime. The cycles of all losses and those in which
 * the engine worked are together the launch's cycles.
 * @returns the largest first
 */
export function lossesOf(f: Facts, path: CriticalPath, engine: Engine): readonly Loss[] {
  const idle = idleCounter(f, engine);
  const groups = new Map<string, Loss>();
  for (let n = 0; n < path.steps.length; ) {
    const begin = n;
    const home = isHome(path.steps[n], engine);
    while (n < path.steps.length && isHome(path.steps[n], engine) === home) n++;
    const steps = path.steps.slice(begin, n);
    const cycles = idle(steps[0].from, steps[steps.length - 1].to);
    if (cycles > 0) addTo(groups, f, steps, cycles);
  }
  return [...groups.values()].sort((a, b) => b.cycles - a.cycles);
}

function addTo(groups: Map<string, Loss>, f: Facts, steps: readonly PathStep[], cycles: number): void {
  const resource = largest(cyclesBy(steps, (s) => s.resource));
  const kind = kindOf(steps, f.launch.trace.cycles, resource);
  const key = `${kind} ${resource}`;
  const old = groups.get(key);
  const isLarger = old === undefined || cycles > old.example.cycles;
  groups.set(key, {
    kind,
    resource,
    cycles: cycles + (old?.cycles ?? 0),
    times: 1 + (old?.times ?? 0),
    route: isLarger ? routeOf(f, steps) : old.route,
    example: isLarger ? exampleOf(steps, cycles, resource) : old.example,
  });
}
