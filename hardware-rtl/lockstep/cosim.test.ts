import { describe, expect, test } from 'vitest';
import type { Retire } from '#isa/arch/device';
import type { Trace } from '#isa/arch/trace';
import { DEFAULT_MEMORY, type MemorySettings, parseMemory } from '#isa/arch/memory';
import { encodeProgram, insn } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { preset, PRESET_KEYS } from '#isa/config/presets';
import { createCycle } from '#simulator/cycle/device';
import { randomProgram } from '#simulator/cycle/random-program';
import { Recorder } from '#simulator/cycle/recorder';
import { ALU_OPS } from '#isa/spec/tables';
import { int8, int32, serial, testProgram, uops } from '../../tests/support/programs.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from '../verilated/testing.js';
import { cosimProgram } from './cosim.js';
import { firstDivergence, type Trails } from './divergence.js';

const config = preset('mac64-x');
const lanes = config.batch * config.blockOut;

const ODD_KEYS = { ...PRESET_KEYS.mac64, LOG_UOP_BUFF_SIZE: 8, LOG_INP_BUFF_SIZE: 9, LOG_WGT_BUFF_SIZE: 8, LOG_ACC_BUFF_SIZE: 7 };
const ONE_ELEMENT = { LOG_UOP_BUFF_SIZE: 2, LOG_INP_BUFF_SIZE: 0, LOG_WGT_BUFF_SIZE: 3, LOG_ACC_BUFF_SIZE: 3 };

/** Loads everything, multiplies, requantizes, stores. */
function everything(c: VtaConfig) {
  const ramp = (n: number, step: number) => Array.from({ length: n }, (_, i) => ((i * step + 3) % 251) - 125);
  const data = {
    4096: uops(
      c,
      { dst_idx: 0, src_idx: 0, wgt_idx: 0 },
      { dst_idx: 1, src_idx: 1, wgt_idx: 1 },
      { dst_idx: 0, src_idx: 2 },
      { dst_idx: 1, src_idx: 3 },
    ),
    4352: int8(...ramp(8 * c.inpBytes, 7)),
    6144: int8(...ramp(2 * c.wgtBytes, 11)),
    8192: int32(...new Array<number>(2 * lanes).fill(0x3c000000)),
    9216: int8(...ramp(2 * lanes, 5)),
  };
  const load = (memory_type: number, address: number, bytes: number, rest: object) =>
    insn('LOAD', { memory_type, dram_base: address / bytes, y_size: 1, x_stride: 8, ...rest });
  const loop = { iter_out: 1, iter_in: 1 };
  return testProgram(
    c,
    serial([
      load(0, 0x1000, 4, { x_size: 4 }),
      insn('LOAD', { memory_type: 6, sram_base: 0x85 }),
      load(2, 0x1100, c.inpBytes, { x_size: 1, x_pad_0: 1 }),
      load(1, 0x1800, c.wgtBytes, { x_size: 2 }),
      load(3, 0x2000, c.accBytes, { sram_base: 2, x_size: 2 }),
      load(5, 0x2400, c.accBytes / 4, { x_size: 2 }),
      insn('GEMM', { ...loop, uop_end: 2 }),
      insn('ALU', { ...loop, uop_bgn: 2, uop_end: 4, alu_opcode: 5, imm: (100 << 8) | 3, reset_reg: 1 }),
      insn('STORE', { memory_type: 4, dram_base: 0x2800 / c.outBytes, y_size: 1, x_size: 2, x_stride: 2 }),
      insn('FINISH', {}),
    ]),
    data,
    0x3000,
  );
}

