import { COMPUTE_UNIT, GEMM } from '#simulator/cycle/program';
import type { RecordedLaunch } from '../launch.js';
import type { TimedLaunch, Timeline } from '../timeline.js';
import { bindingBound, boundsOf } from '../../advice/bounds.js';
import { factsOf } from '../../advice/facts.js';
import { type RooflinePoint, rooflineSvg } from '../../advice/roofline.js';

/** Cycles of the limit that binds; bounds follow our machine's rules and say nothing about another's trace. */
function limitOf(launch: RecordedLaunch): Pick<RooflinePoint, 'limit'> {
  if (launch.traits.isSerial) return {};
  const bounds = boundsOf(factsOf(launch));
  return { limit: bounds[bindingBound(bounds)] };
}

/** A launch by what it executed (micro-ops without reset) and what went over its bus. */
function pointOf({ launch }: TimedLaunch): RooflinePoint {
  const { batch, blockIn, blockOut } = launch.config;
  const gemms = launch.insns.filter((i) => i.unit === COMPUTE_UNIT && i.kind === GEMM && !i.resets);
  const beats = launch.trace.bursts.beats.reduce((n, b) => n + b, 0);
  return {
    name: launch.name,
    macs: gemms.reduce((n, i) => n + i.steps, 0) * batch * blockIn * blockOut,
    cycles: launch.trace.cycles,
    bytes: beats * launch.p.beatBytes,
    ...limitOf(launch),
  };
}

/** The roofline picture of a recorded run; null where nothing multiplies. */
export function timelineRoofline(t: Timeline): string | null {
  const points = t.launches.map(pointOf);
  if (points.every((p) => p.macs === 0)) return null;
  const { config, memory } = t.launches[0].launch;
  return rooflineSvg({ title: `${t.name} on ${t.on}`, config, memory, points });
}
