import { describe, expect, test } from 'vitest';
import { compareWithReference, differencesOnVta, Reference, VTA_PRESETS } from './compare.js';
import type { Kernels } from './interpreter.js';
import { KINDS, randomOperator } from './random-operator.js';

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
        expect([machine, i, differences ?? 0]).toEqual([machine, i, 0]);
      }
    }
  });
});
