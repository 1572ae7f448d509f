/**
 * Folds a separate activation into the clamp of the operator that produces its input.
 *
 *   %c = conv2d(...) {clamp=[-128,127]}; %y = relu(%c) {clamp=[-5,127]}   =>   %y = conv2d(...) {clamp=[-5,127]}
 *
 * The result keeps the activation's name. Leaves alone: producers with other readers, producers without a clamp.
 */
import { callByName } from '../graph/build.js';
import type { CallNode, OpCall, ValueNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import { usersOf } from '../graph/visit.js';
import type { FunctionPass } from './pass.js';

const clampOf = (node: CallNode): readonly number[] | null => ('clamp' in node.attrs ? node.attrs.clamp : null);

/** What two clamps in a row do together. */
function compose(inner: readonly number[], outer: readonly number[]): readonly number[] {
  return inner.map((v) => Math.min(outer[1], Math.max(outer[0], v)));
}

function fuse(relu: OpCall<'relu'>): ValueNode {
  const producer = relu.args[0];
  if (producer.kind !== 'call') return relu;
  const clamp = clampOf(producer);
  if (clamp === null) return relu;
  const attrs = { ...producer.attrs, clamp: compose(clamp, relu.attrs.clamp) };
  return callByName(producer.op, producer.args, attrs, relu.name, relu.origin);
}

export const fuseActivations: FunctionPass = {
  kind: 'function',
  name: 'fuse-activations',
  doc: 'fold a separate activation into the clamp of the operator before it',
  needs: [],
  gives: ['activations-fused'],
  optional: true,
  run: (fn) => {
    const users = usersOf(fn);
    return mapGraph(fn, (node, original) => {
      if (node.kind !== 'call' || node.op !== 'relu' || original.kind !== 'call') return node;
      const only = users.get(original.args[0])?.length === 1;
      return only ? fuse(node) : node;
    });
  },
};
