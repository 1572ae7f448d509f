/** From graph calls to kernel specifications: what a VTA kernel is asked to compute, or why there is none. */
import type { VtaConfig } from '#isa/config/config';
import { addParameters } from '#runtime/host/add';
import { profileScales } from '#runtime/host/requantize-rules';
import type { CallNode, OpCall, ValueNode } from '../graph/node.js';
import type { TensorType } from '../graph/types.js';
import type { ActivationLayout, AddSpec, ConvSpec, KernelSpec, Requant } from '../kernel/spec.js';
import { type Halo, NO_HALO, type View } from './program.js';

/** One kernel: how it looks at its operands (in order) and its result, and its specification once their halos are known. */
export interface KernelPlan {
  readonly inputs: readonly { readonly operand: number; readonly view: View; readonly halo: Halo }[];
  readonly output: View;
  readonly spec: (inputs: readonly ActivationLayout[], output: ActivationLayout) => KernelSpec;
}

/** A plan, or the reason why there is none. */
export type PlanOrReason = KernelPlan | string;

export const layoutOf = ({ channels, height, width, zeroPoint }: View, halo: Halo): ActivationLayout => ({
  channels,
  height,
  width,
  halo,
  zeroPoint,
});

const typeOf = (node: ValueNode): TensorType => node.type as TensorType;
const zeroPointOf = (t: TensorType): number => t.quantization?.zeroPoint ?? 0;
const scaleOf = (t: TensorType): number => t.quantization?.scales[0] ?? 1;

/** bias[c] - zeroPoint * sum of the channel's weights, wrapping as the accumulator does. */
function foldBias(bias: Int32Array, weights: Int8Array, zeroPoint: number): Int32Array {
  const perChannel = weights.length / bias.length;
  return bias.map((b, c) => {
    let sum = 0;
    for (let i = c * perChannel; i < (c + 1) * perChannel; i++) sum += weights[i];
    return (b - zeroPoint * sum) | 0;
  });
}

type Requantizing = OpCall<'conv2d'> | OpCall<'fully_connected'>;

function requantOf(call: Requantizing, channels: number): Requant {
  const { outScale, outZeroPoint, clamp, rounding } = call.attrs;
  const weightScales = typeOf(call.args[1]).quantization?.scales ?? [1];
  const each = weightScales.length === channels ? weightScales : new Array<number>(channels).fill(weightScales[0]);
  const scales = profileScales(rounding, scaleOf(typeOf(call.args[0])), each, outScale);
  return { scales, zeroPoint: outZeroPoint, lo: clamp[0], hi: clamp[1], rounding };
}

interface Geometry {
  /** [channels, height, width] of the image and of the result. */
  readonly input: readonly [number, number, number];
  readonly output: readonly [number, number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: Halo;
}

function convolution(call: Requantizing, g: Geometry, config: VtaConfig): PlanOrReason {
  const [, weights, bias] = call.args;
  if (weights.kind !== 'constant' || bias.kind !== 'constant') return 'weights and bias are not constants';
  const zeroPoint = zeroPointOf(typeOf(call.args[0]));
  const w = weights.tensor.data as Int8Array;
  const view = ([channels, height, width]: Geometry['input'], lanes: number, z: number): View => ({
    channels,
    height,
    width,
    lanes,
    zeroPoint: z,
  });
  return {
    inputs: [{ operand: 0, view: view(g.input, config.blockIn, zeroPoint), halo: g.padding }],
    output: view(g.output, config.blockOut, call.attrs.outZeroPoint),
    spec: ([input], output): ConvSpec => ({
      kind: 'conv2d',
      name: call.name,
      input,
      output,
      kernel: g.kernel,
      stride: g.stride,
      padding: g.padding,
      weights: w,
      bias: foldBias(bias.tensor.data as Int32Array, w, zeroPoint),
      requant: requantOf(call, g.output[0]),
    }),
  };
}

function conv2d(call: OpCall<'conv2d'>, config: VtaConfig): PlanOrReason {
  const [n, height, width, channels] = typeOf(call.args[0]).shape;
  const [outN, outH, outW, outC] = call.type.shape;
  const { stride, dilation, padding: p } = call.attrs;
  const [, kh, kw] = typeOf(call.args[1]).shape;
  if (n !== 1 || outN !== 1) return `a batch of ${n} images; kernels take one`;
  if (dilation.some((d) => d !== 1)) return `dilation ${dilation.join('x')}; kernels take 1x1`;
  const geometry: Geometry = {
    input: [channels, height, width],
    output: [outC, outH, outW],
    kernel: [kh, kw],
    stride: [stride[0], stride[1]],
    padding: { top: p[0], left: p[1], bottom: p[2], right: p[3] },
  };
  return convolution(call, geometry, config);
}

/** Rows of the input are rows of a one-column image, the weights are a 1x1 kernel. */
function fullyConnected(call: OpCall<'fully_connected'>, config: VtaConfig): PlanOrReason {
  const [rows, out] = call.type.shape;
  const channels = typeOf(call.args[1]).shape[1];
  const geometry: Geometry = { input: [channels, rows, 1], output: [out, rows, 1], kernel: [1, 1], stride: [1, 1], padding: NO_HALO };
  return convolution(call, geometry, config);
}

/** [channels, height, width] of an NHWC image or a vector; null for anything else. */
function imageShape(shape: readonly number[]): readonly [number, number, number] | null {
  const [channels = 1, width = 1, height = 1, ...rest] = [...shape].reverse();
  return shape.length > 0 && rest.every((n) => n === 1) ? [channels, height, width] : null;
}

function add(call: OpCall<'add'>, config: VtaConfig): PlanOrReason {
  const [a, b] = call.args.map(typeOf);
  const image = imageShape(call.type.shape);
  if (call.args.some((x) => x.kind === 'constant')) return 'an operand is a constant; kernels add two activations';
  const other = [a, b].find((t) => t.shape.join() !== call.type.shape.join());
  if (other !== undefined) return `[${other.shape}] is broadcast to [${call.type.shape}]; kernels add equal shapes`;
  if (image === null) return `the shape [${call.type.shape}] is not one image`;
  if (call.attrs.rounding !== 'reference') return `rounding profile ${call.attrs.rounding}; kernels add with the reference rule`;
  const { outScale, outZeroPoint: zeroPoint, clamp } = call.attrs;
  const scales = { aScale: scaleOf(a), aZeroPoint: zeroPointOf(a), bScale: scaleOf(b), bZeroPoint: zeroPointOf(b) };
  const parameters = addParameters({ ...scales, outputScale: outScale });
  if (parameters === null) return 'the scales of operands and result are too far apart for the reference rule';
  const [channels, height, width] = image;
  const view = (z: number): View => ({ channels, height, width, lanes: config.blockOut, zeroPoint: z });
  return {
    inputs: [a, b].map((t, operand) => ({ operand, view: view(zeroPointOf(t)), halo: NO_HALO })),
    output: view(zeroPoint),
    spec: (inputs, output): AddSpec => ({
      kind: 'add',
      name: call.name,
      inputs: [inputs[0], inputs[1]],
      output,
      ...parameters,
      zeroPoint,
      lo: clamp[0],
      hi: clamp[1],
    }),
  };
}

/** The kernel that computes a call, or the reason why there is none. */
export function planKernel(call: CallNode, config: VtaConfig): PlanOrReason {
  switch (call.op) {
    case 'conv2d':
      return conv2d(call, config);
    case 'fully_connected':
      return fullyConnected(call, config);
    case 'add':
      return add(call, config);
    default:
      return `there is no VTA kernel for ${call.op}`;
  }
}
