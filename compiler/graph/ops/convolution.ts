/** Operators that multiply and accumulate, with bias and requantization fused, as TFLite states them. */
import { sizeOf } from '#runtime/tensor';
import { type TensorType, formatShape, perTensor, tensorType } from '../types.js';
import { checkOutput, clamp, dilation, outScale, outZeroPoint, padding, rounding, stride, windowShape } from './common.js';
import { defineOp, need, perTensorOf, type Refuse } from './row.js';

/** Weights: int8, zero point 0, one scale or one per output channel. Bias: int32, one per output channel. */
function checkWeights(weights: TensorType, bias: TensorType, axis: number, refuse: Refuse): void {
  const channels = weights.shape[axis];
  const q = weights.quantization;
  if (q === null) refuse('weights must be quantized');
  if (q.zeroPoint !== 0) refuse(`weights must be symmetric, but have the zero point ${q.zeroPoint}`);
  if (q.axis !== null && q.axis !== axis)
    refuse(`weights are quantized along dimension ${q.axis}, the output channels are dimension ${axis}`);
  need(bias, 'bias', 'int32', 1, refuse);
  if (bias.shape[0] !== channels) refuse(`bias has ${bias.shape[0]} elements for ${channels} output channels`);
}

const requantAttrs = { outScale, outZeroPoint, clamp, rounding };
type RequantAttrs = { outScale: number; outZeroPoint: number; clamp: readonly number[]; rounding: string };

/** What every requantizing host operator needs to know about the types. */
const requantHost = (input: TensorType, weights: TensorType, a: RequantAttrs) => ({
  inputScale: input.quantization?.scales[0] ?? 1,
  inputZeroPoint: input.quantization?.zeroPoint ?? 0,
  weightScales: weights.quantization?.scales ?? [1],
  outputScale: a.outScale,
  outputZeroPoint: a.outZeroPoint,
  clamp: a.clamp,
  rounding: a.rounding,
});

export const conv2d = defineOp({
  doc: 'int8 convolution; input NHWC, weights [outC,kh,kw,inC], bias int32[outC]; padded positions count as the input zero point',
  args: ['input', 'weights', 'bias'],
  attrs: { stride, dilation, padding, ...requantAttrs },
  infer: ([x, w, b], attrs, refuse) => {
    need(x, 'input', 'int8', 4, refuse);
    need(w, 'weights', 'int8', 4, refuse);
    perTensorOf(x, 'input', refuse);
    checkWeights(w, b, 0, refuse);
    checkOutput(attrs, refuse);
    if (w.shape[3] !== x.shape[3]) refuse(`weights ${formatShape(w)} take ${w.shape[3]} channels, the input has ${x.shape[3]}`);
    const [h, c] = windowShape([x.shape[1], x.shape[2]], [w.shape[1], w.shape[2]], attrs, refuse);
    return tensorType('int8', [x.shape[0], h, c, w.shape[0]], perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([x, w], a) => ({
    operator: 'conv2d',
    attrs: { stride: a.stride, dilation: a.dilation, padding: a.padding, ...requantHost(x, w, a) },
  }),
  macs: ([, w], out) => sizeOf(out.shape) * w.shape[1] * w.shape[2] * w.shape[3],
});

export const depthwiseConv2d = defineOp({
  doc: 'int8 depthwise convolution; weights [1,kh,kw,inC*multiplier], output channel c reads input channel floor(c / multiplier)',
  args: ['input', 'weights', 'bias'],
  attrs: { stride, dilation, padding, ...requantAttrs },
  infer: ([x, w, b], attrs, refuse) => {
    need(x, 'input', 'int8', 4, refuse);
    need(w, 'weights', 'int8', 4, refuse);
    perTensorOf(x, 'input', refuse);
    checkWeights(w, b, 3, refuse);
    checkOutput(attrs, refuse);
    if (w.shape[0] !== 1 || w.shape[3] % x.shape[3] !== 0) {
      refuse(`weights ${formatShape(w)} must be [1,kh,kw,c] with c a multiple of the ${x.shape[3]} input channels`);
    }
    const [h, c] = windowShape([x.shape[1], x.shape[2]], [w.shape[1], w.shape[2]], attrs, refuse);
    return tensorType('int8', [x.shape[0], h, c, w.shape[3]], perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([x, w], a) => ({
    operator: 'depthwise_conv2d',
    attrs: { stride: a.stride, dilation: a.dilation, padding: a.padding, ...requantHost(x, w, a) },
  }),
  macs: ([, w], out) => sizeOf(out.shape) * w.shape[1] * w.shape[2],
});

export const fullyConnected = defineOp({
  doc: 'int8 fully connected layer; input [..., in] is read as rows of `in` elements, weights [out,in], output [rows,out]',
  args: ['input', 'weights', 'bias'],
  attrs: requantAttrs,
  infer: ([x, w, b], attrs, refuse) => {
    need(x, 'input', 'int8', null, refuse);
    need(w, 'weights', 'int8', 2, refuse);
    perTensorOf(x, 'input', refuse);
    checkWeights(w, b, 0, refuse);
    checkOutput(attrs, refuse);
    const size = sizeOf(x.shape);
    if (w.shape[1] < 1 || size % w.shape[1] !== 0) refuse(`${size} input elements are not rows of the ${w.shape[1]} that the weights take`);
    return tensorType('int8', [size / w.shape[1], w.shape[0]], perTensor(attrs.outScale, attrs.outZeroPoint));
  },
  host: ([x, w], a) => ({ operator: 'fully_connected', attrs: requantHost(x, w, a) }),
  macs: ([, w], out) => sizeOf(out.shape) * w.shape[1],
});
