import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { encodeInsn, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { serial, testProgram, uops } from '../../tests/support/programs.js';
import { RTL_ERRORS } from './errors.js';
import type { JobResult } from './protocol.js';
import { BUILD_TIMEOUT, bareModel, hasVerilator } from './testing.js';

const config = preset('mac64-x');
const finish = insn('FINISH', {});
const one = { y_size: 1, x_size: 1, x_stride: 1 };
const loadUop = insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, ...one });
const loop = { uop_end: 1, iter_out: 1, iter_in: 1 };

/** The bare RTL, so that it has to find the mistakes by itself. */
async function launch(insns: readonly Insn[], patch: (program: Uint8Array) => void = () => undefined): Promise<JobResult> {
  const { dram, insnAddr, insnCount } = testProgram(config, insns, { 4096: uops(config, { dst_idx: 5, src_idx: 3, wgt_idx: 2 }) });
  patch(dram.subarray(insnAddr));
  const model = await bareModel(config);
  const result = await model.run({ dram, insnAddr, insnCount, memory: DEFAULT_MEMORY, hashes: false });
  const good = testProgram(config, [finish]);
  const after = await model.run({ ...good, memory: DEFAULT_MEMORY, hashes: false });
  expect(after).toMatchObject({ finished: true, error: 0, cycles: 25 });
  return result;
}

const depth = config;
const CASES: readonly (readonly [string, readonly Insn[], Partial<JobResult>])[] = [
  ['LOAD of memory type 4', [insn('LOAD', { memory_type: 4, ...one }), finish], { error: RTL_ERRORS.memoryType, errorInsn: 0 }],
  ['ALU operation 7', [finish, insn('ALU', { alu_opcode: 7, ...loop })], { error: RTL_ERRORS.aluOp, errorInsn: 1 }],
  ['Load with pop_prev', [insn('LOAD', { memory_type: 2, pop_prev_dep: 1 }), finish], { error: RTL_ERRORS.flags, errorInsn: 0 }],
  ['Store with push_next', [insn('STORE', { memory_type: 4, push_next_dep: 1 })], { error: RTL_ERRORS.flags, errorInsn: 0 }],
  ['STORE of memory type 0', [insn('STORE', { ...one })], { error: RTL_ERRORS.memoryType, errorInsn: 0 }],
  ['STORE with padding', [insn('STORE', { memory_type: 4, x_pad_0: 1, ...one })], { error: RTL_ERRORS.storePad, errorInsn: 0 }],
  [
    'LOAD of INP past its end',
    [insn('LOAD', { memory_type: 2, sram_base: depth.inpDepth - 1, ...one, x_pad_0: 3 })],
    { error: RTL_ERRORS.inpRange, errorInsn: 0, errorValue: depth.inpDepth + 2 },
  ],
  [
    'LOAD of WGT past its end',
    [insn('LOAD', { memory_type: 1, sram_base: depth.wgtDepth, ...one })],
    { error: RTL_ERRORS.wgtRange, errorInsn: 0, errorValue: depth.wgtDepth },
  ],
  [
    'LOAD of UOP past its end',
    [insn('LOAD', { memory_type: 0, sram_base: depth.uopDepth - 1, ...one, x_size: 2 })],
    { error: RTL_ERRORS.uopRange, errorInsn: 0, errorValue: depth.uopDepth },
  ],
  [
    'STORE past the end of ACC',
    [insn('STORE', { memory_type: 4, sram_base: depth.accDepth, ...one })],
    { error: RTL_ERRORS.accRange, errorInsn: 0, errorValue: depth.accDepth },
  ],
  [
    'GEMM with a destination out of range',
    [loadUop, insn('GEMM', { ...loop, iter_in: 3, dst_factor_in: depth.accDepth - 1 })],
    { error: RTL_ERRORS.accRange, errorInsn: 1, errorValue: 5 + 2 * (depth.accDepth - 1) },
  ],
  [
    'GEMM with an input out of range',
    [loadUop, insn('GEMM', { ...loop, iter_out: 2, src_factor_out: depth.inpDepth - 1 })],
    { error: RTL_ERRORS.inpRange, errorInsn: 1, errorValue: depth.inpDepth + 2 },
  ],
  [
    'GEMM with a weight out of range',
    [loadUop, insn('GEMM', { ...loop, iter_out: 2, wgt_factor_out: depth.wgtDepth - 2 })],
    { error: RTL_ERRORS.wgtRange, errorInsn: 1, errorValue: depth.wgtDepth },
  ],
  [
    'ALU with a source out of range',
    [loadUop, insn('ALU', { ...loop, iter_out: 2, alu_opcode: 2, src_factor_out: depth.accDepth - 1 })],
    { error: RTL_ERRORS.accRange, errorInsn: 1, errorValue: depth.accDepth + 2 },
  ],
  [
    'LOAD outside memory',
    [insn('LOAD', { memory_type: 2, dram_base: 0x100000, ...one })],
    { error: RTL_ERRORS.read, errorInsn: 0, failedAddress: 0x800000 },
  ],
  [
    'LOAD of ACC outside memory',
    [insn('LOAD', { memory_type: 3, dram_base: 0x100000, ...one })],
    { error: RTL_ERRORS.read, errorInsn: 0, failedAddress: 0x2000000 },
  ],
  [
    'STORE outside memory',
    [insn('STORE', { memory_type: 4, dram_base: 0x100000, ...one })],
    { error: RTL_ERRORS.write, errorInsn: 0, failedAddress: 0x800000 },
  ],
  [
    'a token that never comes',
    [insn('LOAD', { pop_prev_dep: 1 }), finish],
    { error: RTL_ERRORS.deadlock, errorInsn: 0, errorValue: 0b0010 },
  ],
  [
    'three units that wait for each other',
    [
      insn('LOAD', { memory_type: 2 }),
      insn('STORE', { memory_type: 4, pop_prev_dep: 1 }),
      insn('LOAD', { pop_next_dep: 1 }),
      insn('LOAD', { memory_type: 1, pop_next_dep: 1 }),
      finish,
    ],
    { error: RTL_ERRORS.deadlock, errorInsn: 1, errorValue: 0b1101 },
  ],
  ['no FINISH', [insn('LOAD', { memory_type: 2 }), loadUop], { error: RTL_ERRORS.noFinish, errorInsn: 1 }],
  [
    'tokens behind a full queue',
    [
      insn('LOAD', { memory_type: 2, pop_next_dep: 1 }),
      ...Array.from({ length: 513 }, () => insn('LOAD', { memory_type: 2 })),
      insn('LOAD', { push_prev_dep: 1 }),
      finish,
    ],
    { error: RTL_ERRORS.queueFull, errorInsn: 512, errorValue: 0b001_0001 },
  ],
];

