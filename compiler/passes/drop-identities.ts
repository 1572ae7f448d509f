/**
 * Removes calls that change nothing: reshapes to the same shape and reshapes of reshapes, and clamps to the whole range.
 *
 *   %a = reshape(%x) {shape=[4,4]}; %y = reshape(%a) {shape=[16]}   =>   %y = reshape(%x) {shape=[16]}
 *
 * Leaves alone: a call that is the function's result and would leave it with a parameter as its body.
 */
import { call } from '../graph/build.js';
import type { ValueNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import { sameType } from '../graph/types.js';
import type { FunctionPass } from './pass.js';

function simplify(node: ValueNode): ValueNode {
  if (node.kind !== 'call') return node;
  const [input] = node.args;
  if (node.op === 'relu') return node.attrs.clamp[0] === -128 && node.attrs.clamp[1] === 127 ? input : node;
  if (node.op !== 'reshape') return node;
  if (sameType(input.type, node.type)) return input;
  if (input.kind !== 'call' || input.op !== 'reshape') return node;
  const source = input.args[0];
  return sameType(source.type, node.type) ? source : call('reshape', [source], node.attrs, node.name, node.origin);
}

export const dropIdentities: FunctionPass = {
  kind: 'function',
  name: 'drop-identities',
  doc: 'remove reshapes and clamps that change nothing',
  needs: [],
  gives: [],
  optional: true,
  run: (fn) => {
    const out = mapGraph(fn, simplify);
    return out.body.kind === 'var' && fn.body.kind !== 'var' ? fn : out;
  },
};
