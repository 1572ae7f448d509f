/** The host: takes every operator, and runs it with the host operators of the runtime. */
import { macsOf, lowerToHost } from '../graph/lower-host.js';
import type { CallNode, FunctionNode, ValueNode } from '../graph/node.js';
import type { TensorType } from '../graph/types.js';
import { postOrder } from '../graph/visit.js';
import type { Codegen } from './codegen.js';
import type { ProgramBuilder, ValueId } from './program.js';

function lowerCall(node: CallNode, inputs: readonly ValueId[], program: ProgramBuilder): ValueId {
  const { operator, attrs } = lowerToHost(node);
  const output = program.value(node.name, node.type, node.origin);
  program.add({ kind: 'host', name: node.name, operator, attrs, inputs, output, macs: macsOf(node) });
  return output;
}

function compile(region: FunctionNode, args: readonly ValueId[], program: ProgramBuilder): readonly ValueId[] {
  const ids = new Map<ValueNode, ValueId>(region.params.map((p, i) => [p, args[i]]));
  const idOf = (node: ValueNode) => ids.get(node) as ValueId;
  let constants = 0;
  for (const node of postOrder(region.body)) {
    if (node.kind === 'constant') ids.set(node, program.constant(`${region.name}/constant_${constants++}`, node.type, node.tensor));
    if (node.kind === 'call') ids.set(node, lowerCall(node, node.args.map(idOf), program));
    if (node.kind === 'apply' || node.kind === 'project') throw new Error(`internal error: ${node.name} in the host region ${region.name}`);
  }
  return region.body.kind === 'tuple' ? region.body.fields.map(idOf) : [idOf(region.body)];
}

export const hostCodegen: Omit<Codegen, 'name'> = { patterns: [], accepts: () => null, compile };

/** The type of a value that is known to be one tensor. */
export const tensorTypeOf = (node: ValueNode): TensorType => {
  if (node.type.kind !== 'tensor') throw new Error('internal error: a tuple where one tensor is expected');
  return node.type;
};
