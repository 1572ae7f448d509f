/** The host operators by name: what an artifact can ask the host to compute. */
import type { Tensor } from '../tensor.js';

/** Parameters of a host operator: JSON-serialisable, scales are float32 values written as numbers. */
export type HostAttrs = Readonly<Record<string, number | string | boolean | readonly number[]>>;

/** A pure function on tensors. Throws VtaError VTA3011 on operands it cannot take. */
export interface HostOperator {
  readonly run: (inputs: readonly Tensor[], attrs: HostAttrs) => Tensor;
}

export type HostOperatorName =
  | 'conv2d'
  | 'depthwise_conv2d'
  | 'fully_connected'
  | 'add'
  | 'average_pool_2d'
  | 'max_pool_2d'
  | 'reshape'
  | 'softmax'
  | 'pad'
  | 'mean'
  | 'relu'
  | 'requantize'
  | 'quantize'
  | 'dequantize'
  | 'concatenate';
