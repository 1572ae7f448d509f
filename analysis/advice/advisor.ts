import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { INSN_BYTES } from '#isa/codec/codec';
import { type RecordedLaunch, recordedLaunch, tokensAfter } from '../trace/launch.js';
import { noTokens } from '#simulator/values/tokens';
import { type Bound, type Bounds, bindingBound, boundsOf, busiestEngine, type Engine, sumBounds } from './bounds.js';
import { type CriticalPath, criticalPath } from './critical-path.js';
import { factsOf } from './facts.js';
import { type Loss, lossesOf } from './losses.js';
import { RESOURCES, type Resource } from './resources.js';
import { EXPERIMENTS, type Experiment, experimentsOn, type Measured, WhatIf } from './what-if.js';

/** What is known about the time of one launch. */
export interface LaunchAdvice {
  readonly launch: RecordedLaunch;
  readonly cycles: number;
  readonly bounds: Bounds;
  readonly binds: Bound;
  /** The engine that losses are losses of. */
  readonly engine: Engine;
  readonly path: CriticalPath;
  /** The largest first; with the cycles in which the engine worked they are all cycles. */
  readonly losses: readonly Loss[];
  /** The launch's cycles with changes; null where nothing was measured. */
  readonly measured: Measured | null;
}

/** The same about launches one after the other. */
export interface RunAdvice {
  readonly launches: readonly LaunchAdvice[];
  readonly cycles: number;
  readonly bounds: Bounds;
  readonly binds: Bound;
  /** The sum of what binds in each launch: fewer cycles are not possible without changing a limit. */
  readonly least: number;
  readonly spent: Readonly<Record<Resource, number>>;
  /** Losses of all launches, the largest first. */
  readonly losses: readonly { readonly launch: number; readonly loss: Loss }[];
  /** Cycles that each change would save over all launches; null where it does not apply. */
  readonly saved: Readonly<Record<Experiment, number | null>>;
}

export function adviseLaunch(launch: RecordedLaunch): LaunchAdvice {
  const f = factsOf(launch);
  const bounds = boundsOf(f);
  const engine = busiestEngine(bounds);
  const path = criticalPath(f);
  const binds = bindingBound(bounds);
  return { launch, cycles: launch.trace.cycles, bounds, binds, engine, path, losses: lossesOf(f, path, engine), measured: null };
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

function savedBy(launches: readonly LaunchAdvice[], e: Experiment): number | null {
  const known = launches.flatMap((l) => (l.measured === null || l.measured[e] === null ? [] : [l.cycles - l.measured[e]]));
  return known.length === 0 ? null : sum(known);
}

export function adviseRun(launches: readonly LaunchAdvice[]): RunAdvice {
  const bounds = sumBounds(launches.map((l) => l.bounds));
  return {
    launches,
    cycles: sum(launches.map((l) => l.cycles)),
    bounds,
    binds: bindingBound(bounds),
    least: sum(launches.map((l) => l.bounds[l.binds])),
    spent: Object.fromEntries(RESOURCES.map((r) => [r, sum(launches.map((l) => l.path.spent[r]))])) as Record<Resource, number>,
    losses: launches.flatMap((l, launch) => l.losses.map((loss) => ({ launch, loss }))).sort((a, b) => b.loss.cycles - a.loss.cycles),
    saved: Object.fromEntries(EXPERIMENTS.map((e) => [e, savedBy(launches, e)])) as Record<Experiment, number | null>,
  };
}

/** Choices of {@link advised}. */
export interface AdvisedOptions {
  readonly memory?: MemorySettings;
  /** Also measure what changes would save: all of them, or of the buffers those that bear on so many of a launch's largest losses. */
  readonly whatIf?: 'all' | number;
  /** Of each launch, in order. */
  readonly nameOf: (insnAddr: number) => string;
  readonly onAdvice: (advice: LaunchAdvice) => void;
}

/** A device that does what the given one does, and explains every launch that it records. */
export function advised(device: Device, { memory, whatIf, nameOf, onAdvice }: AdvisedOptions): Device {
  const settings = memory ?? DEFAULT_MEMORY;
  const experiments = whatIf === undefined ? null : new WhatIf(device.config, settings);
  let tokens = noTokens();
  const launch = async (request: LaunchRequest): Promise<LaunchResult> => {
    const { dram, insnAddr, insnCount } = request;
    const program = dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
    // before the launch: it may write over what the program reads
    const measure = experiments === null ? null : await experiments.before(request);
    const result = await device.launch({ ...request, trace: true });
    if (result.trace === undefined) return result;
    const { trace } = result;
    const recorded = recordedLaunch({ name: nameOf(insnAddr), config: device.config, memory: settings, insnAddr, program, tokens, trace });
    tokens = tokensAfter(recorded);
    const advice = adviseLaunch(recorded);
    const wanted = whatIf === 'all' ? EXPERIMENTS : advice.losses.slice(0, whatIf).flatMap(experimentsOn);
    onAdvice(measure === null ? advice : { ...advice, measured: await measure(new Set(wanted)) });
    return result;
  };
  return {
    ...device,
    launch,
    reset: () => {
      tokens = noTokens();
      device.reset();
    },
  };
}