describe.skipIf(!hasVerilator)('lockstep (needs Verilator)', () => {
  test.each(['width=64', 'latency=3,interval=2', 'stall=120,seed=4'])(
    'a program of every kind of instruction, memory "%s"',
    async (memory) => {
      const result = await cosimProgram({ name: 'everything', config, ...everything(config), memory: parseMemory(memory) });
      expect(result).toMatchObject({ match: true, instructions: 10, divergence: null });
      expect(result.cycles.rtl).toBe(result.cycles.cycle);
      expect(result.cycles.rtl).toBeGreaterThan(100);
    },
    BUILD_TIMEOUT,
  );

  test.each(Object.entries(ALU_OPS).map(([name, { code }]) => [name, code] as const))('%s of random operands', async (_, alu_opcode) => {
    const count = 120;
    const words = new Int32Array(2 * count * lanes);
    let x = 0x12345678 + alu_opcode;
    for (let i = 0; i < words.length; i++) {
      x = (Math.imul(x, 1664525) + 1013904223) | 0;
      // the second half are second operands: scales of every size for RQ, amounts within and beyond 31 for SHR
      const second = i >= words.length / 2;
      const scale = (((i % 60) + 90) << 23) | (x >>> 9);
      words[i] = second
        ? alu_opcode === ALU_OPS.RQ.code
          ? scale
          : alu_opcode === ALU_OPS.SHR.code
            ? x >> (26 - (i % 3))
            : x
        : x >> (i % 32);
    }
    const base = { y_size: 1, x_stride: 1 };
    const program = testProgram(
      config,
      serial([
        insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, x_size: 1, ...base }),
        insn('LOAD', { memory_type: 3, dram_base: 0x2000 / config.accBytes, x_size: 2 * count, ...base }),
        insn('ALU', { alu_opcode, uop_end: 1, iter_out: 1, iter_in: count, dst_factor_in: 1, src_factor_in: 1, imm: (127 << 8) | 0x83 }),
        insn('STORE', { memory_type: 4, dram_base: 0x6000 / config.outBytes, x_size: count, ...base }),
        insn('FINISH', {}),
      ]),
      { 4096: uops(config, { dst_idx: 0, src_idx: count }), 8192: int32(...words) },
      0x8000,
    );
    expect(await cosimProgram({ name: 'operands', config, ...program })).toMatchObject({ match: true, divergence: null });
  });

  test.each([
    ['the last accumulator', 0, 63],
    ['the first accumulator', 64, 57],
    ['no accumulator, above it', 0, 64],
    ['no accumulator, below it', 64, 56],
  ] as const)(
    'a product that shares %s with a reset going on row by row',
    async (_, reset, product) => {
      const load = (memory_type: number, dram_base: number, x_size: number) =>
        insn('LOAD', { memory_type, dram_base, y_size: 1, x_size, x_stride: x_size });
      const program = testProgram(
        config,
        serial([
          load(0, 0x1000 / 4, 2),
          load(2, 0x1100 / config.inpBytes, 8),
          load(1, 0x1800 / config.wgtBytes, 1),
          insn('GEMM', { uop_end: 1, iter_out: 1, iter_in: 64, dst_factor_in: 1, reset_reg: 1 }),
          insn('GEMM', { uop_bgn: 1, uop_end: 2, iter_out: 1, iter_in: 8, dst_factor_in: 1, src_factor_in: 1 }),
          insn('STORE', { memory_type: 4, dram_base: 0x2000 / config.outBytes, y_size: 1, x_size: 128, x_stride: 128 }),
          insn('FINISH', {}),
        ]),
        {
          4096: uops(config, { dst_idx: reset }, { dst_idx: product }),
          4352: int8(...Array.from({ length: 8 * config.inpBytes }, (_, i) => i - 31)),
          6144: int8(...Array.from({ length: config.wgtBytes }, (_, i) => (i % 13) - 6)),
        },
        0x3000,
      );
      expect(await cosimProgram({ name: 'reset', config, ...program })).toMatchObject({ match: true, divergence: null });
    },
    BUILD_TIMEOUT,
  );

  /** INP has as many elements as the ISA can address, 65,536. */
  const wide = defineConfig({
    ...ODD_KEYS,
    LOG_INP_BUFF_SIZE: 21,
    LOG_INP_WIDTH: 3,
    LOG_WGT_WIDTH: 2,
    LOG_ACC_WIDTH: 4,
    LOG_BATCH: 1,
    LOG_BLOCK_IN: 4,
    LOG_BLOCK_OUT: 2,
  });
  const ODD: readonly (readonly [string, VtaConfig, MemorySettings])[] = [
    ['batch 2, 16 by 4, 4-bit weights, 16-bit accumulators, 512-bit bus', wide, { ...DEFAULT_MEMORY, width: 512, stall: 40 }],
    [
      '1-bit values, 8-bit accumulators, buffers of one element',
      defineConfig({ ...ODD_KEYS, ...ONE_ELEMENT, LOG_INP_WIDTH: 0, LOG_WGT_WIDTH: 0, LOG_ACC_WIDTH: 3 }),
      DEFAULT_MEMORY,
    ],
  ];
  describe.each(ODD)('serial random programs: %s', (_, c, memory) => {
    test.each([1, 2, 3, 4, 5, 6, 7, 8])(
      'seed %i',
      async (seed) => {
        const random = randomProgram(c, seed, 60);
        const insns = serial(random.insns.map((i) => ({ ...i, pop_prev_dep: 0, pop_next_dep: 0, push_prev_dep: 0, push_next_dep: 0 })));
        const dram = new Uint8Array(random.insnAddr + insns.length * 16);
        dram.set(random.dram.subarray(0, random.insnAddr));
        dram.set(encodeProgram(insns, c), random.insnAddr);
        const program = { config: c, dram, insnAddr: random.insnAddr, insnCount: insns.length, memory };
        expect(await cosimProgram({ name: `seed ${seed}`, ...program })).toMatchObject({ match: true, divergence: null });
      },
      BUILD_TIMEOUT,
    );
  });

  test(
    'a LOAD that fills a buffer of 65,536 elements, and a GEMM that reads them up to the last',
    async () => {
      const one = { y_size: 1, x_stride: 1 };
      const [columns, rows] = [17, 3855];
      const data = Array.from({ length: 4 * columns * wide.inpBytes }, (_, i) => ((i * 37 + (i >> 5)) % 251) - 125);
      const insns = serial([
        insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, x_size: 1, ...one }),
        insn('LOAD', { memory_type: 1, dram_base: 0x2000 / wide.wgtBytes, x_size: 1, ...one }),
        // rows that overlap: the image stays small
        insn('LOAD', { memory_type: 2, dram_base: 0x2000 / wide.inpBytes, y_size: rows, x_size: columns, x_stride: 0 }),
        insn('LOAD', { memory_type: 2, sram_base: 65535, dram_base: 0x2400 / wide.inpBytes, x_size: 1, ...one }),
        insn('GEMM', { uop_end: 1, iter_out: 1, iter_in: 8, dst_factor_in: 1, src_factor_in: 65535 / 15 }),
        insn('GEMM', { uop_end: 1, iter_out: 2, iter_in: 2, dst_factor_out: 1, src_factor_out: 65534, src_factor_in: 1 }),
        insn('STORE', { memory_type: 4, dram_base: 0x1800 / wide.outBytes, x_size: wide.accDepth, ...one }),
        insn('FINISH', {}),
      ]);
      const program = testProgram(wide, insns, { 4096: uops(wide, { dst_idx: 0 }), 8192: int8(...data) }, 0x3000);
      const memory = { ...DEFAULT_MEMORY, width: 512 } as const;
      expect(await cosimProgram({ name: 'deep', config: wide, ...program, memory })).toMatchObject({ match: true, divergence: null });
    },
    BUILD_TIMEOUT,
  );

  test('a mistake in the program is the same on all three', async () => {
    const program = testProgram(config, [insn('LOAD', { memory_type: 7, y_size: 1, x_size: 1 }), insn('FINISH', {})]);
    expect(await cosimProgram({ name: 'mistake', config, ...program })).toMatchObject({ match: true, instructions: 0, cycles: { rtl: 0 } });
  });

  const tiny = defineConfig(
    { ...PRESET_KEYS.mac64, LOG_UOP_BUFF_SIZE: 4, LOG_INP_BUFF_SIZE: 3, LOG_WGT_BUFF_SIZE: 6, LOG_ACC_BUFF_SIZE: 6 },
    'tiny',
  );
  const SHAPES: readonly (readonly [string, VtaConfig, MemorySettings])[] = [
    ['mac64-x', config, DEFAULT_MEMORY],
    ['mac64-x with stalls', config, { ...DEFAULT_MEMORY, stall: 100, latency: 5 }],
    ['buffers of one and two elements, 256-bit bus', tiny, { ...DEFAULT_MEMORY, width: 256 }],
  ];
  describe.each(SHAPES)('random programs keep the time of the cycle simulator: %s', (_, c, memory) => {
    test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
      'seed %i',
      async (seed) => {
        const program = randomProgram(c, seed, 60);
        const model = await bareModel(c, memory.width);
        model.reset();
        const rtl = await model.run({ ...program, memory, hashes: false });
        const records: Retire[] = [];
        const cycle = await createCycle(c).launch({ ...program, dram: program.dram.slice(), memory, onRetire: (r) => records.push(r) });
        expect(rtl).toMatchObject({ finished: true, error: 0, cycles: cycle.cycles });
        for (const unit of ['load', 'compute', 'store']) {
          const times = (list: readonly Retire[]) => list.filter((r) => r.unit === unit).map((r) => [r.insn, r.cycle]);
          expect(times(rtl.retired)).toEqual(times(records));
        }
      },
      BUILD_TIMEOUT,
    );
  });
});

