/** A network with uint8 inputs and outputs computes what the same network with int8 ones does, 128 higher. */
import { beforeAll, expect, test } from 'vitest';
import { type ModelSpec, type TensorSpec, writeTflite } from '#compiler/frontend/tflite/write';
import { readNpy, writeNpy } from '#runtime/npy';
import { ensureBuilt, inFolder, vta } from '../support/cli.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const noise = (length: number, seed: number): Int8Array => {
  let x = seed;
  return Int8Array.from({ length }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return x >> 24;
  });
};
const quantization = (scale: number, zeroPoint: number) => ({ scales: [Math.fround(scale)], zeroPoint });
const tensors: readonly TensorSpec[] = [
  { name: 'x', type: 'INT8', shape: [1, 6, 5, 3], quantization: quantization(0.02, -5) },
  { name: 'w', type: 'INT8', shape: [8, 3, 3, 3], quantization: quantization(0.01, 0), data: noise(216, 1) },
  { name: 'b', type: 'INT32', shape: [8], data: Int32Array.from(noise(8, 2)) },
  { name: 'y', type: 'INT8', shape: [1, 6, 5, 8], quantization: quantization(0.03, 7) },
];
const conv = { op: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], options: { strideW: 1, strideH: 1 } };
const int8: ModelSpec = { tensors, operators: [conv], inputs: [0], outputs: [3] };
const uint8: ModelSpec = {
  tensors: [
    ...tensors,
    { name: 'x_uint8', type: 'UINT8', shape: [1, 6, 5, 3], quantization: quantization(0.02, 123) },
    { name: 'y_uint8', type: 'UINT8', shape: [1, 6, 5, 8], quantization: quantization(0.03, 135) },
  ],
  operators: [{ op: 'QUANTIZE', inputs: [4], outputs: [0] }, conv, { op: 'QUANTIZE', inputs: [3], outputs: [5] }],
  inputs: [4],
  outputs: [5],
};

beforeAll(ensureBuilt, 120_000);

test('compile, run, .npy files and JSON', { timeout: 60_000 }, async () => {
  const x = noise(90, 3);
  const files = {
    'int8.tflite': writeTflite(int8),
    'uint8.tflite': writeTflite(uint8),
    'int8.npy': writeNpy({ dtype: 'int8', shape: [1, 6, 5, 3], data: x }),
    'uint8.npy': writeNpy({ dtype: 'uint8', shape: [1, 6, 5, 3], data: Uint8Array.from(x, (v) => v + 128) }),
  };
  await inFolder(files, async (folder) => {
    for (const name of ['int8', 'uint8']) {
      expect(await vta(['compile', `${name}.tflite`, '-o', `${name}.vta`, '--config', 'default-x'], folder)).toMatchObject({ status: 0 });
      const run = await vta(['run', `${name}.vta`, '--input', `${name}.npy`, '--output', `${name}.out.npy`, '--json'], folder);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(JSON.parse(run.stdout).outputs[0]).toMatchObject({ dtype: name, shape: [1, 6, 5, 8] });
    }
    const [signed, unsigned] = ['int8', 'uint8'].map((n) => readNpy(readFileSync(join(folder, `${n}.out.npy`)), n));
    expect(new Set(signed.data).size).toBeGreaterThan(50);
    expect(unsigned.data).toEqual(Uint8Array.from(signed.data, (v) => v + 128));
    const wrong = await vta(['run', 'uint8.vta', '--input', 'int8.npy'], folder);
    expect(wrong.stderr).toMatch(/VTA3108.*uint8\[1,6,5,3\].*int8\[1,6,5,3\]/s);
  });
});
