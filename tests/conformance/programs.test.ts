import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { float32ToBits, scaleRoundInteger } from '#isa/semantics/requantize';
import { ALU_OPS, type AluOp, MEMORY_TYPES } from '#isa/spec/tables';
import { int32, int8, uops } from '../support/programs.js';
import { MACHINES, readInt8, runSerial } from './machine.js';

/** Small programs with expected values worked out by hand: what the machines must do, independent of how they do it. */

const keys = {
  LOG_INP_WIDTH: 3,
  LOG_WGT_WIDTH: 3,
  LOG_ACC_WIDTH: 5,
  LOG_BATCH: 0,
  LOG_BLOCK: 1,
  LOG_UOP_BUFF_SIZE: 6,
  LOG_INP_BUFF_SIZE: 5,
  LOG_WGT_BUFF_SIZE: 6,
  LOG_ACC_BUFF_SIZE: 7,
};
/** 1 x 2 x 2, int8, 16 elements of each memory. */
const tiny = defineConfig(keys);
const tinyX = defineConfig({ ...keys, EXTENSION: 1 });

const { UOP, WGT, INP, ACC, OUT, ACC_8BIT, PAD_VALUE } = Object.fromEntries(Object.entries(MEMORY_TYPES).map(([k, v]) => [k, v.code]));

/** Where data lies in the image, in bytes; element addresses follow from the element sizes. */
const UOPS = 0x100;
const DATA = 0x200;
const MORE = 0x300;
const WEIGHTS = 0x400;
const RESULT = 0x800;

/** A dense LOAD or STORE of `count` elements between scratchpad element `sram` and byte `address`. */
const load = (memory_type: number, address: number, elementBytes: number, count: number, sram = 0) =>
  insn('LOAD', { memory_type, sram_base: sram, dram_base: address / elementBytes, y_size: 1, x_size: count, x_stride: count });
const store = (count: number, outBytes = 2, sram = 0) =>
  insn('STORE', { memory_type: OUT, sram_base: sram, dram_base: RESULT / outBytes, y_size: 1, x_size: count, x_stride: count });

