/**
 * Folds explicit padding with the zero point into the convolution that reads it.
 *
 *   %p = pad(%x) {before=[0,1,1,0], after=[0,1,1,0], value=-128}; %y = conv2d(%p, ...) {padding=[0,0,0,0]}
 *   =>   %y = conv2d(%x, ...) {padding=[1,1,1,1]}
 *
 * Needs nothing; a pad with other readers stays for them. Leaves alone: pads of batch or channels, other pad values (a
 * convolution's padding counts as the zero point).
 */
import { callByName } from '../graph/build.js';
import type { CallNode, OpCall, ValueNode } from '../graph/node.js';
import { mapGraph } from '../graph/rewrite.js';
import type { FunctionPass } from './pass.js';

/** The pad in front of a convolution, if it only adds rows and columns of the zero point. */
function spatialPad(node: ValueNode): OpCall<'pad'> | null {
  if (node.kind !== 'call' || node.op !== 'pad') return null;
  const { before, after, value } = node.attrs;
  const spatial = before.length === 4 && [before, after].every((list) => list[0] === 0 && list[3] === 0);
  return spatial && value === node.type.quantization?.zeroPoint ? node : null;
}

function fuse(node: ValueNode): ValueNode {
  if (node.kind !== 'call' || (node.op !== 'conv2d' && node.op !== 'depthwise_conv2d')) return node;
  const pad = spatialPad(node.args[0]);
  if (pad === null) return node;
  const [top, left, bottom, right] = node.attrs.padding;
  const { before, after } = pad.attrs;
  const padding = [top + before[1], left + before[2], bottom + after[1], right + after[2]];
  return callByName(node.op, [pad.args[0], ...node.args.slice(1)], { ...node.attrs, padding }, node.name, node.origin) as CallNode;
}

export const fusePads: FunctionPass = {
  kind: 'function',
  name: 'fuse-pads',
  doc: 'fold padding with the zero point into the convolution that reads it',
  needs: [],
  gives: ['pads-fused'],
  optional: true,
  run: (fn) => mapGraph(fn, fuse),
};
