import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32ToBits, requantize } from '#isa/semantics/requantize';
import {
  fixedMultiplier,
  floorLog2,
  makeRequantizer,
  multiplyDouble,
  multiplySingle,
  roundHalfAway,
  roundTiesToEven,
} from './requantize-rules.js';

const accumulators = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -100000, max: 100000 }));
const multipliers = fc.double({ min: 2 ** -34, max: 2 ** 5, noNaN: true });

test('the reference profile is the RQ operation of the ISA', () => {
  fc.assert(
    fc.property(
      accumulators,
      fc.float({ min: Math.fround(1e-30), max: Math.fround(1e28), noNaN: true }),
      fc.integer({ min: -128, max: 127 }),
      (acc, scale, zero) => {
        const f = makeRequantizer(
          { inputScale: scale, weightScales: [1], outputScale: 1, outputZeroPoint: zero, clamp: [-128, 127], rounding: 'reference' },
          1,
        );
        expect(f(acc, 0) + 0).toBe(requantize(acc, float32ToBits(scale), (127 << 8) | (zero & 0xff), 0) + 0);
      },
    ),
    { seed: 11, numRuns: 5000 },
  );
});

test('the fixed point multiplier is within half a unit, or 0 where the value is tiny', () => {
  fc.assert(
    fc.property(multipliers, (d) => {
      const { q, exponent } = fixedMultiplier(d);
      if (q === 0) {
        expect(d).toBeLessThan(2 ** -31);
        return;
      }
      expect(q).toBeGreaterThanOrEqual(2 ** 30);
      expect(q).toBeLessThan(2 ** 31);
      expect(Math.abs(q - d * 2 ** (31 - exponent))).toBeLessThanOrEqual(0.5);
    }),
    { seed: 12, numRuns: 2000 },
  );
  expect(fixedMultiplier(1 - 2 ** -40)).toEqual({ q: 2 ** 30, exponent: 1 });
});

test('both integer profiles are within one of the exact product', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.double({ min: 2 ** -30, max: 1, noNaN: true }), (acc, d) => {
      const m = fixedMultiplier(d);
      expect(Math.abs(multiplySingle(acc, m) - acc * d)).toBeLessThan(0.502);
      expect(Math.abs(multiplyDouble(acc, m) - acc * d)).toBeLessThan(1.002);
    }),
    { seed: 13, numRuns: 5000 },
  );
});

test('ties: even, up, away', () => {
  const half = fixedMultiplier(0.5);
  const layer = (rounding: 'reference' | 'single' | 'double') =>
    makeRequantizer({ inputScale: 0.5, weightScales: [1], outputScale: 1, outputZeroPoint: 0, clamp: [-128, 127], rounding }, 1);
  const all = (f: (v: number) => number) => [-5, -3, -1, 1, 3, 5].map((v) => f(v) + 0);
  expect(all((v) => layer('reference')(v, 0))).toEqual([-2, -2, 0, 0, 2, 2]);
  expect(all((v) => multiplySingle(v, half))).toEqual([-2, -1, 0, 1, 2, 3]);
  expect(all((v) => multiplyDouble(v, fixedMultiplier(0.125)))).toEqual([-1, 0, 0, 0, 1, 1]);
  expect(all((v) => multiplyDouble(v * 4, fixedMultiplier(0.125)))).toEqual([-3, -2, -1, 1, 2, 3]);
  expect([2.5, -2.5, 3.5, 2.4].map(roundTiesToEven)).toEqual([2, -2, 4, 2]);
  expect([2.5, -2.5, 3.4].map(roundHalfAway)).toEqual([3, -3, 3]);
});

test('floorLog2 is exact at powers of two', () => {
  for (let e = -40; e < 40; e++) {
    expect(floorLog2(2 ** e)).toBe(e);
    expect(floorLog2(2 ** e * (1 - 2 ** -53))).toBe(e - 1);
  }
});
