import { add, bounds, type Index, int, scale, sub } from './index-expr.js';

/** A loop around an expression; `extent` may depend on loops before it in the list. */
export interface LoopRange {
  readonly name: string;
  readonly extent: Index;
}

/** Inclusive interval of every loop variable, ignoring that extents depend on each other. */
export function intervals(loops: readonly LoopRange[]): (name: string) => readonly [number, number] {
  const known = new Map<string, readonly [number, number]>();
  const get = (name: string) => known.get(name) ?? ([0, 0] as const);
  for (const l of loops) known.set(l.name, [0, Math.max(0, bounds(l.extent, get)[1] - 1)]);
  return get;
}

/**
 * Largest value of `a` inside `loops` (outermost first). Follows ragged tiles exactly where interval arithmetic would not:
 * with y1 < min(8, 30 - 8*y0), `8*y0 + y1` is at most 29. The innermost variable is replaced by its last value, and of a
 * minimum either side is an upper bound, so the smaller of both is taken.
 */
export function upperBound(a: Index, loops: readonly LoopRange[]): number {
  const minimum = splitMinimum(a);
  if (minimum !== null) return Math.min(...minimum.map((side) => upperBound(side, loops)));
  for (let i = loops.length - 1; i >= 0; i--) {
    const at = a.terms.findIndex((t) => t.atom.kind === 'var' && t.atom.name === loops[i].name);
    if (at < 0) continue;
    const { coef, atom } = a.terms[at];
    const rest = sub(a, scale({ terms: [{ coef: 1, atom }], constant: 0 }, coef));
    const last = coef > 0 ? add(loops[i].extent, int(-1)) : int(0);
    return upperBound(add(rest, scale(last, coef)), loops.slice(0, i));
  }
  return bounds(a, intervals(loops))[1];
}

/** Smallest value of `a` inside `loops`. */
export const lowerBound = (a: Index, loops: readonly LoopRange[]): number => bounds(a, intervals(loops))[0];

function splitMinimum(a: Index): readonly Index[] | null {
  const at = a.terms.findIndex((t) => t.atom.kind === 'min' && t.coef > 0);
  if (at < 0) return null;
  const { coef, atom } = a.terms[at];
  if (atom.kind !== 'min') return null;
  const rest: Index = { terms: a.terms.filter((_, i) => i !== at), constant: a.constant };
  return [add(rest, scale(atom.a, coef)), add(rest, scale(atom.b, coef))];
}
