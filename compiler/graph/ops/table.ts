/** The operator table: one row per operator. A new operator is a row here and, if the host cannot do it yet, a host operator. */
import type { AttrsInput, AttrsOf } from '../attrs.js';
import { conv2d, depthwiseConv2d, fullyConnected } from './convolution.js';
import { add, dequantize, quantize, relu, requantize } from './elementwise.js';
import { averagePool2d, maxPool2d, mean } from './pooling.js';
import { requantizeUint8 } from './requantize-uint8.js';
import type { OpRow } from './row.js';
import { concatenate, pad, reshape, softmax } from './shape.js';

export const OPS = {
  conv2d,
  depthwise_conv2d: depthwiseConv2d,
  fully_connected: fullyConnected,
  add,
  average_pool_2d: averagePool2d,
  max_pool_2d: maxPool2d,
  mean,
  reshape,
  pad,
  concatenate,
  softmax,
  relu,
  requantize,
  requantize_uint8: requantizeUint8,
  quantize,
  dequantize,
};

export type OpName = keyof typeof OPS;
export const OP_NAMES = Object.keys(OPS) as readonly OpName[];

/** Complete attributes of each operator. */
export type OpAttrs = { readonly [K in OpName]: AttrsOf<(typeof OPS)[K]['attrs']> };
/** Attributes as given to the constructor, where defaults may be left out. */
export type OpAttrsInput = { readonly [K in OpName]: AttrsInput<(typeof OPS)[K]['attrs']> };

/** The row of an operator whose name is only known at run time. */
export const opRow = (op: OpName): OpRow => OPS[op] as unknown as OpRow;
export const isOpName = (name: string): name is OpName => Object.hasOwn(OPS, name);
