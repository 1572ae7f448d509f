import type { TokenChannel } from '#isa/spec/tables';
import { NO_INSN } from '../trace/spans.js';
import type { Facts } from './facts.js';
import { resourceOf, whyArrived, whyAsked } from './reasons-burst.js';
import { burstAt, insnAt, whyAccepted, whyDone, whyFinished, whyPushed, whyQueued, whyRetired, whyStarted } from './reasons-insn.js';
import { type At, type Point, type Reason, RESOURCES, type Resource } from './resources.js';

/** A stretch of cycles `(from, to]` of the critical path, and what it was spent on. */
export interface PathStep {
  readonly from: number;
  readonly to: number;
  readonly resource: Resource;
  /** The instruction that the time belongs to; for fetch, the first one in the burst. {@link NO_INSN} for the launch itself. */
  readonly insn: number;
  /** What happened in cycle `to`. */
  readonly point: Point;
  /** The token that carried the path from one unit to another, and who pushed it. */
  readonly token: { readonly channel: TokenChannel; readonly from: number } | null;
}

/** From launch to the end: every cycle is in exactly one step. */
export interface CriticalPath {
  readonly steps: readonly PathStep[];
  readonly cycles: number;
  /** Cycles by what they were spent on; their sum is `cycles`. */
  readonly spent: Readonly<Record<Resource, number>>;
}

const ofBurst = (point: Point): boolean => point === 'address' || point === 'first beat' || point === 'beat' || point === 'last beat';

/** Why a point was not reached earlier; only points that the machine can reach have reasons. */
function reasonsOf(f: Facts, { point, id, time }: At): readonly Reason[] {
  const insn = f.launch.insns[id];
  switch (point) {
    case 'queued':
      return whyQueued(f, insn);
    case 'accepted':
      return whyAccepted(f, insn);
    case 'started':
      return insn.unit === 2
        ? [{ from: burstAt(f, 'address', f.owners.ofClient[3][f.owners.first[id]]), delay: 0, resource: 'write' }]
        : whyStarted(f, insn);
    case 'finished':
      return whyFinished(f, insn);
    case 'done':
      return whyDone(f, insn);
    case 'pushed c2l':
      return whyPushed(f, insn, 'c2l');
    case 'pushed c2s':
      return whyPushed(f, insn, 'c2s');
    case 'retired':
      return whyRetired(f, insn);
    case 'running':
      return [{ from: insnAt(f, 'started', id), delay: 0, resource: 'alu', rest: 'alu' }];
    case 'address':
      return whyAsked(f, id);
    case 'first beat':
      return whyArrived(f, id);
    case 'beat':
    case 'last beat': {
      const from = burstAt(f, 'first beat', id);
      const resource = resourceOf(f, id);
      return [{ from, delay: time - from.time, resource }];
    }
  }
}

/** The reason that leaves no time over, or the least; of equals the later one, which says more. */
function binding(reasons: readonly Reason[], time: number): Reason {
  let best: Reason | null = null;
  let bestSlack = Number.POSITIVE_INFINITY;
  for (const reason of reasons) {
    const slack = time - (reason.from?.time ?? 0) - reason.delay;
    if (slack < 0) continue;
    const later = best !== null && slack === bestSlack && (reason.from?.time ?? 0) > (best.from?.time ?? 0);
    if (slack < bestSlack || later) {
      best = reason;
      bestSlack = slack;
    }
  }
  return best ?? { from: null, delay: 0, resource: 'other' };
}

const insnOf = (f: Facts, { point, id }: At): number => (ofBurst(point) ? f.owners.insn[id] : id);

/**
 * Walks back from the end of a launch: for every point the reason that left no time over, until the launch. Time that no known reason explains is
 * `other` (interlocks and stalls where the reason says so), so that all steps together always are the whole time.
 */
export function criticalPath(f: Facts): CriticalPath {
  const { launch } = f;
  const steps: PathStep[] = [];
  const spent = Object.fromEntries(RESOURCES.map((r) => [r, 0])) as Record<Resource, number>;
  const add = (from: number, to: number, resource: Resource, at: At, token: PathStep['token']): void => {
    if (to === from && token === null) return;
    spent[resource] += to - from;
    steps.push({ from, to, resource, insn: insnOf(f, at), point: at.point, token });
  };
  let at: At = insnAt(
    f,
    'retired',
    launch.insns.findIndex((i) => i.isFinish),
  );
  const limit = 64 * (launch.insns.length + launch.trace.bursts.count + 1);
  for (let n = 0; ; n++) {
    if (n > limit) throw new Error(`internal error: the critical path does not come to an end (${at.point} of ${at.id})`);
    const reason = binding(reasonsOf(f, at), at.time);
    const from = reason.from?.time ?? 0;
    const to = Math.min(at.time, from + reason.delay);
    add(to, at.time, reason.rest ?? (reason.from === null ? reason.resource : 'other'), at, null);
    const token = reason.token === undefined || reason.from === null ? null : { channel: reason.token, from: reason.from.id };
    add(from, to, reason.resource, at, token);
    if (reason.from === null) break;
    at = reason.from;
  }
  return { steps: steps.reverse(), cycles: launch.trace.cycles, spent };
}

/** Instructions and bursts have no point before the launch. */
export const isLaunch = (step: PathStep): boolean => step.insn === NO_INSN;
