import { describe, expect, test } from 'vitest';
import { importTflite } from '#compiler/frontend/tflite/import';
import { type ModelSpec, writeTflite } from '#compiler/frontend/tflite/write';
import { interpret } from '#compiler/graph/interpret';
import { compareWithReference, differencesOnVta, Reference, VTA_PRESETS } from './compare.js';
import { Interpreter, type Kernels } from './interpreter.js';
import { KINDS, randomOperator } from './random-operator.js';
import { int8Tensor } from './random-values.js';

/** A quick slice; `npm run operators` runs thousands of cases with other seeds. */
const COUNT = 60;
const SEED = 20;
const reference = new Reference();

describe.each<Kernels>(['delegate', 'builtin'])('single operators compute what TensorFlow Lite computes, %s', (kernels) => {
  test.each(KINDS)('%s', async (kind) => {
    let equal = 0;
    for (let i = 0; i < COUNT; i++) {
      const c = await compareWithReference(reference, randomOperator(kind, SEED, i), kernels);
      expect(c.outcome === 'differs' ? `${kind} ${i}: ${c.detail}` : '').toBe('');
      if (c.outcome === 'equal') equal++;
    }
    // a test that compares nothing must not pass
    expect(equal).toBeGreaterThan(COUNT * 0.8);
  });
});

describe('single operators compute on VTA what they compute on the host', () => {
  test.each(['conv2d', 'fully_connected', 'add', 'relu', 'relu6', 'relu_n1_to_1'] as const)('%s', async (kind) => {
    for (let i = 0; i < 4; i++) {
      for (const machine of VTA_PRESETS) {
        const differences = await differencesOnVta(randomOperator(kind, SEED, i), 'delegate', machine);
        expect([machine, i, differences]).toEqual([machine, i, 0]);
      }
    }
  });
});

/** QUANTIZE from a scale to four times as much, whose halves the two sets of kernels round differently, and more operators. */
function quantizeAnd(more: Pick<ModelSpec, 'tensors' | 'operators'>, outputs: readonly number[]): ModelSpec {
  const q = (name: string, scale: number, zeroPoint: number) => int8Tensor(name, [1, 1, 256, 1], { scale, zeroPoint });
  return {
    tensors: [q('x', 0.25, 0), q('y', 1, 0), ...more.tensors],
    operators: [{ op: 'QUANTIZE', inputs: [0], outputs: [1] }, ...more.operators],
    inputs: [0],
    outputs,
  };
}

const pooled = int8Tensor('pooled', [1, 1, 256, 1], { scale: 8, zeroPoint: 0 });
const pool = { padding: 1, strideH: 1, strideW: 1, filterH: 1, filterW: 2, activation: 3 };
const wide = int8Tensor('wide', [1, 1, 256, 1], { scale: 8, zeroPoint: 127 });

describe('an operator that the delegate cannot build changes the kernels of all', () => {
  test.each<[string, ModelSpec, 'delegate' | 'fallback', RegExp | null]>([
    ['nothing of the kind', quantizeAnd({ tensors: [], operators: [] }, [1]), 'delegate', null],
    [
      'an activation that leaves one value',
      quantizeAnd({ tensors: [wide], operators: [{ op: 'ADD', inputs: [1, 1], outputs: [2], options: { activation: 1 } }] }, [1, 2]),
      'fallback',
      /cannot build add_1: its activation leaves no more than the value 127/,
    ],
    [
      'a sum that nothing reads',
      quantizeAnd({ tensors: [pooled], operators: [{ op: 'ADD', inputs: [1, 1], outputs: [2], options: { activation: 0 } }] }, [1]),
      'fallback',
      /cannot build add_1: nothing reads its result/,
    ],
    [
      'a maximum that nothing reads does no harm',
      quantizeAnd(
        {
          tensors: [int8Tensor('max', [1, 1, 255, 1], { scale: 1, zeroPoint: 0 })],
          operators: [{ op: 'MAX_POOL_2D', inputs: [1], outputs: [2], options: pool }],
        },
        [1],
      ),
      'delegate',
      null,
    ],
  ])('%s', async (_, model, ran, note) => {
    const x = Int8Array.from({ length: 256 }, (_, i) => i - 128);
    const wanted = (await Interpreter.open()).run(model, [x], 'delegate');
    expect(wanted.ran).toBe(ran);
    const module = importTflite(writeTflite(model), 'test');
    const { outputs } = interpret(module, { x: { dtype: 'int8', shape: [1, 1, 256, 1], data: x } });
    expect(outputs.map((t) => t.data)).toEqual(wanted.outputs);
    expect(module.notes?.join() ?? '').toMatch(note ?? /^$/);
  });
});
