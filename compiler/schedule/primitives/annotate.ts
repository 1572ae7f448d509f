import type { Func } from '../../tir/node.js';
import { blocksOf, findBlock, findLoop, loopsOf, replace } from '../find.js';
import { type Arg, type Primitive, textArg } from '../primitive.js';

/** Attaches a number to a loop or block; `stage` 1 delays it by one iteration of the virtual threads around it. */
export const annotate: Primitive = {
  name: 'annotate',
  args: 'loop or block, key, value',
  doc: 'attaches a number: stage=1 delays the statement by one tile',
  apply(func: Func, args: readonly Arg[]) {
    const name = textArg(args, 0);
    const isBlock = blocksOf(func).some((b) => b.node.name === name) && !loopsOf(func).has(name);
    const { node } = isBlock ? findBlock('annotate', func, name) : findLoop('annotate', func, name);
    return replace(func, node, { ...node, annot: { ...node.annot, [textArg(args, 1)]: Number(args[2]) } });
  },
};
