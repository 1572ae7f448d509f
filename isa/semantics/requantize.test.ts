import { BigNumber } from 'bignumber.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32FromBits, float32ToBits, requantize, scaleRound, scaleRoundInteger } from './requantize.js';

test('worked examples of ic layer 0', () => {
  for (const [acc, scale, want] of [
    [14486, 0.00225992221, 33],
    [-39, 0.0023624287, 0],
    [-704, 0.00423706044, -3],
  ] as const) {
    expect(scaleRound(acc, float32ToBits(scale)) + 0).toBe(want);
    expect(requantize(acc, float32ToBits(scale), (127 << 8) | 0x80, 0)).toBe(Math.max(-128, want - 128));
  }
});

test('float32 and integer statements agree', () => {
  const acc = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.integer({ min: -(2 ** 25), max: 2 ** 25 }),
    fc.integer({ min: -4096, max: 4096 }),
  );
  const scale = fc
    .oneof(fc.integer({ min: 1, max: 254 }), fc.integer({ min: 95, max: 150 }))
    .chain((e) => fc.integer({ min: 0, max: 0x7fffff }).map((m) => (e << 23) | m));
  fc.assert(
    fc.property(acc, scale, (a, s) => {
      expect(scaleRoundInteger(a, s) + 0).toBe(scaleRound(a, s) + 0);
    }),
    { seed: 1, numRuns: 20000 },
  );
});

test('equals plain float32 arithmetic where that stays finite', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 24), max: 2 ** 24 }),
      fc.float({ min: Math.fround(1e-9), max: Math.fround(4), noNaN: true }),
      (a, s) => {
        const p = Math.fround(Math.fround(a) * Math.fround(s));
        const r = Math.round(p);
        const want = Math.abs(p - Math.trunc(p)) === 0.5 ? 2 * Math.round(p / 2) : r;
        expect(scaleRound(a, float32ToBits(s)) + 0).toBe(Math.max(-1024, Math.min(1024, want)) + 0);
        expect(float32FromBits(float32ToBits(s))).toBe(Math.fround(s));
      },
    ),
    { seed: 2, numRuns: 20000 },
  );
});

test('clamps: ReLU uses the zero point, hi comes from the immediate', () => {
  const one = float32ToBits(1);
  expect(requantize(-50, one, (100 << 8) | 10, 1)).toBe(10);
  expect(requantize(-500, one, (100 << 8) | 10, 0)).toBe(-128);
  expect(requantize(500, one, (100 << 8) | 10, 0)).toBe(100);
});

/** The reference arithmetic in exact decimal numbers: nothing of it is shared with the two statements under test. */
function exactly(acc: number, scale: number): number {
  const Exact = BigNumber.clone({ DECIMAL_PLACES: 400, ROUNDING_MODE: BigNumber.ROUND_HALF_EVEN });
  const two = new Exact(2);
  const toFloat32 = (x: BigNumber): BigNumber => {
    if (x.isZero()) return x;
    let unit = new Exact(1);
    while (
      x
        .abs()
        .dividedBy(unit)
        .gte(2 ** 24)
    )
      unit = unit.times(two);
    while (
      x
        .abs()
        .dividedBy(unit)
        .lt(2 ** 23)
    )
      unit = unit.dividedBy(two);
    return x.dividedBy(unit).integerValue(BigNumber.ROUND_HALF_EVEN).times(unit);
  };
  const product = toFloat32(toFloat32(new Exact(acc)).times(scale));
  return Math.max(-1024, Math.min(1024, product.integerValue(BigNumber.ROUND_HALF_EVEN).toNumber()));
}

test('equals exact decimal arithmetic, ties included', () => {
  const acc = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -70000, max: 70000 }));
  const scale = fc.oneof(
    fc.float({ min: Math.fround(1e-6), max: Math.fround(0.5), noNaN: true }),
    fc.integer({ min: 1, max: 20 }).map((e) => 2 ** -e),
  );
  fc.assert(
    fc.property(acc, scale, (a, s) => {
      expect(scaleRound(a, float32ToBits(s)) + 0).toBe(exactly(a, Math.fround(s)) + 0);
    }),
    { seed: 3, numRuns: 1500 },
  );
});
