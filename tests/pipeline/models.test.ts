import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { importModel } from '#compiler/frontend/import';
import { compileGraph } from '#compiler/pipeline/compile';
import { preset } from '#isa/config/presets';
import { runArtifact } from '#runtime/exec/run';
import { readNpy } from '#runtime/npy';
import { createFunctional } from '#simulator/functional/device';

const folder = new URL('../../../shared/models/public/', import.meta.url);

/** Operators that run on VTA wherever they occur in these models. */
const VTA_OPS = ['conv2d', 'add', 'fully_connected'];

describe.skipIf(!existsSync(folder))('the MLPerf Tiny models (needs ../shared)', () => {
  test.each([
    ['kws', 'default-x'],
    ['ad', 'default-x'],
    ['vww', 'default-x'],
    ['vww', 'mac64-x'],
  ])('%s for %s: the stored outputs for all stored inputs', async (model, name) => {
    const config = preset(name);
    const read = (file: string) => new Uint8Array(readFileSync(new URL(`${model}/${file}`, folder)));
    const { artifact, placements } = compileGraph(importModel(read('model.tflite'), `${model}.tflite`), { config });
    for (const { op, target } of placements) expect([op, target]).toEqual([op, VTA_OPS.includes(op) ? 'vta' : 'host']);
    const device = createFunctional(config);
    const inputs = readdirSync(new URL(model, folder)).filter((f) => f.startsWith('input_'));
    expect(inputs).toHaveLength(8);
    for (const file of inputs) {
      const { outputs } = await runArtifact(artifact, device, new Map([['', readNpy(read(file))]]));
      expect([file, ...outputs[0].tensor.data]).toEqual([file, ...readNpy(read(file.replace('input', 'output'))).data]);
    }
  });
});
