import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { encodeProgram, encodeUop, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS, MEMORY_TYPES } from '#isa/spec/tables';
import type { FuzzCase } from '../case.js';
import { BUCKETS, bucketOf, logBuckets } from './buckets.js';
import { Census } from './census.js';

const config = preset('default');
const UOPS = 0x1000;
const PROGRAM = 0x2000;

/** A case of one launch: micro-op 0 walks from dst 32 with src 40, micro-op 1 from dst 33 with src 33. */
function caseOf(...insns: readonly Insn[]): FuzzCase {
  const program = encodeProgram([...insns, insn('FINISH')], config);
  const dram = new Uint8Array(PROGRAM + program.length);
  const uops = [
    { dst_idx: 32, src_idx: 40, wgt_idx: 0 },
    { dst_idx: 33, src_idx: 33, wgt_idx: 0 },
  ];
  new Uint32Array(dram.buffer, UOPS, 2).set(uops.map((u) => encodeUop(u, config)));
  dram.set(program, PROGRAM);
  return { name: 'c', config, memory: DEFAULT_MEMORY, dram, launches: [{ insnAddr: PROGRAM, insnCount: insns.length + 1 }] };
}

const loadUops = insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: UOPS / 4, y_size: 1, x_size: 2, x_stride: 2 });
const loops = (n: number, uop = 0) => ({ uop_bgn: uop, uop_end: uop + 1, iter_out: 1, iter_in: n, dst_factor_in: 1, src_factor_in: 1 });
const alu = (n: number, uop = 0, fields = {}) => insn('ALU', { ...loops(n, uop), alu_opcode: ALU_OPS.ADD.code, ...fields });
const reset = (n: number, uop = 0) => insn('GEMM', { ...loops(n, uop), reset_reg: 1 });

/** The buckets of a histogram that were met. */
function met(histogram: string, ...insns: readonly Insn[]): Readonly<Record<string, number>> {
  const census = new Census();
  census.add(caseOf(loadUops, ...insns));
  return Object.fromEntries(Object.entries(census.histograms[histogram]).filter(([, n]) => n > 0));
}

describe('buckets', () => {
  test('every number is in the bucket that lists it', () => {
    const buckets = logBuckets(4, 64);
    expect(buckets).toEqual(['0', '1', '2', '3', '4', '5..7', '8..15', '16..31', '32..63', '64+']);
    for (let n = 0; n < 200; n++) {
      const [low, high] = bucketOf(n, 4, 64).split(/\.\.|\+/);
      expect(buckets).toContain(bucketOf(n, 4, 64));
      expect(n).toBeGreaterThanOrEqual(Number(low));
      if (bucketOf(n, 4, 64) !== '64+') expect(n).toBeLessThanOrEqual(Number(high ?? low));
    }
  });

  test('nothing is counted that is not declared, and a fresh census has nothing but holes', () => {
    const total = Object.values(BUCKETS).reduce((n, b) => n + b.length, 0);
    expect(new Census().holes).toHaveLength(total);
  });
});

