/** From graph calls to host operators. */
import type { CallNode } from './node.js';
import type { TensorType } from './types.js';
import type { HostCall } from './ops/row.js';
import { opRow } from './ops/table.js';

const argTypes = (node: CallNode): TensorType[] => node.args.map((a) => a.type as TensorType);

/** The host operator and JSON attributes that compute `node` from its operands' tensors, in operand order. */
export function lowerToHost(node: CallNode): HostCall {
  return opRow(node.op).host(argTypes(node), node.attrs as never, node.type);
}

/** Multiply-accumulates of a call, padding positions included; 0 for operators that have none. */
export const macsOf = (node: CallNode): number => opRow(node.op).macs?.(argTypes(node), node.type) ?? 0;
