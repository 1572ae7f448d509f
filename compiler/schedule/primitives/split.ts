import { add, int, isConst, min, scale, v } from '../../tir/index-expr.js';
import { type Func, forLoop } from '../../tir/node.js';
import { substStmt } from '../../tir/visit.js';
import { findLoop, replace } from '../find.js';
import { fresh, takenAt } from '../names.js';
import { type Arg, countArg, type Primitive, refuse, textArg } from '../primitive.js';

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
  apply: (func, args) => splitLoop(func, textArg(args, 0), countArg('split', args, 1), args).func,
};

/** The split function, and how a schedule names both loops. */
export function splitLoop(func: Func, name: string, factor: number, args: readonly Arg[]) {
  const { node, parents } = findLoop('split', func, name);
  if (!isConst(node.extent))
    refuse('split', args, name, 'its extent depends on other loops', 'split the loop before the one it depends on');
  const extent = node.extent.constant;
  const taken = takenAt(node, parents);
  const outer = fresh(`${node.name}0`, taken);
  const inner = fresh(`${node.name}1`, taken.add(outer));
  const rest = add(int(extent), scale(v(outer), -factor));
  const body = substStmt(node.body, (n) => (n === node.name ? add(scale(v(outer), factor), v(inner)) : undefined));
  const innerExtent = extent % factor === 0 ? int(factor) : min(int(factor), rest);
  const made = forLoop(outer, int(Math.ceil(extent / factor)), forLoop(inner, innerExtent, body), node.annot);
  const path = name.slice(0, name.length - node.name.length);
  return { func: replace(func, node, made), outer: path + outer, inner: path + inner };
}
