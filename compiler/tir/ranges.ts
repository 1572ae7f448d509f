import { type Atom, add, bounds, type Index, int, scale, sub } from './index-expr.js';

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

/** Sides of minima that are followed before interval arithmetic has to do: each minimum doubles the work. */
const MAX_SIDES = 2000;

/**
 * Largest value of `a` inside `loops` (outermost first). Follows ragged tiles exactly where interval arithmetic would not:
 * with y1 < min(8, 30 - 8*y0), `8*y0 + y1` is at most 29. The innermost variable is replaced by its last value, and of a
 * minimum either side is an upper bound, so the smaller of both is taken.
 */
export function upperBound(a: Index, loops: readonly LoopRange[], work = { sides: 0 }): number {
  const minimum = work.sides < MAX_SIDES ? splitMinimum(a) : null;
  work.sides++;
  if (minimum !== null) return Math.min(...minimum.map((side) => upperBound(side, loops, work)));
  for (let i = loops.length - 1; i >= 0; i--) {
    const at = a.terms.findIndex((t) => t.atom.kind === 'var' && t.atom.name === loops[i].name);
    if (at < 0) continue;
    const { coef, atom } = a.terms[at];
    const rest = sub(a, scale({ terms: [{ coef: 1, atom }], constant: 0 }, coef));
    const last = coef > 0 ? add(loops[i].extent, int(-1)) : int(0);
    return upperBound(add(rest, scale(last, coef)), loops.slice(0, i), work);
  }
  const quotients = a.terms.filter((t) => t.coef > 0 && t.atom.kind === 'div');
  const rest: Index = { terms: a.terms.filter((t) => !quotients.includes(t)), constant: a.constant };
  return quotients.reduce((n, t) => n + t.coef * largestQuotient(t.atom, loops, work), bounds(rest, intervals(loops))[1]);
}

/** A floor division grows with what it divides, so that this may be followed as exactly. */
const largestQuotient = (atom: Atom, loops: readonly LoopRange[], work: { sides: number }): number =>
  atom.kind === 'div' ? Math.floor(upperBound(atom.of, loops, work) / atom.by) : 0;

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
