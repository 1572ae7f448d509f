/** Random AVERAGE_POOL_2D, MAX_POOL_2D, MEAN and SOFTMAX. */
import { samePadding } from '#runtime/host/window';
import type { Random } from '#fuzz/random';
import {
  int32Tensor,
  int8Tensor,
  operatorCase,
  type OperatorCase,
  randomInt8,
  randomQuantization,
  randomScale,
  randomShape,
  randomZeroPoint,
  resultQuantization,
  sizeOf,
} from '../random-values.js';

const pool =
  (op: string) =>
  (r: Random): OperatorCase => {
    const shape = [r.chance(0.9) ? 1 : 2, r.int(1, 9), r.int(1, 9), r.int(1, 18)];
    const padding = r.int(0, 1);
    const window = [1, 2].map((i) => r.int(1, padding === 0 ? 5 : shape[i]));
    const stride = [r.int(1, 3), r.int(1, 3)];
    const out = [0, 1].map((i) => {
      const pads = samePadding(shape[i + 1], window[i], stride[i]);
      return Math.floor((shape[i + 1] + (padding === 0 ? pads.before + pads.after : 0) - window[i]) / stride[i]) + 1;
    });
    const q = randomQuantization(r);
    return operatorCase(
      op,
      [[int8Tensor('x', shape, q), randomInt8(r, sizeOf(shape), q.zeroPoint)]],
      [],
      int8Tensor('y', [shape[0], ...out, shape[3]], q),
      { padding, strideH: stride[0], strideW: stride[1], filterH: window[0], filterW: window[1], activation: r.int(0, 3) },
    );
  };

export const averagePool2d = pool('AVERAGE_POOL_2D');
export const maxPool2d = pool('MAX_POOL_2D');

/** Any set of axes; those of images, [1, 2], [1] and [2], are the ones that real networks have. */
function randomAxes(r: Random, rank: number): number[] {
  if (rank === 4 && r.chance(0.5)) return r.pick([[1, 2], [2, 1], [1], [2]]);
  const axes = Array.from({ length: rank }, (_, i) => i).filter(() => r.chance(0.5));
  return axes.length === 0 ? [r.int(0, rank - 1)] : axes;
}

export function mean(r: Random): OperatorCase {
  const rank = r.chance(0.6) ? 4 : r.int(1, 5);
  const shape = randomShape(r, rank, rank > 3 ? 6 : 12);
  const axes = randomAxes(r, rank);
  const keepDims = r.int(0, 1);
  const x = randomQuantization(r);
  const kept = shape.flatMap((n, i) => (axes.includes(i) ? (keepDims === 1 ? [1] : []) : [n]));
  const named = axes.map((a) => (r.chance(0.2) ? a - rank : a));
  return operatorCase(
    'MEAN',
    [[int8Tensor('x', shape, x), randomInt8(r, sizeOf(shape), x.zeroPoint)]],
    [int32Tensor('axes', named)],
    int8Tensor('y', kept, r.chance(0.3) ? x : resultQuantization(r, x)),
    { keepDims },
  );
}

export function softmax(r: Random): OperatorCase {
  const shape = [...randomShape(r, r.int(0, 3), 3), r.pick([2, 3, 10, 12, 101, r.int(1, 256)])];
  const x = { scale: randomScale(r), zeroPoint: randomZeroPoint(r) };
  const beta = r.chance(0.8) ? 1 : Math.fround(r.int(1, 30) / 10);
  return operatorCase(
    'SOFTMAX',
    [[int8Tensor('x', shape, x), randomInt8(r, sizeOf(shape), x.zeroPoint)]],
    [],
    int8Tensor('y', shape, { scale: 1 / 256, zeroPoint: -128 }),
    { beta },
  );
}
