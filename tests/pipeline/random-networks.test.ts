import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, constant, func, graphModule, variable } from '#compiler/graph/build';
import { interpret } from '#compiler/graph/interpret';
import type { GraphModule, ValueNode } from '#compiler/graph/node';
import { type TensorType, perTensor, tensorType } from '#compiler/graph/types';
import { compileGraph } from '#compiler/pipeline/compile';
import { type ConfigKeys, defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import type { Rounding } from '#runtime/host/requantize-rules';
import { sizeOf, type Tensor } from '#runtime/tensor';
import { createFunctional } from '#simulator/functional/device';

/** Numbers for weights and inputs from a seed. */
function noise(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  };
}

interface Step {
  readonly kind: 'conv' | 'add' | 'pool' | 'relu' | 'dense';
  readonly from: number;
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly same: boolean;
}

const scale = Math.fround(0.05);
const sameShape = (a: ValueNode, b: ValueNode) => (a.type as TensorType).shape.join() === (b.type as TensorType).shape.join();

function convolution(x: ValueNode, s: Step, name: string, random: () => number, rounding: Rounding): ValueNode | null {
  const [, height, width, inC] = (x.type as TensorType).shape;
  if (height + width < 2 * s.kernel && !s.same) return null;
  const pads = s.same ? [s.kernel >> 1, (s.kernel - 1) >> 1, (s.kernel - 1) >> 1, s.kernel >> 1] : [0, 0, 0, 0];
  if (height + pads[0] + pads[2] < s.kernel || width + pads[1] + pads[3] < s.kernel) return null;
  const shape = [s.channels, s.kernel, s.kernel, inC];
  const scales = Array.from({ length: s.channels }, () => Math.fround(0.002 + (random() >>> 20) / 2 ** 19));
  const weights: Tensor = { dtype: 'int8', shape, data: Int8Array.from({ length: sizeOf(shape) }, () => random() >> 24) };
  const bias: Tensor = { dtype: 'int32', shape: [s.channels], data: Int32Array.from({ length: s.channels }, () => random() >> 18) };
  const operands = [x, constant(weights, { scales, zeroPoint: 0, axis: 0 }), constant(bias)];
  const out = { outScale: scale, outZeroPoint: (random() >> 26) - 3, rounding };
  return call('conv2d', operands, { stride: [s.stride, s.stride], padding: pads, ...out }, name);
}

function dense(x: ValueNode, s: Step, name: string, random: () => number, rounding: Rounding): ValueNode {
  const size = sizeOf((x.type as TensorType).shape);
  const weights: Tensor = {
    dtype: 'int8',
    shape: [s.channels, size],
    data: Int8Array.from({ length: s.channels * size }, () => random() >> 25),
  };
  const bias: Tensor = { dtype: 'int32', shape: [s.channels], data: Int32Array.from({ length: s.channels }, () => random() >> 18) };
  const fc1 = call(
    'fully_connected',
    [x, constant(weights, perTensor(scale, 0)), constant(bias)],
    { outScale: scale, outZeroPoint: 7, rounding },
    `${name}_fc`,
  );
  return call('reshape', [fc1], { shape: [1, 1, 1, s.channels] }, name);
}

function build(steps: readonly Step[], seed: number, rounding: Rounding): GraphModule {
  const random = noise(seed);
  const x = variable('x', tensorType('int8', [1, 7, 6, 5], perTensor(scale, -11)));
  const values: ValueNode[] = [x];
  for (const [i, s] of steps.entries()) {
    const source = values[Math.max(0, values.length - 1 - (s.from % 3))];
    const name = `v${i}`;
    let made: ValueNode | null = null;
    if (s.kind === 'conv') made = convolution(source, s, name, random, rounding);
    if (s.kind === 'dense') made = dense(source, s, name, random, rounding);
    if (s.kind === 'relu') made = call('relu', [source], { clamp: [-20, 90] }, name);
    if (s.kind === 'pool' && (source.type as TensorType).shape[1] > 1 && (source.type as TensorType).shape[2] > 1) {
      made = call('max_pool_2d', [source], { window: [2, 2], stride: [2, 2] }, name);
    }
    const other = values.find((v) => v !== source && sameShape(v, source));
    if (s.kind === 'add') made = call('add', [source, other ?? source], { outScale: scale, outZeroPoint: 4 }, name);
    if (made !== null) values.push(made);
  }
  return graphModule(
    'random',
    func('main', [x], values.length === 1 ? call('relu', [x], { clamp: [0, 1] }, 'only') : values[values.length - 1]),
  );
}

const keys = (change: Partial<ConfigKeys>): VtaConfig => defineConfig({ ...PRESET_KEYS['default-x'], ...change });
const MACHINES: readonly (readonly [string, VtaConfig])[] = [
  ['default-x', preset('default-x')],
  ['mac64-x', preset('mac64-x')],
  ['default', preset('default')],
  ['mac64', preset('mac64')],
  ['batch 2', keys({ LOG_BATCH: 1 })],
  ['block 32', keys({ LOG_BLOCK: 5 })],
  ['8 in, 16 out', keys({ LOG_BLOCK_IN: 3, LOG_INP_BUFF_SIZE: 14, LOG_WGT_BUFF_SIZE: 17 })],
  ['16 in, 4 out', keys({ LOG_BLOCK_OUT: 2, LOG_WGT_BUFF_SIZE: 16, LOG_ACC_BUFF_SIZE: 15 })],
];

const step = fc.record<Step>({
  kind: fc.constantFrom('conv', 'conv', 'conv', 'add', 'pool', 'relu', 'dense'),
  from: fc.nat(2),
  channels: fc.integer({ min: 1, max: 40 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  stride: fc.integer({ min: 1, max: 2 }),
  same: fc.boolean(),
});

describe('random networks compute on VTA what the graph means', () => {
  test.each(MACHINES)('%s', async (_, config) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(), async (steps, seed) => {
        // without the extension only the single profile is exact
        const module = build(steps, seed, config.extension ? 'reference' : 'single');
        const random = noise(seed ^ 0x5bd1e995);
        const x: Tensor = { dtype: 'int8', shape: [1, 7, 6, 5], data: Int8Array.from({ length: 210 }, () => random() >> 24) };
        const wanted = interpret(module, { x }).outputs;
        const artifact = decodeArtifact(encodeArtifact(compileGraph(module, { config }).artifact), 'random');
        const { outputs } = await runArtifact(artifact, createFunctional(config), new Map([['x', x]]));
        expect(outputs.map((o) => o.tensor)).toEqual(wanted);
      }),
      { seed: 20, numRuns: 25 },
    );
  });
});
