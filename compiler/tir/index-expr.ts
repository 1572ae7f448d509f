/**
 * Index expressions: linear forms over atoms, where an atom is a loop variable or a division, remainder or minimum of
 * another index expression. Building one simplifies it, so equal forms look equal: `add(v('y'), v('y'))` is `2*y`.
 * Division and remainder round toward minus infinity.
 */
export interface Index {
  readonly terms: readonly Term[];
  readonly constant: number;
}
export interface Term {
  readonly coef: number;
  readonly atom: Atom;
}
export type Atom =
  | { readonly kind: 'var'; readonly name: string }
  | { readonly kind: 'div' | 'mod'; readonly of: Index; readonly by: number }
  | { readonly kind: 'min'; readonly a: Index; readonly b: Index };

export const int = (value: number): Index => ({ terms: [], constant: value });
export const v = (name: string): Index => ({ terms: [{ coef: 1, atom: { kind: 'var', name } }], constant: 0 });
const atomic = (atom: Atom): Index => ({ terms: [{ coef: 1, atom }], constant: 0 });

const sameAtom = (a: Atom, b: Atom): boolean => {
  if (a === b) return true;
  if (a.kind === 'var' || b.kind === 'var') return a.kind === b.kind && (a as { name: string }).name === (b as { name: string }).name;
  if (a.kind === 'min' || b.kind === 'min') return a.kind === 'min' && b.kind === 'min' && equal(a.a, b.a) && equal(a.b, b.b);
  return a.kind === b.kind && a.by === b.by && equal(a.of, b.of);
};

export function add(a: Index, b: Index): Index {
  if (b.terms.length === 0 && b.constant === 0) return a;
  if (a.terms.length === 0 && a.constant === 0) return b;
  const terms: Term[] = [...a.terms];
  for (const t of b.terms) {
    const at = terms.findIndex((u) => sameAtom(u.atom, t.atom));
    if (at < 0) terms.push(t);
    else terms[at] = { coef: terms[at].coef + t.coef, atom: t.atom };
  }
  return { terms: terms.filter((t) => t.coef !== 0), constant: a.constant + b.constant };
}

export function scale(a: Index, k: number): Index {
  if (k === 1) return a;
  if (k === 0) return int(0);
  return { terms: a.terms.map((t) => ({ coef: t.coef * k, atom: t.atom })), constant: a.constant * k };
}

export const sub = (a: Index, b: Index): Index => add(a, scale(b, -1));
export const isConst = (a: Index): boolean => a.terms.length === 0;
export function equal(a: Index, b: Index): boolean {
  if (a === b) return true;
  if (a.constant !== b.constant || a.terms.length !== b.terms.length) return false;
  return a.terms.every((t) => b.terms.some((u) => u.coef === t.coef && sameAtom(t.atom, u.atom)));
}

const floorDiv = (x: number, n: number) => Math.floor(x / n);
const floorMod = (x: number, n: number) => x - n * Math.floor(x / n);

/** Floor division by a positive constant. */
export function div(a: Index, by: number): Index {
  if (by === 1) return a;
  if (isConst(a)) return int(floorDiv(a.constant, by));
  if (a.terms.every((t) => t.coef % by === 0) && a.constant % by === 0) {
    return { terms: a.terms.map((t) => ({ coef: t.coef / by, atom: t.atom })), constant: a.constant / by };
  }
  return atomic({ kind: 'div', of: a, by });
}

/** Remainder of the floor division by a positive constant. */
export function mod(a: Index, by: number): Index {
  if (by === 1) return int(0);
  if (isConst(a)) return int(floorMod(a.constant, by));
  return atomic({ kind: 'mod', of: a, by });
}

export function min(a: Index, b: Index): Index {
  const d = sub(a, b);
  if (isConst(d)) return d.constant <= 0 ? a : b;
  return atomic({ kind: 'min', a, b });
}

/** Replaces loop variables; variables that `env` does not know stay. */
export function subst(a: Index, env: (name: string) => Index | undefined): Index {
  if (a.terms.length === 0) return a;
  let out = int(a.constant);
  for (const { coef, atom } of a.terms) out = add(out, scale(substAtom(atom, env), coef));
  return out;
}

function substAtom(atom: Atom, env: (name: string) => Index | undefined): Index {
  switch (atom.kind) {
    case 'var':
      return env(atom.name) ?? atomic(atom);
    case 'div':
      return div(subst(atom.of, env), atom.by);
    case 'mod':
      return mod(subst(atom.of, env), atom.by);
    case 'min':
      return min(subst(atom.a, env), subst(atom.b, env));
  }
}

/** Names of the loop variables in `a`, inside divisions and minima too. */
export function varsOf(a: Index, out = new Set<string>()): Set<string> {
  for (const { atom } of a.terms) {
    if (atom.kind === 'var') out.add(atom.name);
    else if (atom.kind === 'min') {
      varsOf(atom.a, out);
      varsOf(atom.b, out);
    } else varsOf(atom.of, out);
  }
  return out;
}

