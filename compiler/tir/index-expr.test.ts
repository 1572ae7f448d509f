import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as ix from './index-expr.js';
import { upperBound } from './ranges.js';

const NAMES = ['a', 'b', 'c'];

/** A random expression, built twice: by the simplifying constructors, and as a plain function. */
type Pair = { readonly made: ix.Index; readonly plain: (env: Record<string, number>) => number };

const pair: fc.Arbitrary<Pair> = fc.letrec<{ e: Pair }>((tie) => ({
  e: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -9, max: 9 }).map((n): Pair => ({ made: ix.int(n), plain: () => n })),
    fc.constantFrom(...NAMES).map((n): Pair => ({ made: ix.v(n), plain: (env) => env[n] })),
    fc.tuple(tie('e'), tie('e')).map(([x, y]): Pair => ({ made: ix.add(x.made, y.made), plain: (e) => x.plain(e) + y.plain(e) })),
    fc.tuple(tie('e'), tie('e')).map(([x, y]): Pair => ({ made: ix.sub(x.made, y.made), plain: (e) => x.plain(e) - y.plain(e) })),
    fc.tuple(tie('e'), tie('e')).map(([x, y]): Pair => ({ made: ix.min(x.made, y.made), plain: (e) => Math.min(x.plain(e), y.plain(e)) })),
    fc
      .tuple(tie('e'), fc.integer({ min: -4, max: 4 }))
      .map(([x, k]): Pair => ({ made: ix.scale(x.made, k), plain: (e) => x.plain(e) * k })),
    fc
      .tuple(tie('e'), fc.integer({ min: 1, max: 5 }))
      .map(([x, k]): Pair => ({ made: ix.div(x.made, k), plain: (e) => Math.floor(x.plain(e) / k) })),
    fc
      .tuple(tie('e'), fc.integer({ min: 1, max: 5 }))
      .map(([x, k]): Pair => ({ made: ix.mod(x.made, k), plain: (e) => x.plain(e) - k * Math.floor(x.plain(e) / k) })),
  ),
})).e;

const values = fc.record({ a: fc.integer({ min: 0, max: 6 }), b: fc.integer({ min: 0, max: 4 }), c: fc.integer({ min: 0, max: 9 }) });
const RANGES: Readonly<Record<string, readonly [number, number]>> = { a: [0, 6], b: [0, 4], c: [0, 9] };

describe('index expressions', () => {
  test('simplification keeps the value', () => {
    fc.assert(fc.property(pair, values, (p, env) => ix.evaluate(p.made, (n) => env[n as 'a']) === p.plain(env)));
  });

  test('substitution keeps the value', () => {
    fc.assert(
      fc.property(pair, pair, values, (p, q, env) => {
        const put = ix.subst(p.made, (n) => (n === 'a' ? q.made : undefined));
        return ix.evaluate(put, (n) => env[n as 'a']) === p.plain({ ...env, a: q.plain(env) });
      }),
    );
  });

  test('bounds enclose the value', () => {
    fc.assert(
      fc.property(pair, values, (p, env) => {
        const [low, high] = ix.bounds(p.made, (n) => RANGES[n]);
        const loops = NAMES.map((name) => ({ name, extent: ix.int(RANGES[name][1] + 1) }));
        const value = p.plain(env);
        return low <= value && value <= high && value <= upperBound(p.made, loops);
      }),
    );
  });

  test('equal forms are recognized whatever their order', () => {
    const a = ix.add(ix.scale(ix.v('y'), 4), ix.v('x'));
    const b = ix.add(ix.v('x'), ix.scale(ix.v('y'), 4));
    expect(ix.equal(a, b)).toBe(true);
    expect(ix.equal(a, ix.add(b, ix.int(1)))).toBe(false);
    expect(ix.sub(a, b)).toEqual(ix.int(0));
  });

  test('the last tile of a ragged split is bounded exactly', () => {
    const loops = [
      { name: 'y0', extent: ix.int(4) },
      { name: 'y1', extent: ix.min(ix.int(8), ix.sub(ix.int(30), ix.scale(ix.v('y0'), 8))) },
    ];
    expect(upperBound(ix.add(ix.scale(ix.v('y0'), 8), ix.v('y1')), loops)).toBe(29);
    expect(ix.coefOf(ix.div(ix.v('y0'), 2), 'y0')).toBeNull();
  });
});
