import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VtaConfig } from '#isa/config/config';
import { createCycle } from '#simulator/cycle/device';
import { type GoldenVector, parseVector, runVector } from '#simulator/vector/vector';
import { createRtl, type RtlDevice } from './device.js';
import { BUILD_TIMEOUT, hasVerilator } from './testing.js';
import { some } from '../../tests/support/some.js';

/** Every golden vector of the official functional simulator on the RTL: its values, and the cycles of the cycle simulator. */
const root = resolve('../shared/conformance');
const SETS = ['public', 'standalone', 'official_testlib', 'resnet18_official'];
const present = existsSync(root);

function vectorsOf(set: string): readonly GoldenVector[] {
  const folder = resolve(root, set);
  const names = readdirSync(folder).filter((name) => existsSync(resolve(folder, name, 'vector.json')));
  return some(names, `vectors in ${set}`).map((name) => {
    const read = (file: string) => new Uint8Array(readFileSync(resolve(folder, name, file)));
    const files = Object.fromEntries(['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, read(f)]));
    return parseVector(JSON.parse(readFileSync(resolve(folder, name, 'vector.json'), 'utf8')), files);
  });
}

const byConfig = new Map<string, { readonly config: VtaConfig; readonly vectors: [set: string, vector: GoldenVector][] }>();
for (const set of present ? SETS : []) {
  for (const vector of vectorsOf(set)) {
    const entry = byConfig.get(vector.config.name) ?? { config: vector.config, vectors: [] };
    entry.vectors.push([set, vector]);
    byConfig.set(vector.config.name, entry);
  }
}

describe.skipIf(!present)('golden vectors on the RTL (needs ../shared/conformance)', () => {
  test('vectors are there', () => expect(byConfig.size).toBe(9));
});

for (const { config, vectors } of byConfig.values()) {
  describe.skipIf(!hasVerilator)(`golden vectors on the RTL of ${config.name} (needs Verilator)`, () => {
    let device: RtlDevice;
    beforeAll(async () => {
      device = await createRtl(config, { memory: { width: 64, latency: 18, interval: 1, stall: 0, seed: 1 } });
    }, BUILD_TIMEOUT);
    afterAll(() => device.close());
    test.each(vectors.map(([set, v]) => [`${set}/${v.name}`, v] as const))('%s', async (_, vector) => {
      const { cycles, ...result } = await runVector(device, vector);
      expect(result).toEqual({ name: vector.name, on: 'rtl', match: true, error: null, firstDifference: null });
      const { insnAddr, insnCount, dramIn } = vector;
      const timing = await createCycle(config, { timingOnly: true }).launch({ dram: dramIn.slice(), insnAddr, insnCount });
      expect(cycles).toBe(timing.cycles);
    });
  });
}
