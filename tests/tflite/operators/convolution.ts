/** Random CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED. */
import { samePadding } from '#runtime/host/window';
import type { TensorSpec } from '#compiler/frontend/tflite/write';
import type { Random } from '#fuzz/random';
import {
  int8Tensor,
  operatorCase,
  type OperatorCase,
  type Quantization,
  randomInt8,
  randomQuantization,
  randomScale,
  randomShape,
  randomZeroPoint,
  sizeOf,
} from '../random-values.js';

/** Scales of weights: one, or one per channel; now and then so small that a channel is constant, as in published networks. */
function weightScales(r: Random, channels: number): number[] {
  const base = randomScale(r) / 64;
  const one = (): number => {
    if (r.chance(0.03)) return r.chance(0.8) ? Math.fround(1e-11) : 0;
    return Math.fround(r.chance(0.5) ? base * 2 ** r.int(-4, 4) : base * (0.25 + (4 * r.bits()) / 2 ** 32));
  };
  return r.chance(0.3) ? [Math.fround(base)] : Array.from({ length: channels }, one);
}

function weightTensor(r: Random, shape: readonly number[], scales: readonly number[], axis: number): TensorSpec {
  // the specification leaves out -128, and the delegate's depthwise kernels add two products in 16 bits because of that
  const data = randomInt8(r, sizeOf(shape)).map((w) => Math.max(-127, w));
  return { name: 'weights', type: 'INT8', shape, quantization: { scales, zeroPoint: 0, axis }, data };
}

/** A bias of the size of a layer's sums; now and then zero, or a very large one. Few are quantized in a way that the delegate does not take. */
function biasTensor(r: Random, channels: number, inputScale: number, scales: readonly number[]): TensorSpec {
  const most = r.pick([0, 100, 5000, 100_000, 2 ** 28]);
  const data = Int32Array.from({ length: channels }, () => r.int(-most, most));
  const shape = [channels];
  if (r.chance(0.04)) return { name: 'bias', type: 'INT32', shape, data };
  const own = r.chance(0.96) ? scales : scales.length > 1 ? scales.slice(0, 1) : new Array<number>(channels).fill(scales[0]);
  const quantization = { scales: own.map((s) => Math.fround(inputScale * s)), zeroPoint: 0, axis: 0 };
  return { name: 'bias', type: 'INT32', shape, quantization, data };
}

/** A result scale that uses the int8 range for sums of `terms` products, give or take; or any. */
function resultScale(r: Random, input: Quantization, weight: number, terms: number): Quantization {
  const zeroPoint = randomZeroPoint(r);
  if (r.chance(0.1)) return { scale: randomScale(r), zeroPoint };
  const fitting = input.scale * Math.max(weight, 1e-6) * Math.sqrt(terms) * 2 ** r.int(2, 6);
  const scale = r.chance(0.3) ? 2 ** Math.round(Math.log2(fitting)) : fitting * (1 + r.bits() / 2 ** 32);
  return { scale: Math.fround(scale), zeroPoint };
}

interface Window {
  readonly kernel: readonly [number, number];
  readonly out: readonly [number, number];
  readonly options: Readonly<Record<string, number>>;
}

/** Kernel, stride, dilation and padding for an image of `height` x `width`. */
function randomWindow(r: Random, height: number, width: number): Window {
  const padding = r.int(0, 1);
  const size = (room: number): number => (padding === 0 ? r.int(1, 4) : r.int(1, Math.min(4, room)));
  const kernel = [size(height), size(width)] as const;
  const dilations = [0, 1].map((i) => {
    const room = [height, width][i];
    return r.chance(0.8) || (padding === 1 && (kernel[i] - 1) * 2 + 1 > room) ? 1 : 2;
  });
  const strides = [r.int(1, 3), r.int(1, 3)];
  const extent = (i: 0 | 1): number => {
    const image = [height, width][i];
    const reach = (kernel[i] - 1) * dilations[i] + 1;
    const pads = samePadding(image, kernel[i], strides[i], dilations[i]);
    return Math.floor((image + (padding === 0 ? pads.before + pads.after : 0) - reach) / strides[i]) + 1;
  };
  const options = {
    padding,
    strideH: strides[0],
    strideW: strides[1],
    dilationH: dilations[0],
    dilationW: dilations[1],
    activation: r.int(0, 3),
  };
  return { kernel, out: [extent(0), extent(1)], options };
}

export function conv2d(r: Random): OperatorCase {
  const [height, width, channels] = [r.int(1, 7), r.int(1, 7), r.int(1, 18)];
  const batch = r.chance(0.9) ? 1 : 2;
  const outChannels = r.int(1, 18);
  const w = randomWindow(r, height, width);
  const input = randomQuantization(r);
  const scales = weightScales(r, outChannels);
  const result = resultScale(r, input, scales[0], sizeOf(w.kernel) * channels);
  const shape = [batch, height, width, channels];
  return operatorCase(
    'CONV_2D',
    [[int8Tensor('x', shape, input), randomInt8(r, sizeOf(shape), input.zeroPoint)]],
    [weightTensor(r, [outChannels, ...w.kernel, channels], scales, 0), biasTensor(r, outChannels, input.scale, scales)],
    int8Tensor('y', [batch, ...w.out, outChannels], result),
    w.options,
  );
}

export function depthwiseConv2d(r: Random): OperatorCase {
  const [height, width, channels] = [r.int(1, 7), r.int(1, 7), r.int(1, 18)];
  const depthMultiplier = r.chance(0.7) ? 1 : r.int(2, 3);
  const outChannels = channels * depthMultiplier;
  const w = randomWindow(r, height, width);
  const input = randomQuantization(r);
  const scales = weightScales(r, outChannels);
  const result = resultScale(r, input, scales[0], sizeOf(w.kernel));
  const shape = [1, height, width, channels];
  return operatorCase(
    'DEPTHWISE_CONV_2D',
    [[int8Tensor('x', shape, input), randomInt8(r, sizeOf(shape), input.zeroPoint)]],
    [
      weightTensor(r, [1, ...w.kernel, outChannels], scales, 3),
      ...(r.chance(0.05) ? [] : [biasTensor(r, outChannels, input.scale, scales)]),
    ],
    int8Tensor('y', [1, ...w.out, outChannels], result),
    { ...w.options, depthMultiplier },
  );
}

export function fullyConnected(r: Random): OperatorCase {
  const [rows, size, outs] = [r.chance(0.7) ? 1 : r.int(2, 4), r.int(1, 40), r.int(1, 24)];
  const keepDims = r.chance(0.3) ? 1 : 0;
  const shape = keepDims === 1 ? [...randomShape(r, r.int(0, 2), 2), rows, size] : [rows, size];
  const input = randomQuantization(r);
  const several = weightScales(r, outs);
  const scales = r.chance(0.2) ? several : [several[0] || 0.01].map(Math.fround);
  const result = resultScale(r, input, scales[0], size);
  return operatorCase(
    'FULLY_CONNECTED',
    [[int8Tensor('x', shape, input), randomInt8(r, sizeOf(shape), input.zeroPoint)]],
    [weightTensor(r, [outs, size], scales, 0), ...(r.chance(0.2) ? [] : [biasTensor(r, outs, input.scale, scales)])],
    int8Tensor('y', [...shape.slice(0, -1), outs], result),
    { activation: r.int(0, 3), keepDims },
  );
}
