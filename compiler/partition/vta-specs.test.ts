import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { call, constant, variable } from '../graph/build.js';
import type { CallNode } from '../graph/node.js';
import { perTensor, tensorType } from '../graph/types.js';
import type { ConvSpec } from '../kernel/spec.js';
import { NO_HALO } from './program.js';
import { layoutOf, planKernel } from './vta-specs.js';

const config = preset('default');

test('a layout has all of its view, and a halo', () => {
  const view = { channels: 3, height: 4, width: 5, lanes: 16, zeroPoint: -7 };
  const halo = { top: 1, left: 2, bottom: 3, right: 4 };
  expect(layoutOf(view, halo)).toEqual({ channels: 3, height: 4, width: 5, halo, zeroPoint: -7 });
});

describe('what a fully connected layer asks for', () => {
  const x = variable('x', tensorType('int8', [1, 3], perTensor(0.5, 4)));
  const weights = constant({ dtype: 'int8', shape: [2, 3], data: Int8Array.of(1, 2, 3, -10, 20, -128) }, perTensor(0.25, 0));
  const bias = constant({ dtype: 'int32', shape: [2], data: Int32Array.of(100, -1) });
  const attrs = { outScale: 2, outZeroPoint: -5, clamp: [-100, 90] };
  const node = call('fully_connected', [x, weights, bias], attrs as never, 'y') as unknown as CallNode;
  const plan = planKernel(node, config);
  if (typeof plan === 'string') throw new Error(plan);

  test('operands are seen as images with their zero points', () => {
    expect(plan.inputs).toEqual([{ operand: 0, view: { channels: 3, height: 1, width: 1, lanes: 16, zeroPoint: 4 }, halo: NO_HALO }]);
    expect(plan.output).toEqual({ channels: 2, height: 1, width: 1, lanes: 16, zeroPoint: -5 });
  });

  test('the bias takes the zero point of the input off every product', () => {
    const spec = plan.spec([layoutOf(plan.inputs[0].view, NO_HALO)], layoutOf(plan.output, NO_HALO)) as ConvSpec;
    // sum of (x - 4) * w is sum of x * w - 4 * sum of w: 100 - 4 * 6, -1 - 4 * -118
    expect([...spec.bias]).toEqual([76, 471]);
    expect(spec.requant).toMatchObject({ zeroPoint: -5, lo: -100, hi: 90 });
    // 0.5 * 0.25 / 2
    expect([...spec.requant.scales]).toEqual([0.0625, 0.0625]);
  });
});
