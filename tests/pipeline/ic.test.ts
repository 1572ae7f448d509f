import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { importModel } from '#compiler/frontend/import';
import { type Compilation, compileGraph } from '#compiler/pipeline/compile';
import { preset } from '#isa/config/presets';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import { readNpy } from '#runtime/npy';
import { createCycle } from '#simulator/cycle/device';
import { createFunctional } from '#simulator/functional/device';

const folder = new URL('../../../shared/models/public/ic/', import.meta.url);
const present = existsSync(folder);
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));

/** Layers that VTA must take, and those that stay on the host. */
const VTA_OPS = ['conv2d', 'add', 'fully_connected'];
const COUNTS = { conv2d: 9, add: 3, fully_connected: 1, average_pool_2d: 1, reshape: 1, softmax: 1 };

describe.skipIf(!present)('ic (needs ../shared), compiled', () => {
  describe.each(['default', 'default-x', 'mac64', 'mac64-x'])('for %s', (name) => {
    const config = preset(name);
    const compile = () => compileGraph(importModel(read('model.tflite'), 'ic.tflite'), { config });
    let compiled: Compilation;
    beforeAll(() => {
      compiled = compile();
    });

    test('every convolution, addition and fully connected layer runs on VTA', () => {
      const { placements } = compiled;
      const counts: Record<string, number> = {};
      for (const { op, target } of placements) {
        counts[op] = (counts[op] ?? 0) + 1;
        expect([op, target]).toEqual([op, VTA_OPS.includes(op) ? 'vta' : 'host']);
      }
      expect(counts).toEqual(COUNTS);
    });

    test('all stored inputs give the stored outputs, through the file form', async () => {
      const artifact = decodeArtifact(encodeArtifact(compiled.artifact), 'ic.vta');
      const device = createFunctional(config);
      for (let i = 0; i < 8; i++) {
        const input = readNpy(read(`input_00${i}.npy`));
        const { outputs, macs } = await runArtifact(artifact, device, new Map([['', input]]));
        expect([i, ...outputs[0].tensor.data]).toEqual([i, ...readNpy(read(`output_00${i}.npy`)).data]);
        expect(macs).toBe(12_501_632);
      }
    });

    test('the cycle simulator computes the same values, and every VTA layer takes cycles', async () => {
      const report = await runArtifact(compiled.artifact, createCycle(config), new Map([['', readNpy(read('input_003.npy'))]]));
      expect([...report.outputs[0].tensor.data]).toEqual([...readNpy(read('output_003.npy')).data]);
      for (const { target, cycles, utilization } of report.layers) {
        if (target === 'host') expect([cycles, utilization]).toEqual([null, null]);
        else expect([(cycles ?? 0) > 0, (utilization ?? 2) <= 1]).toEqual([true, true]);
      }
    });

    test('the same model gives the same bytes', () => {
      expect(encodeArtifact(compile().artifact)).toEqual(encodeArtifact(compiled.artifact));
    });
  });
});
