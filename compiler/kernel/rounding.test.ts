import { describe, expect, test } from 'vitest';
import { staircaseOf } from './rounding.js';
import type { ConvSpec, Requant } from './spec.js';
import { NO_HALO, randomConv } from './testing.js';

const spec = randomConv(1, { inC: 1, outC: 1, size: [1, 1], kernel: [1, 1], stride: [1, 1], padding: NO_HALO });
const rounded = (rounding: Requant['rounding'], scale: number, accs: readonly number[]): number[] => {
  const requant: Requant = { scales: Float32Array.of(scale), zeroPoint: 0, lo: -128, hi: 127, rounding };
  const f = staircaseOf({ ...spec, requant } as ConvSpec, 0);
  return accs.map((acc) => f(acc) + 0);
};

/** Worked out by hand from the definitions of TensorFlow Lite: MultiplyByQuantizedMultiplier with one rounding and with two. */
describe('ties of the rounding profiles', () => {
  const accs = [-10, -6, -2, -1, 0, 1, 2, 3, 6, 10];
  const exactly = [-2.5, -1.5, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1.5, 2.5];

  test('a quarter', () => {
    expect(accs.map((acc) => acc / 4)).toEqual(exactly);
    // to even
    expect(rounded('reference', 0.25, accs)).toEqual([-2, -2, 0, 0, 0, 0, 0, 1, 2, 2]);
    // up
    expect(rounded('single', 0.25, accs)).toEqual([-2, -1, 0, 0, 0, 0, 1, 1, 2, 3]);
    // first acc / 2, ties up: -5 -3 -1 0 0 1 1 2 3 5; then that / 2, ties away from zero
    expect(rounded('double', 0.25, accs)).toEqual([-3, -2, -1, 0, 0, 1, 1, 1, 2, 3]);
  });

  test.each(['reference', 'single', 'double'] as const)('%s: scales above 1, and of many sizes, give the nearest number', (rounding) => {
    expect(rounded(rounding, 3, [-42, -1, 0, 1, 2, 42])).toEqual([-126, -3, 0, 3, 6, 126]);
    for (let n = 0; n < 24; n++) {
      // 10.1, which is not near a tie, nor half of it
      const scale = 1.01 * 2 ** -n;
      const acc = Math.round(10 * 2 ** n);
      expect(rounded(rounding, scale, [acc, -acc]), `scale ${scale}`).toEqual([10, -10]);
    }
    expect(rounded(rounding, 2 ** -40, [-(2 ** 31), 2 ** 31 - 1])).toEqual([0, 0]);
    expect(rounded(rounding, 0, [-1000, 1000])).toEqual([0, 0]);
  });
});
