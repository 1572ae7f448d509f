/**
 * Replaces the rounding profile of convolutions, fully connected layers and changes of scale by the one that was asked for.
 *
 *   conv2d(...) {rounding="reference"}   =>   conv2d(...) {rounding="single"}
 *
 * Leaves alone: additions, which keep the rule the model was imported with (kernels have only that one).
 */
import { callByName } from '../graph/build.js';
import { mapGraph } from '../graph/rewrite.js';
import type { FunctionPass } from './pass.js';

const REQUANTIZING: readonly string[] = ['conv2d', 'depthwise_conv2d', 'fully_connected', 'requantize'];

export const setRounding: FunctionPass = {
  kind: 'function',
  name: 'set-rounding',
  doc: 'use the requested rounding profile in convolutions, fully connected layers and changes of scale',
  needs: [],
  gives: ['rounding-chosen'],
  optional: false,
  run: (fn, { rounding }) =>
    rounding === null
      ? fn
      : mapGraph(fn, (node) =>
          node.kind === 'call' && REQUANTIZING.includes(node.op) && (node.attrs as { rounding?: string }).rounding !== rounding
            ? callByName(node.op, node.args, { ...node.attrs, rounding }, node.name, node.origin)
            : node,
        ),
};
