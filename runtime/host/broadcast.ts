/** Broadcasting in the manner of NumPy and TensorFlow Lite: shapes are aligned at their last dimension, and 1 repeats. */
import { sizeOf } from '../tensor.js';

/** The common shape of two shapes, or null where a dimension differs and neither is 1. */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] | null {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], i: number): number => shape[shape.length - rank + i] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => (at(a, i) === 1 ? at(b, i) : at(a, i)));
  return shape.every((n, i) => [1, n].includes(at(a, i)) && [1, n].includes(at(b, i))) ? shape : null;
}

/** Data of `shape` repeated to fill `target`, which broadcastShape gave; the data itself where nothing repeats. */
export function broadcast<A extends Int8Array | Uint8Array | Int32Array | Float32Array>(
  data: A,
  shape: readonly number[],
  target: readonly number[],
): A {
  const size = sizeOf(target);
  if (data.length === size) return data;
  const out = new (data.constructor as new (length: number) => A)(size);
  if (size === 0) return out;
  out.set(data);
  // from the last dimension on, every block that is there is copied as often as the dimension repeats it
  let [filled, block] = [data.length, 1];
  for (let axis = target.length - 1; axis >= 0; axis--) {
    const have = shape[shape.length - target.length + axis] ?? 1;
    const times = target[axis] / have;
    if (times > 1) {
      // back to front, so that no block is overwritten before it has been copied
      for (let i = filled / block - 1; i >= 0; i--) {
        for (let k = times - 1; k >= 0; k--) out.copyWithin((i * times + k) * block, i * block, (i + 1) * block);
      }
      filled *= times;
    }
    block *= target[axis];
  }
  return out;
}
