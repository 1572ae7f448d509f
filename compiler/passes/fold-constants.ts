/**
 * Computes calls whose operands are all constants.
 *
 *   %p = pad(@c0) {...}; %y = conv2d(%x, %p, @c1)   =>   %y = conv2d(%x, @c2, @c1)
 *
 * Leaves alone: applied functions; calls on activations.
 */
import { runHostOperator } from '#runtime/host/registry';
import { constant } from '../graph/build.js';
import { lowerToHost } from '../graph/lower-host.js';
import type { ConstantNode, ValueNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import type { FunctionPass } from './pass.js';

const isConstant = (node: ValueNode): node is ConstantNode => node.kind === 'constant';

function fold(node: ValueNode): ValueNode {
  if (node.kind !== 'call' || !node.args.every(isConstant)) return node;
  const { operator, attrs } = lowerToHost(node);
  const tensors = (node.args as readonly ConstantNode[]).map((a) => a.tensor);
  return constant(runHostOperator(operator, tensors, attrs), node.type.quantization);
}

export const foldConstants: FunctionPass = {
  kind: 'function',
  name: 'fold-constants',
  doc: 'compute calls whose operands are all constants',
  needs: [],
  gives: ['constants-folded'],
  optional: true,
  run: (fn) => mapGraph(fn, fold),
};
