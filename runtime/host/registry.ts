/** The host operators by name: what an artifact can ask the host to compute. */
import { fail, nearest } from '#isa/diag/diagnostic';
import { runtimeMessages } from '../messages.js';
import type { Tensor } from '../tensor.js';
import { add } from './add.js';
import { averagePool2d } from './average-pool-2d.js';
import { concatenate } from './concatenate.js';
import { conv2d } from './conv2d.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { fullyConnected } from './fully-connected.js';
import { maxPool2d } from './max-pool-2d.js';
import { mean } from './mean.js';
import type { HostAttrs, HostOperator } from './operator.js';
import { pad } from './pad.js';
import { requantizeUint8 } from './requantize-uint8.js';
import { reshape } from './reshape.js';
import { softmax } from './softmax.js';
import { dequantize, quantize, relu, requantize } from './unary.js';

export type { HostAttrs, HostOperator } from './operator.js';

export const HOST_OPERATORS = {
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
} as const satisfies Record<string, HostOperator>;

export type HostOperatorName = keyof typeof HOST_OPERATORS;

/** Runs a host operator by name. Throws VTA3010 for an unknown name, VTA3011 for operands or attributes that do not fit. */
export function runHostOperator(operator: string, inputs: readonly Tensor[], attrs: HostAttrs): Tensor {
  if (!Object.hasOwn(HOST_OPERATORS, operator)) {
    const near = nearest(operator, Object.keys(HOST_OPERATORS));
    fail(runtimeMessages.VTA3010, {
      operator,
      hint: near === null ? '' : `; did you mean ${near}?`,
      operators: Object.keys(HOST_OPERATORS).join(', '),
    });
  }
  return HOST_OPERATORS[operator as HostOperatorName].run(inputs, attrs);
}