describe('what a program reaches', () => {
  test('chains over one range, and what is between their instructions', () => {
    expect(met('ALU instructions in a row over one range', alu(8), alu(8), alu(8), alu(8, 1))).toEqual({ 3: 1, 1: 1 });
    expect(met('between two of them', alu(8), alu(8), loadUops, alu(8), insn('LOAD'), alu(8))).toEqual({
      nothing: 1,
      'LOAD UOP': 1,
      'LOAD of nothing': 1,
    });
    expect(met('range of the next ALU', alu(8), alu(8), alu(9), alu(8), alu(8, 1), alu(2, 1))).toEqual({
      'same walk': 1,
      'one longer': 1,
      'one shorter': 1,
      'shifted by one': 1,
      inside: 1,
    });
  });

  test('sources', () => {
    const sources = [
      alu(8),
      alu(9),
      alu(8, 1),
      alu(8, 0, { src_factor_in: 0 }),
      alu(9, 0, { src_factor_in: 0 }),
      alu(7, 0, { use_imm: 1 }),
    ];
    expect(met('source of ALU', ...sources)).toEqual({ 'up to 9 ahead': 2, 'same element': 1, 'one inside': 1, 'one outside': 1 });
  });

  test('resets', () => {
    const strided = insn('GEMM', { ...loops(4), dst_factor_in: 2, reset_reg: 1 });
    expect(met('walk of reset', reset(16), reset(16, 1), strided)).toEqual({ ascending: 2, gaps: 1 });
    expect(met('base of a dense reset', reset(16), reset(16, 1), strided)).toEqual({ 'aligned to 16 and more': 1, odd: 1 });
    expect(met('length of a dense reset', reset(1), reset(6), strided)).toEqual({ 1: 1, '5..7': 1 });
    expect(met('reset, then ALU', reset(8), alu(8), reset(1), alu(2, 1))).toEqual({ 'same range': 1, beside: 1 });
  });

  test('ALU chains as the hardware makes them', () => {
    const imm = (op: keyof typeof ALU_OPS) => alu(4, 0, { alu_opcode: ALU_OPS[op].code, use_imm: 1 });
    const chain = [imm('SHR'), alu(4), imm('MIN'), imm('MAX')];
    expect(met('members of an ALU chain', ...chain)).toEqual({ 4: 1 });
    expect(met('register operand in an ALU chain', ...chain)).toEqual({ second: 1 });
    const why = (...insns: readonly Insn[]) => Object.keys(met('no more in an ALU chain, because of', ...insns));
    expect(why(...chain, imm('ADD'))).toEqual(['four members']);
    expect(why(imm('ADD'), alu(5))).toEqual(['another range']);
    expect(why(alu(4), alu(4))).toEqual(['a second register operand']);
    expect(why(imm('ADD'), imm('MIN'), imm('SHR'))).toEqual(['SHR as third or fourth']);
    expect(why(imm('ADD'), imm('MUL'))).toEqual(['MUL or RQ']);
    expect(why(imm('ADD'), alu(4, 0, { dst_factor_in: 2 }))).toEqual(['gaps or repeats']);
    expect(why(alu(9, 0, { use_imm: 1 }), alu(9))).toEqual(['a source in the range']);
  });

  test('distances', () => {
    expect(met('ALU vectors since dst was written', alu(2), alu(2))).toEqual({ 2: 2 });
    expect(met('ALU vectors since src was written', alu(9, 0, { src_factor_in: 0 }), alu(1))).toEqual({ 1: 1 });
    expect(met('GEMM micro-ops since dst was written', reset(3), reset(3))).toEqual({ 3: 3 });
    expect(met('last written by, then used by', reset(8), alu(8, 0, { use_imm: 1 }))).toEqual({ 'reset alu': 8 });
  });

  test('transfers and loops of nothing', () => {
    const nothing = insn('LOAD', { memory_type: MEMORY_TYPES.INP.code, y_size: 3 });
    const noRows = insn('STORE', { memory_type: MEMORY_TYPES.OUT.code, x_size: 3 });
    expect(met('transfer of nothing', nothing, noRows)).toEqual({ 'INP no columns': 1, 'STORE no rows': 1 });
    expect(met('loop of nothing', alu(0), insn('GEMM', { iter_in: 1, iter_out: 1, uop_bgn: 3 }))).toEqual({
      'ALU iter_in 0': 1,
      'GEMM backward micro-ops': 1,
    });
  });

  test('a product that shares one accumulator with a reset', () => {
    const gemm = (n: number, uop: number) => insn('GEMM', loops(n, uop));
    expect(met('reset, then GEMM', reset(2), gemm(3, 1), reset(3, 1), gemm(2, 0), reset(4), gemm(3, 1))).toEqual({
      'sharing its last': 1,
      'sharing its first': 1,
      overlapping: 1,
    });
  });

  test('mistakes are counted where programs are broken on purpose', () => {
    const store = (fields: object) => insn('STORE', { memory_type: MEMORY_TYPES.OUT.code, y_size: 1, x_size: 1, ...fields });
    const wrong = [
      store({ push_next_dep: 1 }),
      store({ x_pad_1: 1 }),
      store({ sram_base: 0xffff }),
      store({ dram_base: 2 ** 27 }),
      insn('LOAD', { memory_type: 7, y_size: 1, x_size: 1 }),
      insn('ALU', { alu_opcode: 7 }),
      insn('FINISH'),
    ];
    const census = new Census(true);
    census.add(caseOf(...wrong));
    expect(census.histograms.mistake).toEqual({
      opcode: 0,
      'memory type': 1,
      'ALU operation': 1,
      'STORE with padding': 1,
      'beyond a buffer': 1,
      'outside memory': 1,
      'flag towards no unit': 1,
      'no FINISH': 0,
      'FINISH not last': 1,
      'more than one FINISH': 1,
    });
    expect(new Census().histograms.mistake).toBeUndefined();
  });

  test('two counts add up', () => {
    const [a, b] = [new Census(), new Census()];
    a.add(caseOf(reset(3)));
    b.add(caseOf(reset(4)));
    a.merge(b.histograms, b.cases);
    expect(a.cases).toBe(2);
    expect(a.histograms['length of a dense reset']).toMatchObject({ 3: 1, 4: 1 });
  });
});
