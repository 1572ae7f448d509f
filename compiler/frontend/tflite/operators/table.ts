/** The operators that can be imported. */
import { CONV_OPTIONS, DEPTHWISE_OPTIONS } from '../schema.js';
import type { Converter } from './converter.js';
import { convolution, fullyConnected, pooling } from './convolution.js';
import { activation, add, dequantize, quantize } from './elementwise.js';
import { concatenate, mean, pad, reshape, softmax } from './shape.js';

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
