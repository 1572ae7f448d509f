import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../tensor.js';
import { broadcast, broadcastShape } from './broadcast.js';

test('dimensions are aligned at the last one; 1 repeats, anything else must be equal', () => {
  expect(broadcastShape([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
  expect(broadcastShape([], [2])).toEqual([2]);
  expect(broadcastShape([0], [1])).toEqual([0]);
  expect(broadcastShape([2], [3])).toBeNull();
  expect(broadcastShape([2, 3], [3, 2])).toBeNull();
});

/** Element by element: the position in `shape` of the element at `index` of `target`. */
function positionIn(shape: readonly number[], target: readonly number[], index: number): number {
  let [position, stride, rest] = [0, 1, index];
  for (let axis = target.length - 1; axis >= 0; axis--) {
    const n = shape[shape.length - target.length + axis] ?? 1;
    if (n > 1) position += (rest % target[axis]) * stride;
    stride *= n;
    rest = Math.floor(rest / target[axis]);
  }
  return position;
}

test('repeated data are those that every element of the result refers to', () => {
  const dimension = fc.record({ size: fc.integer({ min: 1, max: 4 }), kept: fc.boolean() });
  fc.assert(
    fc.property(fc.array(dimension, { maxLength: 5 }), fc.nat(5), (dimensions, dropped) => {
      const target = dimensions.map((d) => d.size);
      const shape = dimensions.map((d) => (d.kept ? d.size : 1));
      while (shape.length > dimensions.length - dropped && shape[0] === 1) shape.shift();
      const data = Int8Array.from({ length: sizeOf(shape) }, (_, i) => i);
      const want = Int8Array.from({ length: sizeOf(target) }, (_, i) => data[positionIn(shape, target, i)]);
      expect(broadcast(data, shape, target)).toEqual(want);
    }),
    { numRuns: 300 },
  );
});
