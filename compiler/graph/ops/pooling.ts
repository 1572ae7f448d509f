/** Operators that reduce windows or axes. */
import { sizeOf } from '#runtime/tensor';
import { perTensor, tensorType } from '../types.js';
import { checkOutput, clamp, outScale, outZeroPoint, padding, stride, windowShape } from './common.js';
import { defineOp, need, perTensorOf, type Refuse } from './row.js';

const window = { kind: 'ints', length: 2, doc: 'rows, columns of the window' } as const;

/** A window that lies in the padding alone has no value. */
function checkPadding(attrs: { readonly window: readonly number[]; readonly padding: readonly number[] }, refuse: Refuse): void {
  if (attrs.padding.some((p, i) => p >= attrs.window[i % 2]))
    refuse(`padding [${attrs.padding}] must be smaller than the window [${attrs.window}]`);
}

export const averagePool2d = defineOp({
  doc: 'int8 average of each window, padded positions not counted; halves away from zero; the quantization is kept',
  args: ['input'],
  attrs: { window, stride, padding, clamp },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', 4, refuse);
    checkOutput(attrs, refuse);
    checkPadding(attrs, refuse);
    const [h, w] = windowShape([x.shape[1], x.shape[2]], [attrs.window[0], attrs.window[1]], attrs, refuse);
    return tensorType('int8', [x.shape[0], h, w, x.shape[3]], x.quantization);
  },
  host: (_, a) => ({ operator: 'average_pool_2d', attrs: { window: a.window, stride: a.stride, padding: a.padding, clamp: a.clamp } }),
});

export const maxPool2d = defineOp({
  doc: 'int8 maximum of each window, padded positions not counted; the quantization is kept',
  args: ['input'],
  attrs: { window, stride, padding, clamp },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', 4, refuse);
    checkOutput(attrs, refuse);
    checkPadding(attrs, refuse);
    const [h, w] = windowShape([x.shape[1], x.shape[2]], [attrs.window[0], attrs.window[1]], attrs, refuse);
    return tensorType('int8', [x.shape[0], h, w, x.shape[3]], x.quantization);
  },
  host: (_, a) => ({ operator: 'max_pool_2d', attrs: { window: a.window, stride: a.stride, padding: a.padding, clamp: a.clamp } }),
});

export const mean = defineOp({
  doc: 'int8 mean over axes, requantized',
  args: ['input'],
  attrs: {
    axes: { kind: 'ints', doc: 'the axes that are averaged, increasing' },
    keepDims: { kind: 'bool', doc: 'whether they stay as dimensions of 1', default: false },
    outScale,
    outZeroPoint,
    rounding: {
      kind: 'enum',
      values: ['reference', 'double', 'builtin'],
      doc: "the delegate's rule, that of the built-in kernel for images, or that of the other built-in kernel; see runtime/host/mean.ts",
      default: 'reference',
    },
  },
  infer: ([x], attrs, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    perTensorOf(x, 'input', refuse);
    checkOutput(attrs, refuse);
    const { axes } = attrs;
    if (axes.length === 0 || axes.some((a, i) => a < 0 || a >= x.shape.length || (i > 0 && a <= axes[i - 1]))) {
      refuse(`axes [${axes}] must be increasing and within 0..${x.shape.length - 1}`);
    }
    if (sizeOf(axes.map((a) => x.shape[a])) < 1) refuse('there is nothing to average');
    const shape = x.shape.flatMap((n, i) => (axes.includes(i) ? (attrs.keepDims ? [1] : []) : [n]));
    return tensorType('int8', shape, perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([x], a) => ({
    operator: 'mean',
    attrs: {
      axes: a.axes,
      keepDims: a.keepDims,
      inputScale: x.quantization?.scales[0] ?? 1,
      inputZeroPoint: x.quantization?.zeroPoint ?? 0,
      outputScale: a.outScale,
      outputZeroPoint: a.outZeroPoint,
      rounding: a.rounding,
    },
  }),
});
