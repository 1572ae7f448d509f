import { add, int, isConst, min, scale, v } from '../../tir/index-expr.js';
import { forLoop } from '../../tir/node.js';
import { substStmt } from '../../tir/visit.js';
import { findLoop, replace } from '../find.js';
import { countArg, type Primitive, refuse, textArg } from '../primitive.js';

/**
 * Splits a loop into an outer and an inner one of `factor` iterations; the last inner round is short when the factor
 * does not divide the extent.
 *
 *   for y in 0..30 { .. y .. }    =>    for y0 in 0..4, y1 in 0..min(8, 30 - 8*y0) { .. 8*y0 + y1 .. }
 */
export const split: Primitive = {
  name: 'split',
  args: 'loop, factor',
  doc: 'one loop becomes two: loop0 outside, loop1 of `factor` iterations inside',
  apply(func, args) {
    const name = textArg(args, 0);
    const { node } = findLoop('split', func, name);
    const factor = countArg('split', args, 1);
    if (!isConst(node.extent))
      refuse('split', args, name, 'its extent depends on other loops', 'split the loop before the one it depends on');
    const extent = node.extent.constant;
    const [outer, inner] = [`${node.name}0`, `${node.name}1`];
    const rest = add(int(extent), scale(v(outer), -factor));
    const body = substStmt(node.body, (n) => (n === node.name ? add(scale(v(outer), factor), v(inner)) : undefined));
    const innerExtent = extent % factor === 0 ? int(factor) : min(int(factor), rest);
    return replace(func, node, forLoop(outer, int(Math.ceil(extent / factor)), forLoop(inner, innerExtent, body), node.annot));
  },
};
