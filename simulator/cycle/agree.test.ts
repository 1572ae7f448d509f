/** The machine that jumps between changes and the one that visits every cycle are written apart and must agree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MemorySettings } from '#isa/arch/memory';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import { randomProgram } from './random-program.js';
import { type Placed, retireCycles, traceOf } from './testing.js';
import { some } from '../../tests/support/some.js';

const base = preset('default').keys;
const CONFIGS: readonly VtaConfig[] = [
  preset('default'),
  preset('default-x'),
  preset('mac64'),
  defineConfig({ ...base, LOG_BATCH: 1 }, 'batch 2'),
  defineConfig({ ...base, LOG_BLOCK_IN: 3, LOG_BLOCK_OUT: 5, LOG_INP_BUFF_SIZE: 12, LOG_WGT_BUFF_SIZE: 15 }, 'wide block'),
  defineConfig({ ...base, LOG_BLOCK: 2, LOG_ACC_BUFF_SIZE: 8, LOG_INP_BUFF_SIZE: 8, LOG_WGT_BUFF_SIZE: 8, LOG_UOP_BUFF_SIZE: 8 }, 'tiny'),
];

const memoryOf = (seed: number): Partial<MemorySettings> => ({
  width: ([64, 128, 256, 512] as const)[seed % 4],
  latency: [18, 1, 40, 5][(seed >> 2) % 4],
  interval: [1, 1, 2, 5][(seed >> 1) % 4],
  stall: [0, 0, 40, 180][(seed >> 3) % 4],
  seed,
});

/** Whole traces, and the cycles of a run that is not recorded, which may jump further. */
function agree(config: VtaConfig, program: Placed, memory: Partial<MemorySettings>, what: string): void {
  const plain = traceOf('cycle-stepped', config, program, memory);
  expect(traceOf('event-driven', config, program, memory), what).toEqual(plain);
  expect(retireCycles('event-driven', config, program, memory), what).toEqual([...plain.insns.retired]);
}

describe('random programs', () => {
  test.each(CONFIGS.map((config, i) => ({ name: config.name, config, i })))('$name', ({ config, i }) => {
    for (let seed = 1; seed <= 25; seed++) {
      const memory = memoryOf(seed * 7 + i);
      const program = randomProgram(config, seed * 16 + i, 70);
      agree(config, program, memory, `seed ${seed * 16 + i}, ${JSON.stringify(memory)}`);
    }
  });

  /** The store unit asked for the ALU's writes when the loader had gone ahead of it; a skipped stretch of dependent vectors hid the newest write. */
  test.each([
    [3231, { width: 256, latency: 1, interval: 5, seed: 22726 }],
    [3933, { width: 256, latency: 5, interval: 5, seed: 27662 }],
  ] as const)('stores behind an ALU at work, seed %i', (seed, memory) => {
    agree(CONFIGS[3], randomProgram(CONFIGS[3], seed, 80), memory, `${seed}`);
  });

  test('a long one fills queues and reorder buffer', () => {
    const config = preset('default');
    const program = randomProgram(config, 4711, 1500);
    agree(config, program, {}, '4711');
  });
});

const shared = new URL('../../../shared/conformance/public/', import.meta.url);
const present = existsSync(shared);
const groups = present ? some([...new Set(readdirSync(shared).map((n) => n.split('__')[0]))], 'golden vectors') : [];
describe.skipIf(!present)('golden vectors, each under one memory setting', () => {
  test.each(groups)('%s', (group) => {
    // max_iter runs for a million cycles.
    const names = readdirSync(shared).filter((n) => n.startsWith(`${group}__`) && !n.endsWith('max_iter'));
    names.forEach((name, i) => {
      const json = JSON.parse(readFileSync(new URL(`${name}/vector.json`, shared), 'utf8'));
      const dram = new Uint8Array(readFileSync(new URL(`${name}/dram_in.bin`, shared)));
      const program = { dram, insnAddr: json.insn_addr, insnCount: json.insn_count };
      const config = defineConfig(json.config, name);
      const memory = memoryOf(i);
      agree(config, program, memory, name);
    });
  });
});
