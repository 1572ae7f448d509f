import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyConfig, anyInsn, anyUop } from '../../tests/support/arbitraries.js';
import { encodeProgram, encodeUop, insn } from '../codec/codec.js';
import { defineConfig } from '../config/config.js';
import { preset } from '../config/presets.js';
import { VtaError } from '../diag/diagnostic.js';
import { printDiagnostic } from '../diag/print.js';
import type { Insn } from '../spec/instructions.js';
import { assemble } from './assemble.js';
import { disassemble, disassembleInsn, disassembleUops } from './disassemble.js';

const base = preset('default');
const extended = preset('default-x');
const loop = { uop_end: 16, iter_out: 14, iter_in: 14, dst_factor_out: 14, dst_factor_in: 1, src_factor_out: 14, src_factor_in: 1 };

/** Canonical text and what it stands for. */
const CASES: readonly (readonly [string, Insn])[] = [
  [
    'gemm uop=[0,16) iter=14x14 dst+=(14,1) src+=(14,1) wgt+=(0,0) pop_prev push_next',
    insn('GEMM', { ...loop, pop_prev_dep: 1, push_next_dep: 1 }),
  ],
  ['gemm reset uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0) wgt+=(0,0)', insn('GEMM', { reset_reg: 1, uop_end: 1 })],
  [
    'load.inp sram=0x0 dram=0x40 y=1 x=16 stride=16 pad=(1,1,0,0)',
    insn('LOAD', { memory_type: 2, dram_base: 64, y_size: 1, x_size: 16, x_stride: 16, y_pad_0: 1, y_pad_1: 1 }),
  ],
  ['load.uop pop_prev pop_next', insn('LOAD', { pop_prev_dep: 1, pop_next_dep: 1 })],
  ['load.pad_value sram=0x80', insn('LOAD', { memory_type: 6, sram_base: 128 })],
  ['load.type7', insn('LOAD', { memory_type: 7 })],
  [
    'store.out sram=0x8 dram=0x100 y=2 x=3 stride=4 push_prev',
    insn('STORE', { memory_type: 4, sram_base: 8, dram_base: 256, y_size: 2, x_size: 3, x_stride: 4, push_prev_dep: 1 }),
  ],
  [
    'alu.shr imm=-8 uop=[0,1) iter=1x64 dst+=(0,1) src+=(0,1)',
    insn('ALU', { alu_opcode: 3, use_imm: 1, imm: -8, uop_end: 1, iter_in: 64, dst_factor_in: 1, src_factor_in: 1 }),
  ],
  ['alu.add imm=0 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)', insn('ALU', { alu_opcode: 2, use_imm: 1, uop_end: 1 })],
  ['alu.max unused_imm=7 reset uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)', insn('ALU', { alu_opcode: 1, imm: 7, reset_reg: 1, uop_end: 1 })],
  [
    'alu.rq zero=-128 hi=127 relu uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,0)',
    insn('ALU', { alu_opcode: 5, imm: 0x7f80, reset_reg: 1, uop_end: 1 }),
  ],
  ['finish', insn('FINISH')],
];

test.each(CASES)('%s', (text, instruction) => {
  expect(disassembleInsn(instruction, extended)).toBe(text);
  expect(assemble(text, extended).insns).toEqual([instruction]);
});

test('every encoding that the ISA has becomes text and back, at random configurations', () => {
  const program = anyConfig.chain((config) => fc.tuple(fc.constant(config), fc.array(anyInsn(config), { maxLength: 20 })));
  fc.assert(
    fc.property(program, ([config, insns]) => {
      const bytes = encodeProgram(insns, config);
      const text = disassemble(bytes, config);
      const back = assemble(text, config);
      expect(back.insns).toEqual(insns);
      expect(back.bytes).toEqual(bytes);
      expect(disassemble(back.bytes, config)).toBe(text);
    }),
    { seed: 21, numRuns: 200 },
  );
});

test('any 16 bytes become text and back, reserved bits and undefined opcodes included', () => {
  const stream = fc.tuple(anyConfig, fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { maxLength: 8 }));
  fc.assert(
    fc.property(stream, ([config, words]) => {
      const bytes = new Uint8Array(words.flatMap((w) => [...w]));
      expect(assemble(disassemble(bytes, config), config).bytes).toEqual(bytes);
    }),
    { seed: 22, numRuns: 300 },
  );
});

test('micro-ops become text and back', () => {
  const any = anyConfig.chain((config) => fc.tuple(fc.constant(config), fc.array(anyUop(config)), fc.array(fc.integer())));
  fc.assert(
    fc.property(any, ([config, uops, raw]) => {
      const words = Uint32Array.from([...uops.map((u) => encodeUop(u, config)), ...raw]);
      const back = assemble(disassembleUops(words, config), config);
      expect(back.uops).toEqual(words);
      expect(back.bytes.length).toBe(0);
    }),
    { seed: 23, numRuns: 100 },
  );
});

