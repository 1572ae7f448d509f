/** Programs that are compiled to be exact: what they compute, and what the reports say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importModel } from '#compiler/frontend/import';
import { compileGraph } from '#compiler/pipeline/compile';
import { preset } from '#isa/config/presets';
import { isExactProgram } from '#runtime/artifact/artifact';
import { decodeArtifact } from '#runtime/artifact/decode';
import { encodeArtifact } from '#runtime/artifact/encode';
import { runArtifact } from '#runtime/exec/run';
import { readNpy } from '#runtime/npy';
import { createFunctional } from '#simulator/functional/device';
import { ensureBuilt, inFolder, root, vta } from '../support/cli.js';

const demo = join(root, 'models/demo');
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(demo, name)));
const module = importModel(read('model.tflite'), 'model.tflite');

describe('the demo model', () => {
  test.each(['default', 'mac64'] as const)('%s: exact only where that is asked for, at a price', async (name) => {
    const config = preset(name);
    const [short, exact] = [false, true].map((wanted) => compileGraph(module, { config, exact: wanted }));
    expect([short, exact].map((c) => isExactProgram(c.artifact))).toEqual([false, true]);
    for (const c of [short, exact]) {
      expect(c.placements.filter((p) => p.target === 'vta')).toHaveLength(9);
      for (const p of c.placements) expect([p.name, p.exact]).toEqual([p.name, p.notes.length === 0]);
    }
    // the layers that were not exact, and no others, have longer sequences now
    const changed = short.placements.filter((p) => !p.exact).map((p) => p.name);
    expect(changed.length).toBeGreaterThan(2);
    expect(exact.placements.filter((p) => p.remarks.length > 0).map((p) => p.name)).toEqual(changed);
    const remarks = exact.placements.flatMap((p) => p.remarks).join();
    for (const addition of ['a correction of ties', 'a second offset']) expect(remarks).toContain(addition);
    const device = createFunctional(config);
    const artifact = decodeArtifact(encodeArtifact(exact.artifact), 'demo');
    for (let n = 0; n < 8; n++) {
      const { outputs, exact: said } = await runArtifact(artifact, device, new Map([['', readNpy(read(`input_00${n}.npy`))]]));
      expect([n, said, ...outputs[0].tensor.data]).toEqual([n, true, ...readNpy(read(`output_00${n}.npy`)).data]);
    }
  });

  test('the extension is exact as it is', () => {
    const [as, exact] = [false, true].map((wanted) => compileGraph(module, { config: preset('default-x'), exact: wanted }).artifact);
    expect(isExactProgram(as)).toBe(true);
    expect(encodeArtifact(exact)).toEqual(encodeArtifact(as));
  });
});

describe('reports', () => {
  beforeAll(ensureBuilt, 120_000);

  test('compile, --explain and run say whether results can differ', async () =>
    inFolder({ 'm.tflite': read('model.tflite') }, async (folder) => {
      for (const exact of [false, true]) {
        const compiled = await vta(['compile', 'm.tflite', '-o', 'm.vta', '--explain', ...(exact ? ['--exact'] : [])], folder);
        expect(compiled.stdout).toContain(exact ? ', exact, ' : ', not exact, ');
        expect(compiled.stdout.includes('exact with ')).toBe(exact);
        expect(compiled.stdout.includes('note: conv2d_0: not exact')).toBe(!exact);
        const text = await vta(['run', 'm.vta'], folder);
        expect(text.stdout.split('\n')[0]).toMatch(exact ? /, exact$/ : /, not exact \(see the notes\)$/);
        const json = JSON.parse((await vta(['run', 'm.vta', '--json'], folder)).stdout);
        expect(json.exact).toBe(exact);
      }
    }));
});
