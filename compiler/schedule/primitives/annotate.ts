import { TIR_LIMITS } from '../../tir/limits.js';
import type { Func } from '../../tir/node.js';
import { findLoopOrBlock, replace } from '../find.js';
import { type Arg, type Primitive, refuse, textArg } from '../primitive.js';

/**
 * Attaches a number to a loop or block; `stage` 1 delays it by one iteration of the virtual threads around it. Refused where
 * statements would then come in another order than their loops say, although that matters (tir/pipeline.ts).
 */
export const annotate: Primitive = {
  name: 'annotate',
  args: 'loop or block, key, value',
  doc: 'attaches a number: stage=1 delays the statement by one tile',
  apply(func: Func, args: readonly Arg[]) {
    const { node } = findLoopOrBlock('annotate', func, textArg(args, 0));
    const [, key, value] = args;
    if (key !== 'stage')
      refuse('annotate', args, node.name, `there is no annotation ${key}`, 'use stage (vthread is a primitive of its own)');
    const { limit } = TIR_LIMITS.stage;
    if (typeof value !== 'number' || Math.abs(value) > limit)
      refuse('annotate', args, node.name, `the stage ${value} is no whole number from -${limit} to ${limit}`, 'give another stage');
    return replace(func, node, { ...node, annot: { ...node.annot, stage: value } });
  },
};
