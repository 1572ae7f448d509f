import { coefOf, type Index } from '../tir/index-expr.js';
import { beyond, TIR_LIMITS } from '../tir/limits.js';
import type { Access, Buffer } from '../tir/node.js';
import type { Nest } from '../tir/virtual-threads.js';

/** Loops with the linear address of each operand: address = base + sum of coef * loop counter, in tiles. */
export interface AffineNest {
  readonly extents: readonly number[];
  readonly operands: readonly Operand[];
}
export interface Operand {
  readonly base: number;
  /** One per loop. */
  readonly coefs: readonly number[];
}

/** Linear address of a tile access, `place` tiles into its memory. */
export function linearize(access: Access, buffer: Buffer, place: number, loops: Nest['loops']): Operand {
  const coefs = new Array<number>(loops.length).fill(0);
  let base = place;
  let stride = 1;
  for (let d = buffer.shape.length - 3; d >= 0; d--) {
    const index: Index = access.index[d];
    base += index.constant * stride;
    loops.forEach((l, i) => {
      coefs[i] += (coefOf(index, l.name) ?? 0) * stride;
    });
    stride *= buffer.shape[d];
  }
  return { base, coefs };
}

/** Drops loops of one iteration and joins neighbours that address memory like a single loop, up to `limit` iterations. */
export function simplifyNest(nest: AffineNest, limit: number): AffineNest {
  const keep = nest.extents.map((_, i) => i).filter((i) => nest.extents[i] !== 1);
  const extents: number[] = [];
  const coefs: number[][] = nest.operands.map(() => []);
  for (const i of keep) {
    const last = extents.length - 1;
    const n = nest.extents[i];
    const joins = last >= 0 && extents[last] * n <= limit && nest.operands.every((o, k) => coefs[k][last] === o.coefs[i] * n);
    if (joins) extents[last] *= n;
    else extents.push(n);
    nest.operands.forEach((o, k) => {
      if (joins) coefs[k][last] = o.coefs[i];
      else coefs[k].push(o.coefs[i]);
    });
  }
  return { extents, operands: nest.operands.map((o, k) => ({ base: o.base, coefs: coefs[k] })) };
}

/** Fixes loop `which` at `value`. */
export function fixLoop(nest: AffineNest, which: number, value: number): AffineNest {
  const without = (list: readonly number[]) => list.filter((_, i) => i !== which);
  return {
    extents: without(nest.extents),
    operands: nest.operands.map((o) => ({ base: o.base + o.coefs[which] * value, coefs: without(o.coefs) })),
  };
}

/** How many times the outermost `loops` loops of a nest run, where each round becomes an instruction of its own. @throws VtaError VTA2204 */
export function checkRounds(nest: AffineNest, loops: number): void {
  const rounds = nest.extents.slice(0, loops).reduce((n, e) => n * e, 1);
  if (rounds > TIR_LIMITS.operations.limit)
    beyond('operations', 'one nest', rounds, 'use fewer rounds, or indices that one instruction can follow');
}

/** First and one past the last tile that operand `o` touches. */
export function span(nest: AffineNest, o: Operand): { readonly lo: number; readonly hi: number } {
  let lo = o.base;
  let hi = o.base;
  o.coefs.forEach((c, i) => {
    const reach = c * (nest.extents[i] - 1);
    if (reach < 0) lo += reach;
    else hi += reach;
  });
  return { lo, hi: hi + 1 };
}
