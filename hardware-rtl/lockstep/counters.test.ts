import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { createCycle } from '#simulator/cycle/device';
import { randomProgram } from '#simulator/cycle/random-program';
import { ProgramCache } from '#simulator/values/program';
import { noTokens } from '#simulator/values/tokens';
import { parseVector } from '#simulator/vector/vector';
import type { TestProgram } from '../../tests/support/programs.js';
import { COUNTERS } from '../verilated/counters.js';
import { rtlSources } from '../verilated/sources.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from '../verilated/testing.js';
import { expectedCounters } from './counters.js';
import { some } from '../../tests/support/some.js';

/** The registers of the RTL, and what program and trace of the cycle simulator say they must be. */
async function check(config: VtaConfig, program: TestProgram, memory: MemorySettings): Promise<void> {
  const model = await bareModel(config, memory.width);
  model.reset();
  const rtl = await model.run({ ...program, memory, hashes: false });
  const { trace, cycles } = await createCycle(config, { timingOnly: true }).launch({
    ...program,
    dram: program.dram.slice(),
    memory,
    trace: true,
  });
  expect(rtl).toMatchObject({ finished: true, error: 0, cycles });
  const { insns } = new ProgramCache(config).prepare(program, noTokens());
  expect(rtl.counters).toEqual(expectedCounters(insns, trace!));
}

test('the counters are the fields of events_t, from the last one up', () => {
  const text = rtlSources().find((s) => s.path.endsWith('vta_core_pkg.sv'))!.text;
  const body = /packed \{([^}]*)\} events_t/.exec(text)![1];
  const fields = [...body.matchAll(/logic (\w+);/g)].map((m) => m[1]).reverse();
  const camel = (name: string) => name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase());
  const names: Record<string, string> = {
    accLoadBusy: 'computeLoaderBusy',
    accLoadWait: 'computeLoaderWait',
    loadBusy: 'loadLoaderBusy',
    loadWait: 'loadLoaderWait',
  };
  const waits: Record<string, string> = {
    loadC2l: 'loadWaitsC2l',
    computeL2c: 'computeWaitsL2c',
    computeS2c: 'computeWaitsS2c',
    storeC2s: 'storeWaitsC2s',
    readBeat: 'readBeats',
  };
  expect(fields.map(camel).map((n) => names[n] ?? waits[n] ?? n)).toEqual(COUNTERS);
});

const small = defineConfig(
  { ...PRESET_KEYS.mac64, LOG_UOP_BUFF_SIZE: 4, LOG_INP_BUFF_SIZE: 3, LOG_WGT_BUFF_SIZE: 6, LOG_ACC_BUFF_SIZE: 6 },
  'tiny',
);
const SHAPES: readonly (readonly [string, VtaConfig, MemorySettings])[] = [
  ['mac64-x', preset('mac64-x'), DEFAULT_MEMORY],
  ['mac64-x with stalls', preset('mac64-x'), { ...DEFAULT_MEMORY, stall: 100, latency: 5 }],
  ['mac64-x, slow memory', preset('mac64-x'), { ...DEFAULT_MEMORY, latency: 200, interval: 5 }],
  ['buffers of one and two elements, 256-bit bus', small, { ...DEFAULT_MEMORY, width: 256 }],
];
describe.skipIf(!hasVerilator)('performance counters (needs Verilator)', () => {
  describe.each(SHAPES)('random programs: %s', (_, config, memory) => {
    test.each([1, 2, 3, 4, 5, 6])('seed %i', (seed) => check(config, randomProgram(config, seed, 60), memory), BUILD_TIMEOUT);
  });

  const root = resolve('../shared/conformance');
  const folders = existsSync(root)
    ? ['public', 'standalone', 'resnet18_official'].flatMap((set) =>
        readdirSync(resolve(root, set)).map((name) => resolve(root, set, name)),
      )
    : [];
  const present = existsSync(root);
  const golden = folders.filter((f) => existsSync(resolve(f, 'vector.json')));
  const vectors = present ? some(golden, 'golden vectors') : [];
  describe.skipIf(!present)('golden vectors (need ../shared/conformance)', () => {
    test.each(vectors.map((f) => [f.slice(root.length + 1), f] as const))(
      '%s',
      async (_, folder) => {
        const read = (file: string) => new Uint8Array(readFileSync(resolve(folder, file)));
        const files = Object.fromEntries(['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, read(f)]));
        const vector = parseVector(JSON.parse(readFileSync(resolve(folder, 'vector.json'), 'utf8')), files);
        const { config, dramIn: dram, insnAddr, insnCount } = vector;
        await check(config, { dram, insnAddr, insnCount }, DEFAULT_MEMORY);
      },
      BUILD_TIMEOUT,
    );
  });
});
