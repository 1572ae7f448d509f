import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '../config/config.js';
import { preset } from '../config/presets.js';
import { INSTRUCTIONS, type Insn, type Mnemonic } from '../spec/instructions.js';
import { decodeInsn, decodeUop, encodeInsn, encodeUop, insn } from './codec.js';
import { layoutOf } from './layout.js';
import { some } from '../../tests/support/some.js';

const hex = (b: Uint8Array) => Buffer.from(b).toString('hex');
const c = preset('default');

// Bytes that the official C header gives (GCC), default configuration.
const GOLDEN: readonly (readonly [string, Insn])[] = [
  [
    '408d04bc37af26020400040010002143',
    insn('LOAD', {
      push_next_dep: 1,
      memory_type: 2,
      sram_base: 0x123,
      dram_base: 0x89abcdef,
      y_size: 4,
      x_size: 4,
      x_stride: 16,
      y_pad_0: 1,
      y_pad_1: 2,
      x_pad_0: 3,
      x_pad_1: 4,
    }),
  ],
  ['18000000000000000000000000000000', insn('LOAD', { pop_prev_dep: 1, pop_next_dep: 1 })],
  [
    '29feffffffffff03ffff0100ffff0000',
    insn('STORE', {
      pop_prev_dep: 1,
      push_prev_dep: 1,
      memory_type: 4,
      sram_base: 0xffff,
      dram_base: 0xffffffff,
      y_size: 0xffff,
      x_size: 1,
      x_stride: 0xffff,
    }),
  ],
  [
    '4a0500007400fe7f01f8bf000038c0ff',
    insn('GEMM', {
      pop_prev_dep: 1,
      push_next_dep: 1,
      uop_bgn: 5,
      uop_end: 8192,
      iter_out: 14,
      iter_in: 16383,
      dst_factor_out: 1,
      dst_factor_in: 2047,
      src_factor_out: 2,
      src_factor_in: 1024,
      wgt_factor_out: 3,
      wgt_factor_in: 1023,
    }),
  ],
  ['82002000080002000000000000000000', insn('GEMM', { reset_reg: 1, uop_end: 1 })],
  [
    '04014000080080000008000002b0f8ff',
    insn('ALU', { uop_bgn: 1, uop_end: 2, iter_in: 64, dst_factor_in: 1, src_factor_in: 1, alu_opcode: 3, use_imm: 1, imm: -8 }),
  ],
  [
    '4400600010000600042880010e400000',
    insn('ALU', {
      push_next_dep: 1,
      uop_end: 3,
      iter_out: 2,
      iter_in: 3,
      dst_factor_out: 4,
      dst_factor_in: 5,
      src_factor_out: 6,
      src_factor_in: 7,
      alu_opcode: 4,
    }),
  ],
  ['03000000000000000000000000000000', insn('FINISH')],
];

describe('codec', () => {
  test.each(GOLDEN)('golden bytes %s', (bytes, instruction) => {
    expect(hex(encodeInsn(instruction, c))).toBe(bytes);
    expect(decodeInsn(Buffer.from(bytes, 'hex'), c)).toEqual(instruction);
  });

  test('golden micro-op', () => {
    const uop = { dst_idx: 0x123, src_idx: 0x456, wgt_idx: 0x3a5 };
    expect(encodeUop(uop, c)).toBe(0xe962b123);
    expect(decodeUop(0xe962b123, c)).toEqual(uop);
  });

  test('a value that does not fit is refused by name', () => {
    expect(() => encodeInsn(insn('ALU', { imm: 40000 }), c)).toThrow('ALU.imm = 40000 does not fit: -32768..32767 (16 bits)');
  });

  test('random instructions survive encode and decode, reserved bits ignored', () => {
    for (const name of ['default', 'mac64', 'default-x']) {
      const config = preset(name);
      for (const m of Object.keys(INSTRUCTIONS) as Mnemonic[]) {
        const fields = layoutOf(config).insns[m].filter((p) => p.name !== 'opcode');
        const arb = fc.record(
          Object.fromEntries(
            fields.map((p) => [
              p.name,
              p.signed
                ? fc.integer({ min: -(2 ** (p.width - 1)), max: 2 ** (p.width - 1) - 1 })
                : fc.integer({ min: 0, max: 2 ** p.width - 1 }),
            ]),
          ),
        );
        fc.assert(
          fc.property(arb, fc.uint8Array({ minLength: 16, maxLength: 16 }), (values, noise) => {
            const instruction = { op: m, ...values } as unknown as Insn;
            const bytes = encodeInsn(instruction, config);
            const used = new Uint8Array(16);
            for (const p of layoutOf(config).insns[m]) for (let b = p.lo; b < p.lo + p.width; b++) used[b >> 3] |= 1 << (b & 7);
            const noisy = bytes.map((b, i) => b | (noise[i] & ~used[i]));
            expect(decodeInsn(noisy, config)).toEqual(instruction);
          }),
          { seed: 7, numRuns: 200 },
        );
      }
    }
  });
});

const shared = new URL('../../../shared/conformance/configs/', import.meta.url);
const present = existsSync(shared);
const files = present
  ? some(
      readdirSync(shared).filter((n) => n.endsWith('.json')),
      'configurations',
    )
  : [];
describe.skipIf(!present)('bit layouts measured from the official C structs', () => {
  test.each(files)('%s', (file) => {
    const golden = JSON.parse(readFileSync(new URL(file, shared), 'utf8'));
    const config = defineConfig(golden.config, file);
    const layout = layoutOf(config);
    const got: Record<string, [number, number]> = {};
    for (const [prefix, fields] of [
      ['mem', layout.insns.LOAD],
      ['gemm', layout.insns.GEMM],
      ['alu', layout.insns.ALU],
      ['uop', layout.uop],
    ] as const) {
      for (const p of fields) got[`${prefix}.${p.name}`] = [p.lo, p.width];
    }
    expect(got).toEqual(golden.bit_layout);
    expect({ uop: config.uopDepth, inp: config.inpDepth, wgt: config.wgtDepth, acc: config.accDepth }).toEqual(
      golden.buffer_depth_elements,
    );
    expect({ uop: 4, inp: config.inpBytes, wgt: config.wgtBytes, acc: config.accBytes, out: config.outBytes }).toEqual(
      golden.element_bytes,
    );
  });
});
