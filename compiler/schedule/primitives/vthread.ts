import type { Stmt } from '../../tir/node.js';
import { mapChildren } from '../../tir/visit.js';
import { findLoop, replace } from '../find.js';
import { countArg, type Primitive, textArg } from '../primitive.js';

/**
 * Runs successive iterations of a loop on `n` virtual threads: every buffer allocated inside gets n places, so that loads
 * for one iteration overlap the computation of another; blocks of stage 1 are issued one iteration later.
 */
export const vthread: Primitive = {
  name: 'vthread',
  args: 'loop, threads',
  doc: 'successive iterations use different places for the buffers allocated inside',
  apply(func, args) {
    const { node } = findLoop('vthread', func, textArg(args, 0));
    const n = countArg('vthread', args, 1, 'copies');
    const copies = (s: Stmt): Stmt => mapChildren(s.kind === 'alloc' ? { ...s, copies: Math.max(s.copies, n) } : s, copies);
    return replace(func, node, { ...node, annot: { ...node.annot, vthread: n }, body: copies(node.body) });
  },
};
