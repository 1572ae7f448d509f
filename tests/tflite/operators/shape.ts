/** Random PAD, CONCATENATION, RESHAPE, SQUEEZE and EXPAND_DIMS. */
import type { Random } from '#fuzz/random';
import {
  int32Tensor,
  int8Tensor,
  operatorCase,
  type OperatorCase,
  randomInt8,
  randomQuantization,
  randomShape,
  sizeOf,
} from '../random-values.js';

export function pad(r: Random): OperatorCase {
  const shape = randomShape(r, r.int(1, 4), 5);
  const pads = shape.flatMap(() => [r.int(0, 2), r.int(0, 2)]);
  const q = randomQuantization(r);
  return operatorCase(
    'PAD',
    [[int8Tensor('x', shape, q), randomInt8(r, sizeOf(shape), q.zeroPoint)]],
    [int32Tensor('paddings', pads, [shape.length, 2])],
    int8Tensor(
      'y',
      shape.map((n, i) => n + pads[2 * i] + pads[2 * i + 1]),
      q,
    ),
  );
}

export function concatenation(r: Random): OperatorCase {
  const shape = randomShape(r, r.int(1, 4), 5);
  const axis = r.int(0, shape.length - 1);
  const q = randomQuantization(r);
  const lengths = Array.from({ length: r.int(1, 5) }, () => r.int(1, 5));
  const along = (n: number): number[] => shape.map((v, i) => (i === axis ? n : v));
  return operatorCase(
    'CONCATENATION',
    lengths.map((n, i) => [int8Tensor(`x${i}`, along(n), q), randomInt8(r, sizeOf(along(n)), q.zeroPoint)] as const),
    [],
    int8Tensor('y', along(lengths.reduce((a, b) => a + b, 0)), q),
    { axis: r.chance(0.3) ? axis - shape.length : axis },
  );
}

/** The same elements in another shape. */
function reshaped(
  r: Random,
  op: string,
  from: readonly number[],
  to: readonly number[],
  parameter: readonly number[] | null,
): OperatorCase {
  const q = randomQuantization(r);
  return operatorCase(
    op,
    [[int8Tensor('x', from, q), randomInt8(r, sizeOf(from), q.zeroPoint)]],
    parameter === null ? [] : [int32Tensor('parameter', parameter)],
    int8Tensor('y', to, q),
  );
}

export function reshape(r: Random): OperatorCase {
  const from = randomShape(r, r.int(1, 4), 5);
  const to = r.chance(0.5) ? [1, sizeOf(from)] : [...from].reverse();
  return reshaped(r, 'RESHAPE', from, to, r.chance(0.3) ? [...to.slice(0, -1), -1] : to);
}

export function squeeze(r: Random): OperatorCase {
  const to = randomShape(r, r.int(1, 3), 5).map((n) => n + 1);
  return reshaped(r, 'SQUEEZE', [1, ...to, 1], to, null);
}

export function expandDims(r: Random): OperatorCase {
  const from = randomShape(r, r.int(1, 3), 5);
  const axis = r.int(0, from.length);
  return reshaped(r, 'EXPAND_DIMS', from, [...from.slice(0, axis), 1, ...from.slice(axis)], [axis]);
}
