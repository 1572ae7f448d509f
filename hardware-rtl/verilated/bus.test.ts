import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { createFunctional } from '#simulator/functional/device';
import { randomProgram } from '#simulator/cycle/random-program';
import { insn } from '#isa/codec/codec';
import { serial, testProgram } from '../../tests/support/programs.js';
import { buildModel } from './build.js';
import { RtlProcess } from './process.js';
import { rtlSources, type SourceFile } from './sources.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from './testing.js';

const config = preset('mac64-x');
const tiny = defineConfig(
  { ...PRESET_KEYS.mac64, LOG_UOP_BUFF_SIZE: 4, LOG_INP_BUFF_SIZE: 3, LOG_WGT_BUFF_SIZE: 6, LOG_ACC_BUFF_SIZE: 6 },
  'tiny',
);

/** Every run is checked: a broken rule of the bus fails it (VTA5007). */
describe.skipIf(!hasVerilator)('the bus protocols under back-pressure (needs Verilator)', () => {
  const MEMORIES: readonly Partial<MemorySettings>[] = [
    { stall: 30 },
    { stall: 128, latency: 1 },
    { stall: 200, interval: 3 },
    { stall: 240, latency: 100 },
  ];
  describe.each([
    ['mac64-x, 64 bits', config, 64],
    ['buffers of one and two elements, 256 bits', tiny, 256],
  ] as const)('%s', (_, c, width) => {
    test.each([1, 2, 3, 4, 5, 6])(
      'random program %i with stalls on every channel',
      async (seed) => {
        const model = await bareModel(c, width);
        for (const m of MEMORIES) {
          model.reset();
          const memory = { ...DEFAULT_MEMORY, ...m, width, seed };
          expect(await model.run({ ...randomProgram(c, seed, 60), memory, hashes: false })).toMatchObject({
            finished: true,
            violation: null,
          });
        }
      },
      BUILD_TIMEOUT,
    );

    test.each([1, 2, 3, 4, 5, 6])(
      'random program %i on a memory that waits for VALID',
      async (seed) => {
        const model = await bareModel(c, width);
        for (const stall of [0, 90]) {
          model.reset();
          const job = { ...randomProgram(c, seed, 60), memory: { ...DEFAULT_MEMORY, stall, width, seed }, hashes: false };
          expect(await model.run({ ...job, lateReady: true })).toMatchObject({ finished: true, violation: null });
        }
      },
      BUILD_TIMEOUT,
    );
  });
});

/** Loads and stores across a 4 KiB boundary. */
const crossing = () => {
  const one = { y_size: 1, x_size: 8, x_stride: 8 };
  return testProgram(
    tiny,
    serial([
      insn('LOAD', { memory_type: 3, dram_base: 0xfe0 / tiny.accBytes, ...one, x_size: 2 }),
      insn('STORE', { memory_type: 4, dram_base: 0x1ff8 / tiny.outBytes, ...one, x_size: 2 }),
      insn('STORE', { memory_type: 4, dram_base: 0x2200 / tiny.outBytes, ...one, x_size: 2 }),
      insn('FINISH', {}),
    ]),
    {},
    0x3000,
  );
};

/** Mistakes put into the design. The first is that of the published core (reference 6.1, row 8): its last beat moves on though it was not taken. */
const MUTATIONS: readonly (readonly [name: string, file: string, from: string, to: string, rule: RegExp])[] = [
  [
    'the last W beat moves on without READY',
    'vta_store.sv',
    '.pop_i   (w_valid_o && w_ready_i)',
    '.pop_i   (w_valid_o && (w_ready_i || w_last_o))',
    /^AXI4 W: (VALID fell before READY|the payload changed while VALID waited for READY)$/,
  ],
  [
    'bursts that end anywhere',
    'vta_burst_splitter.sv',
    "- {1'b0, cur_q[LogBurst-1:0]};",
    ';',
    /^AXI4 AR: a burst crosses a 4 KiB boundary$/,
  ],
  [
    'AWVALID only with AWREADY',
    'vta_store.sv',
    'assign aw_valid_o = aw_valid_q;',
    'assign aw_valid_o = aw_valid_q && aw_ready_i;',
    /^AXI: a VALID or a payload depends on READY$/,
  ],
  [
    'a store address that reset forgets',
    'vta_store.sv',
    "aw_valid_q <= 1'b0;",
    'aw_valid_q <= aw_valid_q;',
    /^AXI4 AW: VALID is high in reset, or right after it$/,
  ],
];

describe.skipIf(!hasVerilator)('mistakes in the core are found (needs Verilator)', () => {
  const mutated = (file: string, from: string, to: string): readonly SourceFile[] =>
    rtlSources().map((s) => (s.path.endsWith(`/${file}`) ? { ...s, text: s.text.replace(from, to) } : s));

  test.each(MUTATIONS)(
    '%s',
    async (_, file, from, to, rule) => {
      const rtl = mutated(file, from, to);
      expect(
        rtl.map((s) => s.text),
        `${file} has no ${from}`,
      ).not.toEqual(rtlSources().map((s) => s.text));
      const model = new RtlProcess(await buildModel({ config: tiny, width: 64, rtl }));
      const outcomes: string[] = [];
      const job = { ...crossing(), memory: { ...DEFAULT_MEMORY, stall: 100 }, hashes: false };
      const variants = [{}, { lateReady: true }, ...Array.from({ length: 60 }, (_, i) => ({ reset: { at: 30 + 4 * i, cycles: 2 } }))];
      for (const variant of variants) {
        await model.run({ ...job, ...variant }).catch((e: Error) => outcomes.push(e.message));
        model.reset();
      }
      model.close();
      const rules = outcomes.map((m) => /in cycle -?\d+: (.*?)(\n|$)/.exec(m)?.[1] ?? m);
      expect(
        rules.some((r) => rule.test(r)),
        rules.join('; '),
      ).toBe(true);
    },
    BUILD_TIMEOUT,
  );

  test(
    'the same program on the core itself breaks no rule, and stores what it must',
    async () => {
      const model = await bareModel(tiny);
      const program = crossing();
      const functional = program.dram.slice();
      await createFunctional(tiny).launch({ ...program, dram: functional });
      for (const variant of [{}, { lateReady: true }]) {
        model.reset();
        const result = await model.run({ ...program, memory: { ...DEFAULT_MEMORY, stall: 100 }, hashes: false, ...variant });
        expect(result).toMatchObject({ finished: true, violation: null });
        expect(result.dram).toEqual(functional);
      }
    },
    BUILD_TIMEOUT,
  );
});
