import { mnemonicOf } from '../trace/launch.js';
import { NO_INSN } from '../trace/spans.js';
import type { LaunchAdvice } from './advisor.js';
import type { PathStep } from './critical-path.js';

/** Neighbouring steps of one instruction that the same thing was done in, as one: a load's bursts, the hops of a pipeline. */
export function joinSteps(steps: readonly PathStep[]): readonly PathStep[] {
  const out: PathStep[] = [];
  for (const step of steps) {
    const last = out.at(-1);
    const isSame = last !== undefined && step.token === null && last.insn === step.insn && last.resource === step.resource;
    if (isSame) out[out.length - 1] = { ...last, to: step.to, point: step.point };
    else out.push(step);
  }
  return out;
}

/** Steps that have a part in the cycles from `from` to `to`, both included. A step takes the cycles after its `from` up to its `to`. */
export const stepsWithin = (steps: readonly PathStep[], from: number, to: number): readonly PathStep[] =>
  steps.filter((s) => s.to >= from && s.from < to);

/** What a step is, in a few words: what happened in its last cycle, and the token that led there. */
export function stepText({ launch }: LaunchAdvice, { point, token, resource }: PathStep): string {
  if (token !== null)
    return `gets the ${token.channel} token of ${token.from} ${token.from === NO_INSN ? '' : mnemonicOf(launch, token.from)}`.trimEnd();
  switch (point) {
    case 'queued':
      return 'reaches its queue';
    case 'accepted':
      return 'is taken from its queue';
    case 'started':
      return resource === 'hazard' ? 'starts, after an interlock' : 'starts';
    case 'running':
      return 'has written what is stored next';
    case 'finished':
      return resource === 'padding' ? 'has written its padding' : 'finishes its work';
    case 'done':
      return 'has written its last result';
    case 'pushed c2l':
    case 'pushed c2s':
      return 'keeps its promise';
    case 'retired':
      return 'retires';
    case 'address':
      return 'asks for a burst';
    case 'first beat':
      return resource === 'latency' ? 'gets its first beat' : 'follows on the bus';
    case 'beat':
    case 'last beat':
      return 'transfers a burst';
  }
}
