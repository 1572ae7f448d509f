/** Random ADD, RELU, RELU6, RELU_N1_TO_1, QUANTIZE (float32, int8, uint8) and DEQUANTIZE. */
import type { Random } from '#fuzz/random';
import {
  floatTensor,
  int8Tensor,
  operatorCase,
  type OperatorCase,
  randomFloats,
  randomInt8,
  randomQuantization,
  randomShape,
  resultQuantization,
  sizeOf,
  uint8Tensor,
} from '../random-values.js';

/** All 256 values are worth their time in an operator on single elements. */
const shapeOf = (r: Random): number[] => (r.chance(0.5) ? [1, 256] : randomShape(r, r.int(1, 4), 5));

export function add(r: Random): OperatorCase {
  const shape = shapeOf(r);
  const a = randomQuantization(r);
  const b = resultQuantization(r, a);
  const size = sizeOf(shape);
  return operatorCase(
    'ADD',
    [
      [int8Tensor('a', shape, a), randomInt8(r, size, a.zeroPoint)],
      [int8Tensor('b', shape, b), randomInt8(r, size, b.zeroPoint)],
    ],
    [],
    int8Tensor('y', shape, resultQuantization(r, a)),
    { activation: r.int(0, 3) },
  );
}

const onInt8 =
  (op: string) =>
  (r: Random): OperatorCase => {
    const shape = shapeOf(r);
    const x = randomQuantization(r);
    return operatorCase(
      op,
      [[int8Tensor('x', shape, x), randomInt8(r, sizeOf(shape), x.zeroPoint)]],
      [],
      int8Tensor('y', shape, resultQuantization(r, x)),
    );
  };

export const relu = onInt8('RELU');
export const relu6 = onInt8('RELU6');
export const reluN1To1 = onInt8('RELU_N1_TO_1');
export const requantize = onInt8('QUANTIZE');

const toUint8 = (data: Int8Array): Uint8Array => Uint8Array.from(data, (v) => v + 128);

/** QUANTIZE where a network with uint8 inputs begins. */
export function fromUint8(r: Random): OperatorCase {
  const shape = shapeOf(r);
  const x = randomQuantization(r);
  const data = toUint8(randomInt8(r, sizeOf(shape), x.zeroPoint));
  return operatorCase('QUANTIZE', [[uint8Tensor('x', shape, x), data]], [], int8Tensor('y', shape, resultQuantization(r, x)));
}

/** QUANTIZE where one with uint8 outputs ends. */
export function toUint8Output(r: Random): OperatorCase {
  const shape = shapeOf(r);
  const x = randomQuantization(r);
  const data = randomInt8(r, sizeOf(shape), x.zeroPoint);
  return operatorCase('QUANTIZE', [[int8Tensor('x', shape, x), data]], [], uint8Tensor('y', shape, resultQuantization(r, x)));
}

export function quantize(r: Random): OperatorCase {
  const shape = shapeOf(r);
  const y = randomQuantization(r);
  return operatorCase('QUANTIZE', [[floatTensor('x', shape), randomFloats(r, sizeOf(shape), y)]], [], int8Tensor('y', shape, y));
}

export function dequantize(r: Random): OperatorCase {
  const shape = shapeOf(r);
  const x = randomQuantization(r);
  return operatorCase('DEQUANTIZE', [[int8Tensor('x', shape, x), randomInt8(r, sizeOf(shape), x.zeroPoint)]], [], floatTensor('y', shape));
}