test('comments, white space, any order and hexadecimal', () => {
  const text =
    '\n  # nothing\nload.inp   x=0x10 y=1 stride=16 push_next   // tail\r\n\t alu.shr src+=( 0 , 1 ) uop=[0, 1) imm=-0x8\nfinish#end';
  expect(disassemble(assemble(text, base).bytes, base)).toBe(
    'load.inp sram=0x0 dram=0x0 y=1 x=16 stride=16 push_next\nalu.shr imm=-8 uop=[0,1) iter=1x1 dst+=(0,0) src+=(0,1)\nfinish\n'.replace(
      'alu.op3',
      '',
    ),
  );
});

test('garbage in reserved bits is shown and kept', () => {
  const bytes = new Uint8Array(16).fill(0xff);
  bytes[0] = 3;
  expect(disassemble(bytes, base)).toBe('finish reserved=0xffffffffffffffffffffffffffffff00\n');
});

const vectors = new URL('../../../shared/conformance/public/', import.meta.url);
describe.skipIf(!existsSync(vectors))('programs of the conformance vectors (needs ../shared)', () => {
  test('become text and back', () => {
    for (const name of readdirSync(vectors)) {
      const vector = JSON.parse(readFileSync(new URL(`${name}/vector.json`, vectors), 'utf8'));
      const config = defineConfig(vector.config, name);
      const dram = new Uint8Array(readFileSync(new URL(`${name}/dram_in.bin`, vectors)));
      const bytes = dram.slice(vector.insn_addr, vector.insn_addr + 16 * vector.insn_count);
      expect(assemble(disassemble(bytes, config), config).bytes, name).toEqual(bytes);
    }
  });
});

describe('errors', () => {
  const problems = (text: string, config = base) => {
    try {
      assemble(text, config, 'relu.vasm');
    } catch (error) {
      if (error instanceof VtaError) return error.diagnostics;
      throw error;
    }
    return [];
  };
  const uop = 'uop=[0,1)';

  test.each([
    ['gem uop=[0,1)', 'VTA1103', 1, 'there is no instruction named gem (did you mean gemm?)'],
    [`gemm ${uop} iters=1x1`, 'VTA1104', 16, 'gemm has no operand iters (did you mean iter?)'],
    [`gemm ${uop} iter=1`, 'VTA1105', 21, 'expected iter=14x14 or the like, found iter=1'],
    ['gemm uop=[0,1', 'VTA1105', 10, 'expected uop=[0,16) or the like, found uop=[0,1'],
    [`gemm ${uop} reset=1`, 'VTA1105', 22, 'expected reset without a value, found =1'],
    [`gemm ${uop} dst+`, 'VTA1105', 16, 'expected dst+=(14,1) or the like, found dst+'],
    [`gemm ${uop} ${uop}`, 'VTA1106', 16, 'gemm has the operand uop twice'],
    ['gemm reset', 'VTA1107', 1, 'gemm lacks the operand uop'],
    ['load.inp x=16 y=1', 'VTA1107', 1, 'load.inp lacks the operand stride'],
    [
      `alu.rq zero=0 hi=127 ${uop}`,
      'VTA1108',
      1,
      `alu.rq belongs to the ISA extension, which the configuration ${base.name} does not have`,
    ],
    [
      'finish reserved=0x7',
      'VTA1109',
      17,
      'finish reserved = 0x7 sets bits that belong to fields: the reserved bits are 0xffffffffffffffffffffffffffffff80',
    ],
    [`alu.add imm=40000 ${uop}`, 'VTA1101', 13, 'alu.add.imm = 40000 does not fit: -32768..32767 (16 bits)'],
    [`gemm ${uop} dst+=(1,2048)`, 'VTA1101', 24, 'gemm.dst_factor_in = 2048 does not fit: 0..2047 (11 bits)'],
    ['.word 12', 'VTA1105', 7, 'expected a number of 128 bits in hexadecimal, found 12'],
    ['.uop src=1', 'VTA1107', 1, '.uop lacks the operand dst'],
    ['.uop dst=1 src=99999', 'VTA1101', 16, '.uop.src_idx = 99999 does not fit: 0..2047 (11 bits)'],
  ])('%s', (text, code, column, what) => {
    expect(problems(text).map((d) => [d.code, d.where?.column, d.what])).toEqual([[code, column, what]]);
  });

  test('all are reported at once, each with its place', () => {
    const found = problems('finish\ngemm uop=[0,9999999) itr=1x1\nlod.inp\n');
    expect(found.map((d) => [d.code, d.where?.line, d.where?.column])).toEqual([
      ['VTA1101', 2, 13],
      ['VTA1104', 2, 22],
      ['VTA1103', 3, 1],
    ]);
    expect(printDiagnostic(found[1])).toBe(
      [
        'error VTA1104: gemm has no operand itr (did you mean iter?)',
        '  --> relu.vasm:2:22',
        '   |',
        ' 2 | gemm uop=[0,9999999) itr=1x1',
        '   |                      ^',
        '  why: an operand that is not understood would be lost silently',
        '  do:  use the operands of gemm: reset, uop, iter, dst+, src+, wgt+, pop_prev, pop_next, push_prev, push_next',
      ].join('\n'),
    );
  });

  test('extension names are refused, their neutral encodings are not', () => {
    expect(problems('load.pad_value sram=1').map((d) => d.code)).toEqual(['VTA1108']);
    expect(disassemble(assemble('load.type6 sram=1', base).bytes, extended)).toBe('load.pad_value sram=0x1\n');
  });
});
