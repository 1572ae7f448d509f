import { div, int, isConst, mod, v } from '../../tir/index-expr.js';
import { forLoop } from '../../tir/node.js';
import { substStmt } from '../../tir/visit.js';
import { findLoop, replace } from '../find.js';
import { fresh, takenAt } from '../names.js';
import { type Primitive, refuse, textArg } from '../primitive.js';

/**
 * Joins a loop with the one directly inside it.
 *
 *   for y in 0..4, x in 0..8 { .. y .. x .. }   =>   for y_x in 0..32 { .. y_x/8 .. y_x%8 .. }
 */
export const fuse: Primitive = {
  name: 'fuse',
  args: 'outer, inner',
  doc: 'two nested loops become one, outer_inner',
  apply(func, args) {
    const { node: outer, parents } = findLoop('fuse', func, textArg(args, 0));
    const inner = findLoop('fuse', func, textArg(args, 1)).node;
    if (outer.body !== inner) refuse('fuse', args, inner.name, `it is not directly inside ${outer.name}`, 'reorder the loops first');
    if (!isConst(outer.extent) || !isConst(inner.extent)) {
      refuse('fuse', args, outer.name, 'one of the extents depends on other loops', 'split with a factor that divides the extent');
    }
    if (outer.extent.constant < 1 || inner.extent.constant < 1)
      refuse('fuse', args, outer.name, 'one of the loops never runs', 'leave out loops of no iterations');
    if (Object.keys(inner.annot).length > 0)
      refuse('fuse', args, inner.name, 'it has annotations, which would be lost', 'fuse before vthread and annotate');
    const name = fresh(`${outer.name}_${inner.name}`, takenAt(outer, parents));
    const n = inner.extent.constant;
    const body = substStmt(inner.body, (x) => (x === outer.name ? div(v(name), n) : x === inner.name ? mod(v(name), n) : undefined));
    return replace(func, outer, forLoop(name, int(outer.extent.constant * n), body, outer.annot));
  },
};
