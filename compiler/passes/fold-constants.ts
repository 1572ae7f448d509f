/**
 * Computes calls whose operands are all constants.
 *
 *   %p = pad(@c0) {...}; %y = conv2d(%x, %p, @c1)   =>   %y = conv2d(%x, @c2, @c1)
 *
 * Leaves alone: applied functions; calls on activations; constants that would become large (padding, broadcasting).
 */
import { runHostOperator } from '#runtime/host/registry';
import { sizeOf } from '#runtime/tensor';
import { constant } from '../graph/build.js';
import { lowerToHost } from '../graph/lower-host.js';
import type { ConstantNode, ValueNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import type { FunctionPass } from './pass.js';

/** Results that are larger than their operands are computed when the program runs if they have more elements than this. */
const GROWTH_LIMIT = 2 ** 20;

const isConstant = (node: ValueNode): node is ConstantNode => node.kind === 'constant';

function fold(node: ValueNode): ValueNode {
  if (node.kind !== 'call' || !node.args.every(isConstant)) return node;
  const tensors = (node.args as readonly ConstantNode[]).map((a) => a.tensor);
  const size = sizeOf(node.type.shape);
  if (size > GROWTH_LIMIT && size > tensors.reduce((n, t) => n + t.data.length, 0)) return node;
  const { operator, attrs } = lowerToHost(node);
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
