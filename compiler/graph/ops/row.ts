/** What a row of the operator table is, and the few checks that type rules share. */
import type { AttrSchema, AttrsOf } from '../attrs.js';
import { type TensorType, formatShape } from '../types.js';
import type { HostAttrs, HostOperatorName } from '#runtime/host/registry';

/** A host operator with the attributes it needs: what the executor runs for a call that stays on the host. */
export interface HostCall {
  readonly operator: HostOperatorName;
  readonly attrs: HostAttrs;
}

/** Stops type inference: the operand or attribute is not acceptable, for the stated reason. */
export type Refuse = (reason: string) => never;

export interface OpRow<S extends AttrSchema = AttrSchema> {
  readonly doc: string;
  /** Operand names. A last name that ends in `...` takes one or more operands. */
  readonly args: readonly string[];
  readonly attrs: S;
  /** The type of the result. */
  readonly infer: (args: readonly TensorType[], attrs: AttrsOf<S>, refuse: Refuse) => TensorType;
  /** How the host computes it; the operands of the host operator are those of the call. */
  readonly host: (args: readonly TensorType[], attrs: AttrsOf<S>, out: TensorType) => HostCall;
  /** Multiply-accumulates of the layer, padding positions included; absent where it has none. */
  readonly macs?: (args: readonly TensorType[], out: TensorType) => number;
}

/** Types a row by its own schema. */
export const defineOp = <const S extends AttrSchema>(row: OpRow<S>): OpRow<S> => row;

/** Refuses unless `type` is a tensor of `dtype` with `rank` dimensions. */
export function need(type: TensorType, what: string, dtype: TensorType['dtype'], rank: number | null, refuse: Refuse): void {
  if (type.dtype !== dtype || (rank !== null && type.shape.length !== rank)) {
    refuse(`${what} must be ${dtype}${rank === null ? '' : ` with ${rank} dimensions`}, not ${formatShape(type)}`);
  }
}

/** Scale and zero point of a per-tensor quantized int8 operand. */
export function perTensorOf(type: TensorType, what: string, refuse: Refuse): { scale: number; zeroPoint: number } {
  const q = type.quantization;
  if (q === null || q.axis !== null) refuse(`${what} must be quantized with one scale`);
  return { scale: q.scales[0], zeroPoint: q.zeroPoint };
}
