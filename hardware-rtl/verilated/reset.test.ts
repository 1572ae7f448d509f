import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { randomProgram } from '#simulator/cycle/random-program';
import { Random } from '#fuzz/random';
import { recoveryProgram } from './recovery-program.js';
import { serial, testProgram } from '../../tests/support/programs.js';
import type { RtlProcess } from './process.js';
import type { JobResult } from './protocol.js';
import { isRecovered } from './recovery.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from './testing.js';

const tiny = defineConfig(
  { ...PRESET_KEYS.mac64, LOG_UOP_BUFF_SIZE: 4, LOG_INP_BUFF_SIZE: 3, LOG_WGT_BUFF_SIZE: 6, LOG_ACC_BUFF_SIZE: 6 },
  'tiny',
);

/** Fills every scratchpad from a page of zeros: reset leaves memories as they are, power-up has zeros in them. */
function wipe(config: VtaConfig) {
  const fill = (memory_type: number, depth: number, row: number) =>
    Array.from({ length: Math.ceil(depth / row) }, (_, i) =>
      insn('LOAD', { memory_type, sram_base: i * row, y_size: 1, x_size: Math.min(row, depth), x_stride: row }),
    );
  const loads = [
    ...fill(0, config.uopDepth, 1024),
    ...fill(3, config.accDepth, 64),
    ...fill(2, config.inpDepth, 64),
    ...fill(1, config.wgtDepth, 64),
  ];
  const program = testProgram(config, serial([...loads, insn('FINISH', {})]), {}, 0x4000);
  program.dram.fill(0, 0, 0x4000);
  return program;
}

/** A device that begins anew: its memories are filled, then a program runs. */
const afresh = (config: VtaConfig, memory: MemorySettings): ((model: RtlProcess) => Promise<readonly object[]>) => {
  const programs = [wipe(config), randomProgram(config, 100, 40)];
  return async (model) => [
    visible(await model.run({ ...programs[0], memory, hashes: true })),
    visible(await model.run({ ...programs[1], memory, hashes: true })),
  ];
};

/** Clock ticks say when the host's reads fell, which depends on the clock before the launch. */
const visible = ({ ticks: _, dram, ...rest }: JobResult): object => ({ ...rest, dram: createHash('sha256').update(dram).digest('hex') });

describe.skipIf(!hasVerilator)('reset in mid-run (needs Verilator)', () => {
  const stalls: MemorySettings = { ...DEFAULT_MEMORY, stall: 110, latency: 30, seed: 9 };
  const CASES: readonly (readonly [string, VtaConfig, MemorySettings, number])[] = [
    ['mac64-x', preset('mac64-x'), DEFAULT_MEMORY, 8],
    ['buffers of one and two elements', tiny, DEFAULT_MEMORY, 30],
    ['the same with stalls on every channel', tiny, stalls, 30],
  ];
  describe.each(CASES)('%s', (_, config, memory, resets) => {
    test.each([1, 2, 3, 4])(
      'program %i, reset in random cycles',
      async (seed) => {
        const model = await bareModel(config);
        model.reset();
        const job = { ...randomProgram(config, seed, 40), memory, hashes: false };
        const begin = afresh(config, memory);
        const whole = await model.run(job);
        model.reset();
        const want = await begin(model);
        const r = Random.of(seed, memory.stall);
        for (let i = 0; i < resets; i++) {
          // the host's part of the ticks differs a little from launch to launch
          const reset = { at: r.int(0, whole.ticks - 60), cycles: r.int(1, 4) };
          const cut = await model.run({ ...job, reset });
          expect(cut, `reset at tick ${reset.at}`).toMatchObject({ wasReset: true, finished: false, error: 0, cycles: 0, accWrites: 0 });
          expect(Object.values(cut.counters).every((value) => value === 0)).toBe(true);
          expect(await begin(model), `reset at tick ${reset.at}`).toEqual(want);
        }
      },
      BUILD_TIMEOUT,
    );
  });

  // The buffers of loads and stores are full again and again, so that a count that is not cleared shows.
  test.each([
    ['without stalls', DEFAULT_MEMORY],
    ['with stalls on every channel', stalls],
  ] as const)(
    'in long loads and stores %s',
    async (_, memory) => {
      const config = preset('mac64-x');
      const model = await bareModel(config);
      model.reset();
      const job = { ...recoveryProgram(config), memory, hashes: false };
      const { ticks } = await model.run(job);
      for (let i = 0; i < 150; i++) {
        const at = Math.floor(((i + 0.5) * (ticks - 60)) / 150);
        expect(await model.run({ ...job, reset: { at, cycles: 1 } })).toMatchObject({ wasReset: true });
        expect(await isRecovered(model, config, 64), `reset at tick ${at}`).toBe(true);
      }
    },
    BUILD_TIMEOUT,
  );

  const stuck = testProgram(tiny, [insn('LOAD', { pop_prev_dep: 1 }), insn('FINISH', {})]);
  const wrong = testProgram(tiny, [insn('LOAD', { memory_type: 7, y_size: 1, x_size: 1 }), insn('FINISH', {})]);
  test.each([
    ['waits for ever', stuck],
    ['ends with an error', wrong],
  ])(
    'in a program that %s, and after it',
    async (_, program) => {
      const model = await bareModel(tiny);
      model.reset();
      const begin = afresh(tiny, DEFAULT_MEMORY);
      const want = await begin(model);
      const job = { ...program, memory: DEFAULT_MEMORY, hashes: false };
      for (const at of [0, 5, 10, 20, 30]) {
        await model.run({ ...job, reset: { at, cycles: 1 } });
        expect(await begin(model)).toEqual(want);
        await model.run(job);
        expect(await model.run({ ...job, reset: { at, cycles: 2 } })).toMatchObject({ wasReset: true, error: 0 });
        expect(await begin(model)).toEqual(want);
      }
    },
    BUILD_TIMEOUT,
  );
});
