import { describe, expect, test } from 'vitest';
import { Random } from '#fuzz/random';
import type { TimingInsn } from './program.js';
import { ASCENDING, DENSE, SPARSE, shapeOf } from './shape.js';

interface Loops {
  readonly dst: readonly number[];
  readonly iterIn: number;
  readonly dstIn: number;
  readonly iterOut: number;
  readonly dstOut: number;
}

/** The elements in the order in which three loops visit them, micro-ops innermost. */
function visits({ dst, iterIn, dstIn, iterOut, dstOut }: Loops): number[] {
  const out: number[] = [];
  for (let i = 0; i < iterOut; i++) for (let j = 0; j < iterIn; j++) for (const d of dst) out.push(d + i * dstOut + j * dstIn);
  return out;
}

/** The definition, from the elements themselves: each of an interval once, and in their order. */
function definition(loops: Loops): number {
  const seen = visits(loops);
  const first = Math.min(...seen);
  if (seen.every((x, n) => x === first + n)) return ASCENDING;
  return [...seen].sort((a, b) => a - b).every((x, n) => x === first + n) ? DENSE : SPARSE;
}

const shape = ({ dst, ...rest }: Loops): number => shapeOf({ uopCount: dst.length, ...rest } as TimingInsn, Int32Array.from(dst));

describe('the shape of destinations', () => {
  test('random loops over micro-ops at equal distances', () => {
    const found = [0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const r = Random.of(3, i);
      const counts = [r.int(1, 4), r.int(1, 4), r.int(1, 4)];
      // strides that often follow from each other, in any order
      const near = (n: number) => r.pick([1, counts[n], counts[(n + 1) % 3] * counts[(n + 2) % 3], counts[(n + 1) % 3], r.int(1, 9)]);
      const stride = near(0);
      const base = r.int(0, 5);
      const loops = {
        dst: Array.from({ length: counts[0] }, (_, k) => base + k * stride),
        iterIn: counts[1],
        dstIn: near(1),
        iterOut: counts[2],
        dstOut: near(2),
      };
      const want = definition(loops);
      expect(shape(loops), JSON.stringify(loops)).toBe(want);
      found[want]++;
    }
    expect(Math.min(...found)).toBeGreaterThan(200);
  });

  test('the stride of a loop of one iteration does not matter; micro-ops at unequal or negative distances are sparse', () => {
    const one = { dst: [7], iterIn: 1, dstIn: 9, iterOut: 1, dstOut: 5 };
    expect(shape(one)).toBe(ASCENDING);
    expect(shape({ ...one, iterIn: 4, dstIn: 1 })).toBe(ASCENDING);
    expect(shape({ ...one, dst: [7, 8, 10] })).toBe(SPARSE);
    expect(shape({ ...one, dst: [8, 7] })).toBe(SPARSE);
    expect(shape({ ...one, dst: [7, 7] })).toBe(SPARSE);
  });
});
