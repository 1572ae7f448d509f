/**
 * What the machine promises to do at full rate: sixteen more rounds of a program cost what their work needs and nothing else. Cycles are those of
 * docs/reference/timing.md, which the RTL is held against instruction by instruction.
 */
import { describe, expect, test } from 'vitest';
import { encodeUop, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS, type AluOp, MEMORY_TYPES } from '#isa/spec/tables';
import { place, retireCycles } from './testing.js';

const c = preset('default-x');
const WIDTHS = [64, 128, 256, 512] as const;
const INSN_BITS = 128;
const BYTES = { UOP: 4, INP: c.inpBytes, WGT: c.wgtBytes, ACC: c.accBytes, ACC_8BIT: c.accBytes / 4, OUT: c.outBytes };

const transfer = (op: 'LOAD' | 'STORE', memory: keyof typeof BYTES, count: number, more: Partial<Insn> = {}): Insn =>
  insn(op, {
    memory_type: MEMORY_TYPES[memory].code,
    dram_base: 0x10000 / BYTES[memory],
    y_size: 1,
    x_size: count,
    x_stride: count,
    ...more,
  });
/** Micro-op n works on accumulators from 512 n on. */
const UOPS = insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: 0x8000 / 4, y_size: 1, x_size: 3, x_stride: 3 });
const micro = (n: number): Partial<Insn> => ({ uop_bgn: n, uop_end: n + 1, dst_factor_in: 1 });
const gemm = (steps: number, more: Partial<Insn> = {}): Insn => insn('GEMM', { ...micro(0), iter_in: steps, ...more });
const alu = (vectors: number, op: AluOp, use_imm: number, more: Partial<Insn> = {}): Insn =>
  insn('ALU', { ...micro(1), iter_in: vectors, src_factor_in: 1, alu_opcode: ALU_OPS[op].code, use_imm, ...more });

/** More than so many rounds go on as the ones before. */
const UNDER_WAY = 48;
const MORE = 16;

/** Cycles of {@link MORE} rounds of a program that is under way. */
function cost(before: readonly Insn[], round: readonly Insn[], after: readonly Insn[] = [], width: (typeof WIDTHS)[number] = 64): number {
  const cycles = (rounds: number) => {
    const program = place([...before, ...Array.from({ length: rounds }, () => round).flat(), ...after, insn('FINISH')], c);
    const words = new Uint32Array(program.dram.buffer, 0x8000, 3);
    words.set([0, 512, 1024].map((dst_idx) => encodeUop({ dst_idx, src_idx: dst_idx % 1024, wgt_idx: 0 }, c)));
    const jumping = retireCycles('event-driven', c, program, { width });
    expect(jumping).toEqual(retireCycles('cycle-stepped', c, program, { width }));
    return Math.max(...jumping);
  };
  return cycles(UNDER_WAY + MORE) - cycles(UNDER_WAY);
}

describe.each(WIDTHS)('a bus of %i bits', (width) => {
  const beats = (bytes: number) => (8 * bytes) / width;
  const fetched = (MORE * INSN_BITS) / width;
  const toCompute = [transfer('LOAD', 'INP', 0, { push_next_dep: 1 }), transfer('LOAD', 'UOP', 0, { pop_prev_dep: 1 })];

  test.each([
    ['INP', 64, toCompute],
    ['WGT', 8, toCompute],
    ['UOP', 256, []],
    ['ACC', 16, []],
    ['ACC_8BIT', 64, []],
  ] as const)('carries data and instructions in every cycle of %s loads', (memory, count, after) => {
    expect(cost([], [transfer('LOAD', memory, count)], after, width)).toBe(MORE * beats(count * BYTES[memory]) + fetched);
  });

  test('carries data in every cycle of stores', () => {
    const store = transfer('STORE', 'OUT', 64);
    const after = [{ ...store, push_prev_dep: 1 }, transfer('LOAD', 'UOP', 0, { pop_next_dep: 1 })];
    expect(cost([], [store], after, width)).toBe(MORE * beats(64 * BYTES.OUT));
  });
});

describe('compute', () => {
  test.each([3, 48])('GEMM instructions of %i steps lose no cycle', (steps) => {
    expect(cost([UOPS], [gemm(steps)])).toBe(MORE * steps);
  });

  const ops = Object.keys(ALU_OPS).flatMap((op) => [0, 1].map((use_imm) => [op as AluOp, use_imm] as const));
  test.each(ops)('%s takes a vector per cycle, immediate: %i', (op, use_imm) => {
    // Accumulators of neighbouring instructions differ: no chains.
    expect(cost([UOPS], [alu(48, op, use_imm), alu(47, op, use_imm)])).toBe(MORE * (48 + 47));
  });

  test('GEMM, ALU, loads of accumulators and of micro-ops overlap: the bus decides', () => {
    const loads = [transfer('LOAD', 'ACC', 16, { sram_base: 1500 }), transfer('LOAD', 'UOP', 16, { sram_base: 64 })];
    const round = [...loads, gemm(120), alu(120, 'ADD', 0)];
    const beats = (16 * BYTES.ACC + 16 * BYTES.UOP) / 8 + (round.length * INSN_BITS) / 64;
    // Steps of the load now and then wait for a bank that GEMM or ALU writes.
    expect(cost([UOPS], round) / (MORE * beats)).toBeLessThan(1.06);
    expect(beats).toBeGreaterThan(120);
  });
});
