/** Sliding windows and fully connected layers. */
import { samePadding } from '#runtime/host/window';
import { call } from '../../../graph/build.js';
import { formatShape } from '../../../graph/types.js';
import type { OperatorContext } from '../context.js';
import { conv2dVerdict, depthwiseVerdict, fullyConnectedVerdict, maxPoolVerdict, type Verdict, type Weighted } from '../delegate.js';
import { type CONV_OPTIONS, type DEPTHWISE_OPTIONS, FULLY_CONNECTED_OPTIONS, PADDING_NAMES, POOL_OPTIONS } from '../schema.js';
import { type Converter, int8 } from './converter.js';

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
    c.refuse(`its stride [${stride}] and dilation [${dilation}] must be at least 1`, 'export the model again');
  const scheme = PADDING_NAMES[c.options?.int8(fields.padding) ?? 0];
  if (scheme === undefined) c.refuse('its padding is neither SAME nor VALID', 'export the model again');
  const pads = [0, 1].map((i) =>
    scheme === 'SAME' ? samePadding(shape[i + 1], kernel[i], stride[i], dilation[i]) : { before: 0, after: 0 },
  );
  return { stride, dilation, padding: [pads[0].before, pads[1].before, pads[0].after, pads[1].after] };
}

/** The two kernels of an operator with weights: what the delegate makes of it, and the rounding of the built-in kernel. */
interface WeightedKernels {
  readonly verdict: (w: Weighted) => Verdict;
  readonly builtin: 'single' | 'double';
}
const CONV2D: WeightedKernels = { verdict: conv2dVerdict, builtin: 'single' };
const DEPTHWISE: WeightedKernels = { verdict: depthwiseVerdict, builtin: 'double' };
const FULLY_CONNECTED: WeightedKernels = { verdict: fullyConnectedVerdict, builtin: 'single' };

/** Result, clamp and rounding of an operator with weights (operand 1) and bias (operand 2). */
function requantization(c: OperatorContext, channels: number, activation: number, { verdict, builtin }: WeightedKernels) {
  const range = c.range(activation);
  const weightScales = c.weights(1).type.quantization?.scales ?? [1];
  const output = c.resultScale();
  const kernels = c.kernels(verdict({ input: c.scaleOf(0), weightScales, channels, bias: c.biasForm(2), output, range }));
  return { ...c.output(), clamp: c.clamp(range, kernels), rounding: kernels === 'delegate' ? ('reference' as const) : builtin };
}

export const convolution = (op: 'conv2d' | 'depthwise_conv2d', fields: typeof CONV_OPTIONS | typeof DEPTHWISE_OPTIONS): Converter =>
  int8((c) => {
    const weights = c.weights(1);
    const shape = weights.type.shape;
    if (shape.length !== 4) c.refuse(`its weights are ${formatShape(weights.type)}`, 'use weights with four dimensions');
    const channels = op === 'conv2d' ? shape[0] : shape[3];
    const requant = requantization(c, channels, fields.activation, op === 'conv2d' ? CONV2D : DEPTHWISE);
    return call(
      op,
      [c.input(0), weights, c.bias(2, channels)],
      { ...windowAttrs(c, [shape[1], shape[2]], fields), ...requant },
      c.name,
      c.origin,
    );
  });

export const fullyConnected = int8((c) => {
  const weights = c.weights(1);
  if ((c.options?.int8(FULLY_CONNECTED_OPTIONS.weightsFormat) ?? 0) !== 0)
    c.refuse('its weights are shuffled', 'export with the default format of weights');
  const channels = weights.type.shape[0] ?? 0;
  const dense = call(
    'fully_connected',
    [c.input(0), weights, c.bias(2, channels)],
    requantization(c, channels, FULLY_CONNECTED_OPTIONS.activation, FULLY_CONNECTED),
    c.name,
    c.origin,
  );
  // keep_num_dims: the rows keep their own dimensions
  const declared = c.result.shape;
  if (declared.length === dense.type.shape.length) return dense;
  return call('reshape', [dense], { shape: declared }, `${c.name}_reshape`, c.origin);
});

export const pooling = (op: 'average_pool_2d' | 'max_pool_2d'): Converter =>
  int8((c) => {
    const size = (field: number): number => c.options?.int32(field) ?? 0;
    const window: [number, number] = [size(POOL_OPTIONS.filterH), size(POOL_OPTIONS.filterW)];
    if (window.some((v) => v < 1)) c.refuse(`its window is [${window}]`, 'export the model again');
    const { stride, padding } = windowAttrs(c, window, POOL_OPTIONS);
    const range = c.range(POOL_OPTIONS.activation);
    const kernels = c.kernels(op === 'max_pool_2d' ? maxPoolVerdict(window, stride, c.resultScale(), range) : 'leaves', true);
    return call(op, [c.input(0)], { window, stride, padding, clamp: c.clamp(range, kernels) }, c.name, c.origin);
  });
