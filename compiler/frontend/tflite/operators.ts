/** One converter per supported operator: from a TFLite operator to graph calls. */
import { samePadding } from '#runtime/host/window';
import { call } from '../../graph/build.js';
import type { ValueNode } from '../../graph/node.js';
import { formatShape } from '../../graph/types.js';
import type { OperatorContext } from './context.js';
import {
  ADD_OPTIONS,
  CONCATENATION_OPTIONS,
  CONV_OPTIONS,
  DEPTHWISE_OPTIONS,
  FULLY_CONNECTED_OPTIONS,
  PADDING_NAMES,
  POOL_OPTIONS,
  REDUCER_OPTIONS,
  SOFTMAX_OPTIONS,
} from './schema.js';

type Converter = (c: OperatorContext) => ValueNode;

/** Stride, dilation and explicit padding of a window over operand 0. */
function windowAttrs(
  c: OperatorContext,
  kernel: readonly [number, number],
  fields: { padding: number; strideW: number; strideH: number; dilationW?: number; dilationH?: number },
) {
  const shape = c.inputType(0).shape;
  if (shape.length !== 4) c.refuse(`its input is ${formatShape(c.inputType(0))}`, 'use an NHWC input with four dimensions');
  const option = (field: number | undefined, absent: number): number =>
    field === undefined ? 1 : (c.options?.int32(field, absent) ?? absent);
  const stride = [option(fields.strideH, 0), option(fields.strideW, 0)];
  const dilation = [option(fields.dilationH, 1), option(fields.dilationW, 1)];
  if ([...stride, ...dilation].some((v) => v < 1))
    c.refuse(`stride [${stride}] and dilation [${dilation}] must be at least 1`, 'export the model again');
  const scheme = PADDING_NAMES[c.options?.int8(fields.padding) ?? 0];
  if (scheme === undefined) c.refuse('its padding is neither SAME nor VALID', 'export the model again');
  const pads = [0, 1].map((i) =>
    scheme === 'SAME' ? samePadding(shape[i + 1], kernel[i], stride[i], dilation[i]) : { before: 0, after: 0 },
  );
  return { stride, dilation, padding: [pads[0].before, pads[1].before, pads[0].after, pads[1].after] };
}

const convolution =
  (op: 'conv2d' | 'depthwise_conv2d', fields: typeof CONV_OPTIONS | typeof DEPTHWISE_OPTIONS): Converter =>
  (c) => {
    const weights = c.weights(1);
    const shape = weights.type.shape;
    if (shape.length !== 4) c.refuse(`its weights are ${formatShape(weights.type)}`, 'use weights with four dimensions');
    const channels = op === 'conv2d' ? shape[0] : shape[3];
    return call(
      op,
      [c.input(0), weights, c.bias(2, channels)],
      { ...windowAttrs(c, [shape[1], shape[2]], fields), ...c.output(), clamp: c.clamp(fields.activation), rounding: 'reference' },
      c.name,
      c.origin,
    );
  };

const fullyConnected: Converter = (c) => {
  const weights = c.weights(1);
  if ((c.options?.int8(FULLY_CONNECTED_OPTIONS.weightsFormat) ?? 0) !== 0)
    c.refuse('its weights are shuffled', 'export with the default format');
  const dense = call(
    'fully_connected',
    [c.input(0), weights, c.bias(2, weights.type.shape[0] ?? 0)],
    { ...c.output(), clamp: c.clamp(FULLY_CONNECTED_OPTIONS.activation), rounding: 'reference' },
    c.name,
    c.origin,
  );
  // keep_num_dims: the rows keep their own dimensions
  const declared = c.result.shape;
  if (declared.length === dense.type.shape.length) return dense;
  return call('reshape', [dense], { shape: declared }, `${c.name}_reshape`, c.origin);
};

