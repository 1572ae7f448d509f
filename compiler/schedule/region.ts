import { add, coefOf, div, type Index, int, isConst, min, printIndex, scale, sub, v, varsOf } from '../tir/index-expr.js';
import { type Access, accessesOf, type For, type Stmt } from '../tir/node.js';
import { type LoopRange, upperBound } from '../tir/ranges.js';
import { walk } from '../tir/visit.js';

/** One dimension of a region: elements base, base + step, ..., `extent` of them. */
export interface RegionDim {
  /** In terms of the loops around the region. */
  readonly base: Index;
  readonly extent: Index;
  /** Largest value of `extent`. */
  readonly maxExtent: number;
  readonly step: number;
}

/** An access with the loops between a place in the program and itself. */
export interface InnerAccess {
  readonly access: Access;
  readonly loops: readonly For[];
  readonly write: boolean;
  readonly stmt: Stmt;
}

/** All accesses to a buffer inside `s`. */
export function accessesIn(s: Stmt, buffer: string): InnerAccess[] {
  const out: InnerAccess[] = [];
  walk(s, (stmt, parents) => {
    if (stmt.kind === 'seq' || stmt.kind === 'for' || stmt.kind === 'alloc' || stmt.kind === 'block') return;
    const loops = parents.filter((p): p is For => p.kind === 'for');
    const { writes, reads } = accessesOf(stmt);
    for (const a of writes) if (a.buffer === buffer) out.push({ access: a, loops, write: true, stmt });
    for (const a of reads) if (a.buffer === buffer) out.push({ access: a, loops, write: false, stmt });
  });
  return out;
}

/**
 * The box of elements that accesses touch, per dimension, as a function of the loops `outer` around them; a string says
 * why there is none. `rank`: dimensions that are looked at, from the first on; instructions name those of whole tiles only. `steps` keeps only every
 * n-th element of a dimension where the accesses use no others.
 */
export function regionOf(
  accesses: readonly InnerAccess[],
  outer: readonly LoopRange[],
  rank: number,
  steps: (dim: number) => boolean = () => false,
): readonly RegionDim[] | string {
  if (accesses.some((a) => a.access.index.length < rank)) return `an instruction uses whole tiles of ${accesses[0].access.buffer}`;
  const out: RegionDim[] = [];
  for (let d = 0; d < rank; d++) {
    const parts: DimPart[] = [];
    for (const a of accesses) {
      const part = dimOf(a, d, outer);
      if (typeof part === 'string') return part;
      parts.push(part);
    }
    const joined = joinParts(parts, steps(d));
    if (typeof joined === 'string') return `dimension ${d} of ${accesses[0].access.buffer}: ${joined}`;
    out.push(joined);
  }
  return out;
}

interface DimPart {
  readonly base: Index;
  /** Last element relative to the base, and its largest value. */
  readonly last: Index;
  readonly maxLast: number;
  /** Greatest common divisor of the factors of the inner loops; 0 when there are none. */
  readonly step: number;
}

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

function dimOf(a: InnerAccess, d: number, outer: readonly LoopRange[]): DimPart | string {
  const index = a.access.index[d];
  let base = index;
  let step = 0;
  for (const l of a.loops) {
    const coef = coefOf(index, l.name);
    if (coef === null || coef < 0) return `the index ${printIndex(index)} of ${a.access.buffer} is not a sum of loop variables`;
    if (coef === 0) continue;
    base = sub(base, scale(v(l.name), coef));
    if (!(isConst(l.extent) && l.extent.constant === 1)) step = gcd(step, coef);
  }
  const last = lastOf(sub(index, base), a.loops);
  const inner = new Set(a.loops.map((l) => l.name));
  if ([...varsOf(last)].some((n) => inner.has(n)))
    return `the extent of a loop around ${a.access.buffer} depends on a loop inside the region`;
  return { base, last, maxLast: upperBound(last, outer), step };
}

/**
 * Largest value of `a` over `loops` as an expression of the loops around them: the symbolic form of `upperBound`, innermost
 * variable first, and of a minimum that depends on the loops both sides.
 */
function lastOf(a: Index, loops: readonly LoopRange[]): Index {
  const names = new Set(loops.map((l) => l.name));
  const at = a.terms.findIndex(
    (t) => t.coef > 0 && t.atom.kind === 'min' && [...varsOf(t.atom.a), ...varsOf(t.atom.b)].some((n) => names.has(n)),
  );
  if (at >= 0) {
    const { coef, atom } = a.terms[at];
    const rest: Index = { terms: a.terms.filter((_, i) => i !== at), constant: a.constant };
    const sides = atom.kind === 'min' ? [atom.a, atom.b] : [];
    const [p, q] = sides.map((side) => lastOf(add(rest, scale(side, coef)), loops));
    return min(p, q);
  }
  for (let i = loops.length - 1; i >= 0; i--) {
    const coef = coefOf(a, loops[i].name);
    if (coef === null || coef === 0) continue;
    const rest = sub(a, scale(v(loops[i].name), coef));
    const end = coef > 0 ? add(loops[i].extent, int(-1)) : int(0);
    return lastOf(add(rest, scale(end, coef)), loops.slice(0, i));
  }
  return a;
}

function joinParts(parts: readonly DimPart[], steps: boolean): RegionDim | string {
  const first = parts[0];
  const shifts = parts.map((p) => sub(p.base, first.base));
  if (!shifts.every(isConst)) return 'its accesses do not lie at a constant distance from each other';
  const low = Math.min(...shifts.map((s) => s.constant));
  const step = steps
    ? Math.max(
        1,
        parts.reduce((g, p, i) => gcd(gcd(g, p.step), shifts[i].constant - low), 0),
      )
    : 1;
  const maxLast = Math.max(...parts.map((p, i) => p.maxLast + shifts[i].constant - low));
  const base = add(first.base, int(low));
  const same = parts.every(
    (p, i) => isConst(sub(p.last, first.last)) && shifts[i].constant === shifts[0].constant && sub(p.last, first.last).constant === 0,
  );
  const last = same ? first.last : int(maxLast);
  return { base, extent: add(div(last, step), int(1)), maxExtent: Math.floor(maxLast / step) + 1, step };
}

/** The access moved into a buffer that holds just the region. */
export const rebase = (a: Access, buffer: string, region: readonly RegionDim[]): Access => ({
  buffer,
  index: a.index.map((i, d) => (d < region.length ? div(sub(i, region[d].base), region[d].step) : i)),
});
