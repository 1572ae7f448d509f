/** Operators that move values, and softmax. */
import { sizeOf } from '#runtime/tensor';
import { formatShape, perTensor, tensorType } from '../types.js';
import { checkOutput, outScale, outZeroPoint } from './common.js';
import { needSameQuantization } from './elementwise.js';
import { defineOp, need, perTensorOf } from './row.js';

export const reshape = defineOp({
  doc: 'the same elements in another shape',
  args: ['input'],
  attrs: { shape: { kind: 'ints', doc: 'the new shape' } },
  infer: ([x], attrs, refuse) => {
    if (attrs.shape.some((v) => v < 0) || sizeOf(attrs.shape) !== sizeOf(x.shape)) {
      refuse(`${formatShape(x)} has ${sizeOf(x.shape)} elements, the shape [${attrs.shape}] ${sizeOf(attrs.shape)}`);
    }
    return tensorType(x.dtype, attrs.shape, x.quantization);
  },
  host: (_, a) => ({ operator: 'reshape', attrs: { shape: a.shape } }),
});

export const pad = defineOp({
  doc: 'constant padding of every axis; the quantization is kept',
  args: ['input'],
  attrs: {
    before: { kind: 'ints', doc: 'elements before, per axis' },
    after: { kind: 'ints', doc: 'elements after, per axis' },
    value: { kind: 'int', doc: 'the stored value to pad with, usually the zero point' },
  },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    const { before, after, value } = attrs;
    if (before.length !== x.shape.length || after.length !== x.shape.length || [...before, ...after].some((v) => v < 0)) {
      refuse(`before [${before}] and after [${after}] must give a count for each of ${x.shape.length} axes`);
    }
    if (value < -128 || value > 127) refuse(`value ${value} is not an int8 value`);
    return tensorType(
      'int8',
      x.shape.map((n, i) => before[i] + n + after[i]),
      x.quantization,
    );
  },
  host: (_, a) => ({ operator: 'pad', attrs: { before: a.before, after: a.after, value: a.value } }),
});

export const concatenate = defineOp({
  doc: 'operands one after the other along an axis; all quantized alike',
  args: ['inputs...'],
  attrs: { axis: { kind: 'int', doc: 'the axis' } },
  infer: (args, { axis }, refuse) => {
    const [first] = args;
    if (axis < 0 || axis >= first.shape.length) refuse(`axis ${axis} is outside ${formatShape(first)}`);
    for (const t of args) {
      const fits =
        t.dtype === first.dtype && t.shape.length === first.shape.length && t.shape.every((n, i) => i === axis || n === first.shape[i]);
      if (!fits) refuse(`${formatShape(t)} does not fit ${formatShape(first)} along axis ${axis}`);
    }
    needSameQuantization(args, refuse);
    const total = args.reduce((n, t) => n + t.shape[axis], 0);
    return tensorType(
      first.dtype,
      first.shape.map((n, i) => (i === axis ? total : n)),
      first.quantization,
    );
  },
  host: (_, a) => ({ operator: 'concatenate', attrs: { axis: a.axis } }),
});

export const softmax = defineOp({
  doc: 'int8 softmax over the last axis',
  args: ['input'],
  attrs: { beta: { kind: 'float', doc: 'factor on the input', default: 1 }, outScale, outZeroPoint },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    perTensorOf(x, 'input', refuse);
    checkOutput(attrs, refuse);
    if (x.shape.length < 1 || x.shape[x.shape.length - 1] < 1) refuse('the last axis must not be empty');
    return tensorType('int8', x.shape, perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([x], a) => ({
    operator: 'softmax',
    attrs: {
      beta: a.beta,
      inputScale: x.quantization?.scales[0] ?? 1,
      outputScale: a.outScale,
      outputZeroPoint: a.outZeroPoint,
    },
  }),
});
