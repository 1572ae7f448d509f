/** Which loops an access tells apart: different values of them, different elements. */
import { type Atom, bounds, type Index, printIndex, varsOf } from '../tir/index-expr.js';
import type { For } from '../tir/node.js';
import { intervals, type LoopRange } from '../tir/ranges.js';

const keyOf = (atom: Atom): string => printIndex({ terms: [{ coef: 1, atom }], constant: 0 });

/**
 * The loops among `loops` whose value follows from the element at `indices`, whatever the loops around them are: two rounds
 * that touch one element agree in all of them. Knows sums like 8*y0 + y1 with y1 < 8, and t/8 together with t%8.
 */
export function determined(indices: readonly Index[], loops: readonly For[], around: readonly LoopRange[]): ReadonlySet<string> {
  const free = new Set(loops.map((l) => l.name));
  const range = intervals([...around, ...loops]);
  const known = new Set<string>();
  const isKnown = (atom: Atom): boolean =>
    known.has(keyOf(atom)) || [...varsOf({ terms: [{ coef: 1, atom }], constant: 0 })].every((n) => !free.has(n) || known.has(n));
  const values = [...indices];
  const quotients = new Map<string, Index>();
  const remainders = new Map<string, Index>();
  const learn = (atom: Atom): void => {
    known.add(keyOf(atom));
    if (atom.kind !== 'div' && atom.kind !== 'mod') return;
    const key = `${printIndex(atom.of)} by ${atom.by}`;
    (atom.kind === 'div' ? quotients : remainders).set(key, atom.of);
    if (quotients.has(key) && remainders.has(key)) values.push(atom.of);
  };
  for (let before = -1; before !== known.size + values.length; ) {
    before = known.size + values.length;
    for (const value of [...values]) {
      const open = value.terms.filter((t) => !isKnown(t.atom) && spanOf(t.atom, range) > 0);
      if (isMixedRadix(open, range)) for (const t of open) learn(t.atom);
    }
  }
  // a loop of one round has but one value
  return new Set(loops.map((l) => l.name).filter((n) => known.has(n) || range(n)[1] === 0));
}

type Range = (name: string) => readonly [number, number];

/** Largest less smallest value. */
function spanOf(atom: Atom, range: Range): number {
  const [lo, hi] = bounds({ terms: [{ coef: 1, atom }], constant: 0 }, range);
  return hi - lo;
}

/** Do the terms give a different sum for every combination of their atoms? True where each factor passes all smaller terms together. */
function isMixedRadix(terms: Index['terms'], range: Range): boolean {
  let reach = 0;
  for (const t of [...terms].sort((a, b) => Math.abs(a.coef) - Math.abs(b.coef))) {
    const coef = Math.abs(t.coef);
    if (coef <= reach) return false;
    reach += coef * spanOf(t.atom, range);
  }
  return terms.length > 0;
}
