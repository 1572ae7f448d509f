import type { Tensor } from '../tensor.js';

/** Parameters of a host operator: JSON-serialisable; scales are float32 values written as numbers. */
export type HostAttrs = Readonly<Record<string, number | string | boolean | readonly number[]>>;

/** A pure function on tensors. Throws VtaError VTA3011 on operands or attributes that it cannot take. */
export interface HostOperator {
  readonly run: (inputs: readonly Tensor[], attrs: HostAttrs) => Tensor;
}
