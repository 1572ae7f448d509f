/** Damaged files: always a diagnostic or a valid graph, never another exception, never without end. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { dice } from '../../graph/testing/random-graph.js';
import { verifyGraph } from '../../graph/verify.js';
import { importModel } from '../import.js';
import { importTflite } from './import.js';
import { writeTflite } from './write.js';

/** 'graph', or the code of the diagnostic; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): string {
  try {
    verifyGraph(importModel(bytes, 'damaged.tflite'));
    return 'graph';
  } catch (e) {
    if (e instanceof VtaError) return e.code;
    throw e;
  }
}

const int8 = (name: string, shape: readonly number[], data?: Int8Array) => ({
  name,
  type: 'INT8' as const,
  shape,
  quantization: { scales: [0.5], zeroPoint: 0 },
  data,
});
const small = writeTflite({
  inputs: [0],
  outputs: [4],
  tensors: [
    int8('x', [1, 4, 4, 2]),
    int8(
      'w',
      [3, 3, 3, 2],
      Int8Array.from({ length: 54 }, (_, i) => i - 27),
    ),
    { name: 'b', type: 'INT32', shape: [3], data: Int32Array.of(1, 2, 3) },
    int8('c', [1, 2, 2, 3]),
    int8('y', [1, 1, 1, 3]),
  ],
  operators: [
    {
      op: 'CONV_2D',
      inputs: [0, 1, 2],
      outputs: [3],
      options: { padding: 0, strideW: 2, strideH: 2, dilationW: 1, dilationH: 1 },
    },
    {
      op: 'AVERAGE_POOL_2D',
      inputs: [3],
      outputs: [4],
      options: { padding: 1, strideW: 1, strideH: 1, filterW: 2, filterH: 2 },
    },
  ],
});

/** Outcomes of files with some bytes replaced. */
function flipped(bytes: Uint8Array, rounds: number, seed: number): Set<string> {
  const roll = dice(seed);
  const seen = new Set<string>();
  for (let i = 0; i < rounds; i++) {
    const copy = bytes.slice();
    for (let k = roll(4); k >= 0; k--) copy[roll(copy.length)] = [roll(256), 0xff, 0x7f, 0][roll(4)];
    seen.add(outcome(copy));
  }
  return seen;
}

describe('a small file', () => {
  test('is good as it is', () => expect(outcome(small)).toBe('graph'));

  test('cut at every length', () => {
    for (let n = 0; n < small.length; n++) expect(outcome(small.subarray(0, n))).toMatch(n < 8 ? /^VTA2020$/ : /^(VTA20\d\d|graph)$/);
    expect(outcome(small.subarray(0, small.length >> 1))).toBe('VTA2022');
  });

  test('every byte replaced by 0, 127, 128 and 255', () => {
    const seen = new Set<string>();
    for (let at = 0; at < small.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const copy = small.slice();
        copy[at] = value;
        seen.add(outcome(copy));
      }
    }
    for (const code of ['graph', 'VTA2022', 'VTA2023', 'VTA2025', 'VTA2026', 'VTA2027', 'VTA2028', 'VTA2029'])
      expect([...seen]).toContain(code);
  });

  test('several random bytes replaced', () => {
    expect(flipped(small, 4000, 51).size).toBeGreaterThan(4);
  });

  test('lists that claim to be as long as the file', () => {
    // every aligned word set to a length that still lies within the file
    for (let at = 8; at + 4 <= small.length; at += 4) {
      const copy = small.slice();
      new DataView(copy.buffer).setUint32(at, (small.length - at) >> 3, true);
      outcome(copy);
    }
  });
});

test('a file without the identifier', () => {
  expect(() => importTflite(new Uint8Array(100), 'zeros')).toThrow(/VTA2020/);
});

const root = fileURLToPath(new URL('../../../../shared/models/public', import.meta.url));
describe.skipIf(!existsSync(root)).each(['ic', 'kws', 'ad', 'vww'])('model %s (../shared/models)', (name) => {
  const load = () => new Uint8Array(readFileSync(`${root}/${name}/model.tflite`));

  test('cut at many lengths', () => {
    const bytes = load();
    for (let k = 0; k < 200; k++) expect(outcome(bytes.subarray(0, Math.floor((bytes.length * k) / 200)))).toMatch(/^VTA20\d\d$/);
  });

  test('random bytes replaced, mostly where the structure is', () => {
    const bytes = load();
    const roll = dice(53);
    for (let i = 0; i < 100; i++) {
      const copy = bytes.slice();
      // tables are at both ends of these files, weights in the middle
      const at = roll(2) === 0 ? roll(4000) : bytes.length - 1 - roll(24000);
      for (let k = roll(6); k >= 0; k--) copy[at + k] = roll(256);
      expect(outcome(copy)).toMatch(/^(VTA20\d\d|graph)$/);
    }
  });
});