const pooling =
  (op: 'average_pool_2d' | 'max_pool_2d'): Converter =>
  (c) => {
    const size = (field: number): number => c.options?.int32(field) ?? 0;
    const window: [number, number] = [size(POOL_OPTIONS.filterH), size(POOL_OPTIONS.filterW)];
    if (window.some((v) => v < 1)) c.refuse(`its window is [${window}]`, 'export the model again');
    const { stride, padding } = windowAttrs(c, window, POOL_OPTIONS);
    return call(op, [c.input(0)], { window, stride, padding, clamp: c.clamp(POOL_OPTIONS.activation) }, c.name, c.origin);
  };

const add: Converter = (c) =>
  call('add', [c.input(0), c.input(1)], { ...c.output(), clamp: c.clamp(ADD_OPTIONS.activation), rounding: 'reference' }, c.name, c.origin);

const reshape: Converter = (c) => call('reshape', [c.input(0)], { shape: c.result.shape }, c.name, c.origin);

const softmax: Converter = (c) =>
  call('softmax', [c.input(0)], { beta: c.options?.float32(SOFTMAX_OPTIONS.beta) ?? 0, ...c.output() }, c.name, c.origin);

const pad: Converter = (c) => {
  const rank = c.inputType(0).shape.length;
  const pairs = c.parameter(1, 'padding');
  if (pairs.length !== 2 * rank) c.refuse(`${pairs.length} paddings are given for ${rank} dimensions`, 'export the model again');
  const zero = c.inputType(0).quantization?.zeroPoint ?? 0;
  const side = (k: 0 | 1): number[] => Array.from({ length: rank }, (_, i) => pairs[2 * i + k]);
  return call('pad', [c.input(0)], { before: side(0), after: side(1), value: zero }, c.name, c.origin);
};

const mean: Converter = (c) => {
  const rank = c.inputType(0).shape.length;
  const axes = [...new Set(c.parameter(1, 'axes').map((a) => (a < 0 ? a + rank : a)))].sort((a, b) => a - b);
  const keepDims = (c.options?.uint8(REDUCER_OPTIONS.keepDims) ?? 0) !== 0;
  return call('mean', [c.input(0)], { axes, keepDims, ...c.output() }, c.name, c.origin);
};

const concatenate: Converter = (c) => {
  const inputs = Array.from({ length: c.inputCount }, (_, i) => c.input(i));
  const axis = c.options?.int32(CONCATENATION_OPTIONS.axis) ?? 0;
  const [lo, hi] = c.clamp(CONCATENATION_OPTIONS.activation);
  if (lo !== -128 || hi !== 127) c.refuse('it has a fused activation that clamps', 'export the activation as a layer of its own');
  return call('concatenate', inputs, { axis: axis < 0 ? axis + c.result.shape.length : axis }, c.name, c.origin);
};

const activation =
  (name: string): Converter =>
  (c) =>
    call('requantize', [c.input(0)], { ...c.output(), clamp: c.clamp(name), rounding: 'reference' }, c.name, c.origin);

const quantize: Converter = (c) =>
  c.inputType(0).dtype === 'float32' ? call('quantize', [c.input(0)], c.output(), c.name, c.origin) : activation('NONE')(c);

const dequantize: Converter = (c) => call('dequantize', [c.input(0)], {}, c.name, c.origin);

export const CONVERTERS: Readonly<Record<string, Converter>> = {
  CONV_2D: convolution('conv2d', CONV_OPTIONS),
  DEPTHWISE_CONV_2D: convolution('depthwise_conv2d', DEPTHWISE_OPTIONS),
  FULLY_CONNECTED: fullyConnected,
  ADD: add,
  AVERAGE_POOL_2D: pooling('average_pool_2d'),
  MAX_POOL_2D: pooling('max_pool_2d'),
  MEAN: mean,
  RESHAPE: reshape,
  SQUEEZE: reshape,
  EXPAND_DIMS: reshape,
  PAD: pad,
  CONCATENATION: concatenate,
  SOFTMAX: softmax,
  RELU: activation('RELU'),
  RELU6: activation('RELU6'),
  RELU_N1_TO_1: activation('RELU_N1_TO_1'),
  QUANTIZE: quantize,
  DEQUANTIZE: dequantize,
};