for (const [name, make, hashes] of MACHINES) {
  const run = (config: VtaConfig, insns: Parameters<typeof runSerial>[1], data: Parameters<typeof runSerial>[2]) =>
    runSerial(make(config), insns, data, hashes);

  describe(`hand-written programs: ${name}`, () => {
    test('LOAD pads, strides; STORE strides and keeps the low 8 bits', async () => {
      // 2 x 2 accumulators out of rows of 3, a ring of one padding element: 4 x 4 elements of (v, -v)
      const data = { [DATA]: int32(1, -1, 2, -2, 99, 99, 300, -300, 4, -4) };
      const block = insn('LOAD', {
        memory_type: ACC,
        dram_base: DATA / 8,
        y_size: 2,
        x_size: 2,
        x_stride: 3,
        y_pad_0: 1,
        y_pad_1: 1,
        x_pad_0: 1,
        x_pad_1: 1,
      });
      const rows = insn('STORE', { memory_type: OUT, sram_base: 4, dram_base: RESULT / 2, y_size: 2, x_size: 4, x_stride: 5 });
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), block, rows], data);
      expect(readInt8(dram, RESULT, 18)).toEqual([0, 0, 1, -1, 2, -2, 0, 0, -18, -18, 0, 0, 44, -44, 4, -4, 0, 0]);
      expect(dram[RESULT - 1]).toBe(0xee);
      expect(dram[RESULT + 18]).toBe(0xee);
    });

    test('GEMM multiplies by rows of the weight, over both loops and micro-ops', async () => {
      const data = {
        [UOPS]: uops(tiny, { dst_idx: 1, src_idx: 0, wgt_idx: 0 }),
        [DATA]: int8(1, 2, 3, 4, -5, 6),
        [WEIGHTS]: int8(1, 10, 100, -1, 7, 0, 0, 7),
      };
      const gemm = insn('GEMM', { uop_end: 1, iter_out: 2, iter_in: 3, dst_factor_in: 1, src_factor_in: 1, wgt_factor_out: 1 });
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), load(INP, DATA, 2, 3), load(WGT, WEIGHTS, 4, 2), gemm, store(4)], data);
      // [1,2]: (1+20, 100-2) + (7, 14); [3,4]: (43, 296) + (21, 28); [-5,6]: (55, -506) + (-35, 42); low 8 bits
      expect(readInt8(dram, RESULT, 8)).toEqual([0, 0, 28, 112, 64, 324 - 256, 20, -464 + 512]);
    });

    test('GEMM with reset writes zero and reads nothing', async () => {
      const data = { [UOPS]: uops(tiny, { dst_idx: 1, src_idx: 15, wgt_idx: 15 }), [DATA]: int32(5, 6, 7, 8, 9, 10) };
      const reset = insn('GEMM', { reset_reg: 1, uop_end: 1, src_factor_in: 15, iter_in: 1 });
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), load(ACC, DATA, 8, 3), reset, store(3)], data);
      expect(readInt8(dram, RESULT, 6)).toEqual([5, 6, 0, 0, 9, 10]);
    });

    test('accumulation wraps at 32 bits, and at 8 and 16 in narrower accumulators', async () => {
      for (const [width, bytes] of [
        [5, 4],
        [4, 2],
        [3, 1],
      ]) {
        const config = defineConfig({ ...keys, LOG_ACC_WIDTH: width });
        const top = new Uint8Array(2 * bytes).fill(0xff);
        top[bytes - 1] = top[2 * bytes - 1] = 0x7f;
        const data = { [UOPS]: uops(config, {}), [DATA]: int8(1, 0), [WEIGHTS]: int8(1, 0, 1, 0), [MORE]: top };
        const insns = [load(UOP, UOPS, 4, 1), load(INP, DATA, 2, 1), load(WGT, WEIGHTS, 4, 1), load(ACC, MORE, 2 * bytes, 1)];
        const shift = insn('ALU', { uop_end: 1, alu_opcode: ALU_OPS.SHR.code, use_imm: 1, imm: 8 * bytes - 8 });
        const dram = await run(config, [...insns, insn('GEMM', { uop_end: 1 }), shift, store(1)], data);
        // the largest number plus 1 is the smallest: its top 8 bits are -128
        expect(readInt8(dram, RESULT, 2)).toEqual([-128, -128]);
      }
    });

    const cases: readonly (readonly [AluOp, x: number, y: number, result: number])[] = [
      ['MIN', 3, -7, -7],
      ['MIN', -8, -7, -8],
      ['MAX', 3, -7, 3],
      ['MAX', -8, -7, -7],
      ['ADD', 100, 27, 127],
      ['ADD', -2147483648, -1, 2147483647],
      ['MUL', -7, 9, -63],
      ['MUL', 65536, 65537, 65536],
      ['SHR', -1024, 3, -128],
      ['SHR', 1023, 3, 127],
      ['SHR', 3, -5, 96],
      ['SHR', -1, 31, -1],
      ['SHR', -5, 32, -1],
      ['SHR', 5, 1000, 0],
      ['SHR', 5, -31, -2147483648],
      ['SHR', 5, -32, 0],
      ['SHR', -5, -1000, 0],
      ['SHR', -9, 0, -9],
    ];
    for (const use of [0, 1]) {
      test(`ALU with ${use ? 'an immediate' : 'a register'}: ${[...new Set(cases.map((c) => c[0]))].join(', ')}`, async () => {
        for (const [op, x, y, result] of cases) {
          if (use && (y < -32768 || y > 32767)) continue;
          const data = { [UOPS]: uops(tiny, { dst_idx: 0, src_idx: 1 }), [DATA]: int32(x, x, y, y) };
          const alu = insn('ALU', { uop_end: 1, alu_opcode: ALU_OPS[op].code, use_imm: use, imm: use ? y : 12345 });
          // all four bytes of the result, one STORE after each arithmetic shift by 8
          const next = insn('ALU', { uop_end: 1, alu_opcode: ALU_OPS.SHR.code, use_imm: 1, imm: 8 });
          const at = (n: number) => insn('STORE', { memory_type: OUT, dram_base: RESULT / 2 + n, y_size: 1, x_size: 1, x_stride: 1 });
          const program = [load(UOP, UOPS, 4, 1), load(ACC, DATA, 8, 2), alu, at(0), next, at(1), next, at(2), next, at(3)];
          const dram = await run(tiny, program, data);
          const bytes = [0, 2, 4, 6].map((n) => dram[RESULT + n]);
          expect([op, x, y, new DataView(Uint8Array.from(bytes).buffer).getInt32(0, true)]).toEqual([op, x, y, result]);
        }
      });
    }

    test('ALU results feed the next element: a running sum', async () => {
      const data = { [UOPS]: uops(tiny, { dst_idx: 1, src_idx: 0 }), [DATA]: int32(1, -1, 2, -2, 3, -3, 4, -4) };
      const sum = insn('ALU', { uop_end: 1, iter_in: 3, dst_factor_in: 1, src_factor_in: 1, alu_opcode: ALU_OPS.ADD.code });
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), load(ACC, DATA, 8, 4), sum, store(4)], data);
      expect(readInt8(dram, RESULT, 8)).toEqual([1, -1, 3, -3, 6, -6, 10, -10]);
    });

    test('ACC_8BIT sign-extends bytes and pads with zero', async () => {
      const data = { [DATA]: int8(-1, 127, -128, 5), [UOPS]: uops(tiny, {}) };
      const bytes = insn('LOAD', { memory_type: ACC_8BIT, dram_base: DATA / 2, y_size: 1, x_size: 2, x_stride: 2, x_pad_1: 1 });
      const shift = insn('ALU', { uop_end: 1, iter_in: 3, dst_factor_in: 1, alu_opcode: ALU_OPS.SHR.code, use_imm: 1, imm: 1 });
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), bytes, shift, store(3)], data);
      expect(readInt8(dram, RESULT, 6)).toEqual([-1, 63, -64, 2, 0, 0]);
    });

    test('zero extents execute nothing, and y_size 0 loads only padding rows', async () => {
      const data = { [UOPS]: uops(tiny, { dst_idx: 0 }), [DATA]: int32(1, 2, 3, 4) };
      const nothing = [
        insn('ALU', { uop_end: 1, iter_out: 0, alu_opcode: ALU_OPS.ADD.code, use_imm: 1, imm: 50 }),
        insn('ALU', { uop_end: 1, iter_in: 0, alu_opcode: ALU_OPS.ADD.code, use_imm: 1, imm: 50 }),
        insn('GEMM', { uop_bgn: 3, uop_end: 3, reset_reg: 1 }),
        insn('GEMM', { uop_bgn: 5, uop_end: 2, reset_reg: 1 }),
        insn('LOAD', { memory_type: ACC, x_size: 0, y_size: 3, y_pad_0: 5, x_pad_0: 5 }),
      ];
      const padding = insn('LOAD', { memory_type: ACC, sram_base: 1, x_size: 1, y_size: 0, y_pad_1: 1 });
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), load(ACC, DATA, 8, 2), ...nothing, padding, store(2)], data);
      expect(readInt8(dram, RESULT, 4)).toEqual([1, 2, 0, 0]);
    });

    test('a batch of 2 with 4 x 2 lanes of int4 and int16 weights', async () => {
      const config = defineConfig({ ...keys, LOG_BATCH: 1, LOG_BLOCK_IN: 2, LOG_BLOCK_OUT: 1, LOG_INP_WIDTH: 2, LOG_WGT_WIDTH: 4 });
      // two rows of four int4: (1, -1, 7, -8), (2, 0, 0, 3), low nibble first; weights int16: (1000, 1, 0, 0), (0, 0, -2, 3)
      const weights = new Uint8Array(Int16Array.from([1000, 1, 0, 0, 0, 0, -2, 3]).buffer);
      const data = { [UOPS]: uops(config, {}), [DATA]: [0xf1, 0x87, 0x02, 0x30], [WEIGHTS]: weights };
      const insns = [load(UOP, UOPS, 4, 1), load(INP, DATA, 4, 1), load(WGT, WEIGHTS, 16, 1), insn('GEMM', { uop_end: 1 })];
      const shifts = [0, 4, 8].flatMap((n) => [
        insn('STORE', { memory_type: OUT, dram_base: RESULT / 2 + n / 4, y_size: 1, x_size: 1, x_stride: 1 }),
        insn('ALU', { uop_end: 1, alu_opcode: ALU_OPS.SHR.code, use_imm: 1, imm: 4 }),
      ]);
      const dram = await run(config, [...insns, ...shifts], data);
      // results (999, -38), (2000, 9), stored in three steps of 4 bits
      const lanes = [0, 1, 2, 3].map((lane) =>
        [0, 1, 2].reduce((v, n) => v | (((dram[RESULT + 2 * n + (lane >> 1)] >> (4 * (lane & 1))) & 15) << (4 * n)), 0),
      );
      expect(lanes).toEqual([999, -38 & 0xfff, 2000, 9]);
    });

    test('tokens make Load, Compute and Store take turns on one buffer', async () => {
      const data = { [UOPS]: uops(tiny, {}), [DATA]: int8(1, 0, 2, 0, 3, 0), [WEIGHTS]: int8(1, 0, 10, 0) };
      const turns = [0, 1, 2].flatMap((n) => [
        load(INP, DATA + 2 * n, 2, 1),
        insn('GEMM', { uop_end: 1 }),
        insn('STORE', { memory_type: OUT, dram_base: RESULT / 2 + n, y_size: 1, x_size: 1, x_stride: 1 }),
      ]);
      const dram = await run(tiny, [load(UOP, UOPS, 4, 1), load(WGT, WEIGHTS, 4, 1), ...turns], data);
      expect(readInt8(dram, RESULT, 6)).toEqual([1, 10, 3, 30, 6, 60]);
    });

    test('extension: PAD_VALUE fills input padding until the next one, and is 0 at launch', async () => {
      const data = { [UOPS]: uops(tinyX, {}), [DATA]: int8(1, 2), [WEIGHTS]: int8(1, 0, 0, 1) };
      const padded = (sram: number) =>
        insn('LOAD', { memory_type: INP, sram_base: sram, dram_base: DATA / 2, y_size: 1, x_size: 1, x_stride: 1, x_pad_0: 1 });
      const value = (v: number) => insn('LOAD', { memory_type: PAD_VALUE, sram_base: v });
      const gemm = insn('GEMM', { uop_end: 1, iter_in: 6, dst_factor_in: 1, src_factor_in: 1 });
      const program = [
        load(UOP, UOPS, 4, 1),
        load(WGT, WEIGHTS, 4, 1),
        padded(0),
        value(0xff80),
        padded(2),
        value(7),
        padded(4),
        gemm,
        store(6),
      ];
      expect(readInt8(await run(tinyX, program, data), RESULT, 12)).toEqual([0, 0, 1, 2, -128, -128, 1, 2, 7, 7, 1, 2]);
    });

    test('extension: RQ requantizes as the integer restatement says', async () => {
      const scales = [0.0003921568, 2 ** -9, 2 ** -1, 1.5, 0.0117, 3.3e-6, 0, 2 ** 100];
      const values = [0, 1, -1, 255, 256, 257, -256, 511, 512, 12345, -54321, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), 16777217, 33554433];
      for (const [zeroPoint, hi, relu] of [
        [0, 127, 0],
        [-128, 127, 1],
        [5, 100, 1],
        [-3, 20, 0],
      ]) {
        for (const scale of scales) {
          const bits = float32ToBits(scale);
          const data = { [UOPS]: uops(tinyX, { dst_idx: 0, src_idx: 8 }), [DATA]: int32(...values), [MORE]: int32(bits, bits) };
          const rq = insn('ALU', {
            uop_end: 1,
            iter_in: 8,
            dst_factor_in: 1,
            alu_opcode: ALU_OPS.RQ.code,
            reset_reg: relu,
            imm: (hi << 8) | (zeroPoint & 0xff),
          });
          const dram = await run(tinyX, [load(UOP, UOPS, 4, 1), load(ACC, DATA, 8, 8), load(ACC, MORE, 8, 1, 8), rq, store(8)], data);
          const expected = values.map((v) => Math.min(hi, Math.max(relu ? zeroPoint : -128, scaleRoundInteger(v, bits) + zeroPoint)));
          expect(readInt8(dram, RESULT, 16)).toEqual(expected);
        }
      }
    });
  });
}
