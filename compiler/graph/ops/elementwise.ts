/** Operators on single elements. */
import { type TensorType, formatShape, perTensor, sameQuantization, tensorType } from '../types.js';
import { broadcastShape } from '#runtime/host/broadcast';
import { checkOutput, clamp, outScale, outZeroPoint, rounding } from './common.js';
import { defineOp, need, perTensorOf, type Refuse } from './row.js';

export const add = defineOp({
  doc: 'int8 addition, requantized; shapes that differ are broadcast from the last dimension on, as NumPy does',
  args: ['a', 'b'],
  attrs: { outScale, outZeroPoint, clamp, rounding },
  infer: ([a, b], attrs, refuse) => {
    need(a, 'a', 'int8', null, refuse);
    need(b, 'b', 'int8', null, refuse);
    perTensorOf(a, 'a', refuse);
    perTensorOf(b, 'b', refuse);
    checkOutput(attrs, refuse);
    const shape =
      broadcastShape(a.shape, b.shape) ??
      refuse(`${formatShape(a)} and ${formatShape(b)} do not fit: from the last on, dimensions must be equal or 1`);
    return tensorType('int8', shape, perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([a, b], at) => ({
    operator: 'add',
    attrs: {
      aScale: a.quantization?.scales[0] ?? 1,
      aZeroPoint: a.quantization?.zeroPoint ?? 0,
      bScale: b.quantization?.scales[0] ?? 1,
      bZeroPoint: b.quantization?.zeroPoint ?? 0,
      outputScale: at.outScale,
      outputZeroPoint: at.outZeroPoint,
      clamp: at.clamp,
      rounding: at.rounding,
    },
  }),
});

export const relu = defineOp({
  doc: 'clamps stored int8 values, keeping the quantization; ReLU is clamp [zeroPoint, 127]',
  args: ['input'],
  attrs: { clamp },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    checkOutput(attrs, refuse);
    return x;
  },
  host: (_, at) => ({ operator: 'relu', attrs: { clamp: at.clamp } }),
});

export const requantize = defineOp({
  doc: 'int8 to int8 with another scale and zero point',
  args: ['input'],
  attrs: { outScale, outZeroPoint, clamp, rounding },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    perTensorOf(x, 'input', refuse);
    checkOutput(attrs, refuse);
    return tensorType('int8', x.shape, perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([x], at) => ({
    operator: 'requantize',
    attrs: {
      inputScale: x.quantization?.scales[0] ?? 1,
      inputZeroPoint: x.quantization?.zeroPoint ?? 0,
      outputScale: at.outScale,
      outputZeroPoint: at.outZeroPoint,
      clamp: at.clamp,
      rounding: at.rounding,
    },
  }),
});

export const quantize = defineOp({
  doc: 'float32 to int8: clamp(round(x / scale) + zeroPoint)',
  args: ['input'],
  attrs: {
    outScale,
    outZeroPoint,
    rounding: {
      kind: 'enum',
      values: ['reference', 'builtin'],
      doc: "the delegate's rule (x times 1 / scale, ties to even), or the built-in kernel's (x / scale, ties away from zero)",
      default: 'reference',
    },
  },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'float32', null, refuse);
    checkOutput(attrs, refuse);
    return tensorType('int8', x.shape, perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: (_, at) => ({
    operator: 'quantize',
    attrs: { outputScale: at.outScale, outputZeroPoint: at.outZeroPoint, rounding: at.rounding },
  }),
});

export const dequantize = defineOp({
  doc: 'int8 to float32: scale * (x - zeroPoint)',
  args: ['input'],
  attrs: {},
  infer: ([x], _, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    perTensorOf(x, 'input', refuse);
    return tensorType('float32', x.shape);
  },
  host: ([x]) => ({
    operator: 'dequantize',
    attrs: { inputScale: x.quantization?.scales[0] ?? 1, inputZeroPoint: x.quantization?.zeroPoint ?? 0 },
  }),
});

/** Refuses unless all operands are quantized alike. */
export function needSameQuantization(types: readonly TensorType[], refuse: Refuse): void {
  for (const t of types)
    if (!sameQuantization(t.quantization, types[0].quantization)) refuse('the operands must have the same scale and zero point');
}