describe('the first divergence', () => {
  const record = (insn: number, cycle: number, hash: number): Retire => ({ unit: 'compute', insn, cycle, hash });
  const trail = (...records: Retire[]) => ({ records, dram: new Uint8Array(4), error: null });
  const { dram, insnAddr } = testProgram(config, [insn('LOAD', {}), insn('FINISH', {})]);
  const subject = { name: 'x', config, memory: DEFAULT_MEMORY, program: dram.slice(insnAddr) };
  const same = (t: number) => trail(record(0, t, 7), record(1, t + 5, 0));
  const trails = (over: Partial<Trails>): Trails => ({ functional: same(-1), cycle: same(30), rtl: same(30), ...over });

  const times = (started: number, handshake: number): Trace => {
    const recorder = new Recorder(2);
    recorder.insns.accepted.set([3, 12]);
    recorder.works(0, started);
    recorder.read(0, 4, handshake, handshake + 18, handshake + 21);
    return recorder.trace(35);
  };
  const recorded = (rtl: Trace): Partial<Trails> => ({ cycle: { ...same(30), trace: times(20, 2) }, rtl: { ...same(30), trace: rtl } });
  const left = (c2s: number) => ({ ...same(30), tokens: { l2c: 0, c2l: 1, c2s, s2c: 0 } });

  test('none, traces equal', () => expect(firstDivergence(trails(recorded(times(20, 2))), subject)).toBeNull());
  test('none', () => expect(firstDivergence(trails({ functional: trail(record(0, -1, 7), record(1, -1, 0)) }), subject)).toBeNull());
  test.each<[string, Partial<Trails>, object]>([
    [
      'cycle',
      { rtl: trail(record(0, 30, 7), record(1, 36, 0)) },
      { kind: 'cycle', insn: 1, text: 'finish', values: { cycle: 35, rtl: 36 } },
    ],
    ['writes', { rtl: trail(record(0, 30, 8), record(1, 35, 0)) }, { kind: 'writes', insn: 0, values: { functional: 7, rtl: 8 } }],
    ['order', { rtl: trail(record(0, 30, 7)) }, { kind: 'order', insn: 1, values: { functional: 1, rtl: null } }],
    [
      'trace',
      recorded(times(21, 2)),
      { kind: 'trace', insn: 0, unit: 'compute', values: { functional: null, cycle: 'started in 20', rtl: 'started in 21' } },
    ],
    [
      'trace of a burst, which comes before',
      recorded(times(21, 4)),
      { kind: 'trace', insn: null, values: { rtl: 'burst 0: fetch, 4 beats, address in 4, data 22 to 25' } },
    ],
    ['tokens', { functional: left(0), rtl: left(1) }, { kind: 'tokens', values: { functional: 'l2c 0 c2l 1 c2s 0 s2c 0', cycle: null } }],
    ['memory', { rtl: { ...same(30), dram: Uint8Array.of(0, 1, 0, 0) } }, { kind: 'memory', values: { rtl: 'byte 1 is 1' } }],
    ['error', { rtl: { ...same(30), error: 'VTA5005: x' } }, { kind: 'error', values: { cycle: null, rtl: 'VTA5005: x' } }],
  ])('%s', (_, over, want) => {
    const found = firstDivergence(trails(over), subject);
    expect(found).toMatchObject(want);
    expect(found?.reproduce).toContain('vta cosim x --memory width=64');
  });
});
