/** One random operator from a seed, of every kind that the importer knows. */
import { Random } from '#fuzz/random';
import { conv2d, depthwiseConv2d, fullyConnected } from './operators/convolution.js';
import { add, dequantize, fromUint8, quantize, relu, relu6, reluN1To1, requantize, toUint8Output } from './operators/elementwise.js';
import { averagePool2d, maxPool2d, mean, softmax } from './operators/reduction.js';
import { concatenation, expandDims, pad, reshape, squeeze } from './operators/shape.js';
import type { OperatorCase } from './random-values.js';

export const GENERATORS = {
  conv2d,
  depthwise_conv2d: depthwiseConv2d,
  fully_connected: fullyConnected,
  add,
  relu,
  relu6,
  relu_n1_to_1: reluN1To1,
  quantize,
  requantize,
  from_uint8: fromUint8,
  to_uint8: toUint8Output,
  dequantize,
  mean,
  average_pool_2d: averagePool2d,
  max_pool_2d: maxPool2d,
  softmax,
  pad,
  concatenation,
  reshape,
  squeeze,
  expand_dims: expandDims,
} as const satisfies Record<string, (r: Random) => OperatorCase>;

export type Kind = keyof typeof GENERATORS;
export const KINDS = Object.keys(GENERATORS) as readonly Kind[];

/** Case `index` of a run: the kinds take turns. */
export const randomOperator = (kind: Kind, seed: number, index: number): OperatorCase => GENERATORS[kind](Random.of(seed, index));