/** Factor of variable `name` where it stands alone, or null where it hides in a division, remainder or minimum. */
export function coefOf(a: Index, name: string): number | null {
  let coef = 0;
  for (const t of a.terms) {
    if (t.atom.kind === 'var') coef += t.atom.name === name ? t.coef : 0;
    else if (varsOf(atomic(t.atom)).has(name)) return null;
  }
  return coef;
}

/** Inclusive bounds of `a` when variable n runs over `range(n)`. */
export function bounds(a: Index, range: (name: string) => readonly [number, number]): readonly [number, number] {
  let lo = a.constant;
  let hi = a.constant;
  for (const { coef, atom } of a.terms) {
    const [l, h] = atomBounds(atom, range);
    lo += coef * (coef > 0 ? l : h);
    hi += coef * (coef > 0 ? h : l);
  }
  return [lo, hi];
}

function atomBounds(atom: Atom, range: (name: string) => readonly [number, number]): readonly [number, number] {
  if (atom.kind === 'var') return range(atom.name);
  if (atom.kind === 'min') {
    const [al, ah] = bounds(atom.a, range);
    const [bl, bh] = bounds(atom.b, range);
    return [Math.min(al, bl), Math.min(ah, bh)];
  }
  const [l, h] = bounds(atom.of, range);
  if (atom.kind === 'div') return [floorDiv(l, atom.by), floorDiv(h, atom.by)];
  return floorDiv(l, atom.by) === floorDiv(h, atom.by) ? [floorMod(l, atom.by), floorMod(h, atom.by)] : [0, atom.by - 1];
}

/** Terms and operators of `a`, those inside divisions and minima too. */
export function operatorsOf(a: Index): number {
  let n = a.terms.length;
  for (const { atom } of a.terms) {
    if (atom.kind === 'min') n += 1 + operatorsOf(atom.a) + operatorsOf(atom.b);
    else if (atom.kind !== 'var') n += 1 + operatorsOf(atom.of);
  }
  return n;
}

/** Largest constant or factor in `a`, without its sign. */
export function largestOf(a: Index): number {
  let n = Math.abs(a.constant);
  for (const { coef, atom } of a.terms) {
    n = Math.max(n, Math.abs(coef));
    if (atom.kind === 'min') n = Math.max(n, largestOf(atom.a), largestOf(atom.b));
    else if (atom.kind !== 'var') n = Math.max(n, atom.by, largestOf(atom.of));
  }
  return n;
}

/** Value of `a`; `env` must know every variable. */
export function evaluate(a: Index, env: (name: string) => number): number {
  let out = a.constant;
  for (const { coef, atom } of a.terms) out += coef * evaluateAtom(atom, env);
  return out;
}

function evaluateAtom(atom: Atom, env: (name: string) => number): number {
  switch (atom.kind) {
    case 'var':
      return env(atom.name);
    case 'div':
      return floorDiv(evaluate(atom.of, env), atom.by);
    case 'mod':
      return floorMod(evaluate(atom.of, env), atom.by);
    case 'min':
      return Math.min(evaluate(atom.a, env), evaluate(atom.b, env));
  }
}

/** Text form: `4*y0 + y1 + 2`, `t/4`, `t%4`, `min(4, 30 - 4*y0)`. */
export function printIndex(a: Index): string {
  // "5 - y" rather than "-y + 5"
  const first = a.constant > 0 && a.terms.length > 0 && a.terms[0].coef < 0;
  let out = first ? String(a.constant) : '';
  for (const { coef, atom } of a.terms) {
    const sign = coef < 0 ? (out === '' ? '-' : ' - ') : out === '' ? '' : ' + ';
    const factor = Math.abs(coef) === 1 ? '' : `${Math.abs(coef)}*`;
    out += sign + factor + printAtom(atom, factor !== '');
  }
  if (out === '') return String(a.constant);
  if (a.constant !== 0 && !first) out += a.constant < 0 ? ` - ${-a.constant}` : ` + ${a.constant}`;
  return out;
}

function printAtom(atom: Atom, factored: boolean): string {
  if (atom.kind === 'var') return atom.name;
  if (atom.kind === 'min') return `min(${printIndex(atom.a)}, ${printIndex(atom.b)})`;
  const simple =
    atom.of.constant === 0 && atom.of.terms.length === 1 && atom.of.terms[0].coef === 1 && atom.of.terms[0].atom.kind === 'var';
  const inner = simple ? printIndex(atom.of) : `(${printIndex(atom.of)})`;
  const text = `${inner}${atom.kind === 'div' ? '/' : '%'}${atom.by}`;
  return factored ? `(${text})` : text;
}