describe.skipIf(!hasVerilator)('mistakes that the RTL itself reports (needs Verilator)', () => {
  test.each(CASES)(
    '%s',
    async (_, insns, want) => {
      expect(await launch(insns)).toMatchObject({ finished: true, ...want });
    },
    BUILD_TIMEOUT,
  );

  test('undefined opcode', async () => {
    const result = await launch([insn('LOAD', {}), finish], (program) => {
      program[16] = encodeInsn(finish, config)[0] | 7;
    });
    expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.opcode, errorInsn: 1 });
  });

  test('instructions outside memory', async () => {
    const model = await bareModel(config);
    const { dram, insnAddr } = testProgram(config, [insn('LOAD', {})]);
    const result = await model.run({ dram, insnAddr, insnCount: 8, memory: DEFAULT_MEMORY, hashes: false });
    expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.fetch, errorInsn: 1, failedAddress: dram.length });
  });

  test('no instructions', async () => {
    const model = await bareModel(config);
    const result = await model.run({ ...testProgram(config, []), memory: DEFAULT_MEMORY, hashes: false });
    expect(result).toMatchObject({ finished: true, error: RTL_ERRORS.noFinish, errorInsn: 0xffffffff });
  });

  test('a program that waits for memory only is not taken for stuck', async () => {
    const load = insn('LOAD', { memory_type: 2, dram_base: 0, ...one });
    const gemm = insn('GEMM', { ...loop });
    const store = insn('STORE', { memory_type: 4, dram_base: 0x100, ...one });
    const model = await bareModel(config);
    const program = testProgram(config, serial([load, loadUop, gemm, store, load, gemm, store, finish]));
    const memory = { ...DEFAULT_MEMORY, latency: 3000, interval: 40, stall: 250 };
    expect(await model.run({ ...program, memory, hashes: false })).toMatchObject({ finished: true, error: 0 });
  });
});
