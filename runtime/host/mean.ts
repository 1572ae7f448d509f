/**
 * int8 mean over axes, by three rules.
 *
 * - `reference`: what TensorFlow Lite computes where its XNNPACK delegate takes the operator (pooling over the columns, or the rows and
 *   columns, of an image): the sum of (x - inputZeroPoint) times f32(inputScale / f32(outputScale * count)), ties to even.
 * - `double`: its own kernel for rows and columns that stay as dimensions of 1: the sum of the stored values times the fixed point form of
 *   inputScale / (count * outputScale), rounded twice, plus a whole number for the zero points.
 * - `builtin`: its own kernel for everything else. Where input and output are quantized alike: the sum of the stored values divided by the
 *   count, toward zero. Otherwise in float32: f32(f32(sum / count) * scale) plus a bias for the input's zero point, halves away from zero.
 */
import { sizeOf } from '../tensor.js';
import { Operands, int8Tensor, type TypedTensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { fixedMultiplier, makeRequantizer, multiplyDouble, roundHalfAway } from './requantize-rules.js';

interface Quantizations {
  readonly inputScale: number;
  readonly inputZeroPoint: number;
  readonly outputScale: number;
  readonly outputZeroPoint: number;
}

/** From the sum of `count` stored values to the result. */
type Average = (sum: number) => number;

function delegateAverage(q: Quantizations, count: number): Average {
  const requantize = makeRequantizer(
    {
      inputScale: Math.fround(q.inputScale / Math.fround(q.outputScale * count)),
      weightScales: [1],
      outputScale: 1,
      outputZeroPoint: q.outputZeroPoint,
      clamp: [-128, 127],
      rounding: 'reference',
    },
    1,
  );
  return (sum) => requantize(sum - count * q.inputZeroPoint, 0);
}

function builtinImageAverage(q: Quantizations, count: number): Average {
  const multiplier = fixedMultiplier(q.inputScale / (count * q.outputScale));
  const shift = roundHalfAway(Math.fround(Math.fround(q.inputZeroPoint * q.inputScale) / q.outputScale));
  return (sum) => Math.max(-128, Math.min(127, multiplyDouble(sum, multiplier) + q.outputZeroPoint - shift));
}

function builtinAverage(q: Quantizations, count: number): Average {
  if (q.inputScale === q.outputScale && q.inputZeroPoint === q.outputZeroPoint) return (sum) => Math.trunc(sum / count);
  const scale = Math.fround(q.inputScale / q.outputScale);
  const bias = Math.fround(-q.inputZeroPoint * scale);
  return (sum) => {
    const mean = Math.fround(Math.fround(sum) / count);
    const scaled = Math.fround(Math.fround(mean * scale) + bias);
    return Math.max(-128, Math.min(127, roundHalfAway(scaled) + q.outputZeroPoint));
  };
}

const AVERAGES = { reference: delegateAverage, double: builtinImageAverage, builtin: builtinAverage } as const;

/** Sums over the axes that have one element in `kept`. */
function sumsOf(x: TypedTensor<'int8'>, kept: readonly number[]): Int32Array {
  const sums = new Int32Array(sizeOf(kept));
  for (let i = 0; i < x.data.length; i++) {
    let rest = i;
    let index = 0;
    let step = 1;
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      if (kept[axis] > 1) index += (rest % x.shape[axis]) * step;
      rest = Math.floor(rest / x.shape[axis]);
      step *= kept[axis];
    }
    sums[index] += x.data[i];
  }
  return sums;
}

export const mean: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('mean', inputs, attrs);
    const x = o.tensor(0, 'int8');
    const axes = o.ints('axes', 0);
    o.check(
      axes.every((a) => a < x.shape.length),
      `axes [${axes}] are outside the shape [${x.shape}]`,
    );
    const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    const count = sizeOf(x.shape) / Math.max(1, sizeOf(kept));
    o.check(count >= 1, 'there is nothing to average');
    const q: Quantizations = {
      inputScale: o.number('inputScale'),
      inputZeroPoint: o.int8('inputZeroPoint'),
      outputScale: o.number('outputScale'),
      outputZeroPoint: o.int8('outputZeroPoint'),
    };
    const average = AVERAGES[o.oneOf('rounding', ['reference', 'double', 'builtin'])](q, count);
    const shape = o.bool('keepDims') ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return int8Tensor(shape, Int8Array.from(sumsOf(x, kept), average));
  },
};
