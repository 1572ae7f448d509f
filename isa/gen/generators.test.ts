import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyConfig, anyInsn, anyUop } from '../../tests/support/arbitraries.js';
import { hasTool, runTool, withFolder } from '../../tests/support/tools.js';
import { encodeInsn, encodeUop } from '../codec/codec.js';
import { layoutOf } from '../codec/layout.js';
import { segments } from '../codec/segments.js';
import { defineConfig, type VtaConfig } from '../config/config.js';
import { PRESET_KEYS, preset } from '../config/presets.js';
import { INSTRUCTIONS, type Mnemonic } from '../spec/instructions.js';
import { generateCHeader } from './c-header.js';
import { generateSvPackages } from './systemverilog.js';

/** One element in every buffer: all index fields have no bits. */
const tiny = defineConfig(
  { ...PRESET_KEYS.default, LOG_BLOCK: 0, LOG_UOP_BUFF_SIZE: 2, LOG_INP_BUFF_SIZE: 0, LOG_WGT_BUFF_SIZE: 0, LOG_ACC_BUFF_SIZE: 2 },
  'tiny',
);
const configs: readonly VtaConfig[] = [preset('default'), preset('mac64-x'), tiny, ...fc.sample(anyConfig, { seed: 11, numRuns: 5 })];

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
const unsigned = (value: number, width: number): bigint => BigInt.asUintN(width, BigInt(value));

test('segments account for every bit once', () => {
  for (const config of configs) {
    const { insns, uop } = layoutOf(config);
    for (const [fields, bits] of [...Object.values(insns).map((f) => [f, 128] as const), [uop, 32] as const]) {
      let next = 0;
      for (const s of segments(fields, bits)) {
        expect(s.lo).toBe(next);
        next += s.width;
      }
      expect(next).toBe(bits);
    }
  }
});

describe.skipIf(!hasTool('yosys', '-V'))('SystemVerilog package (needs yosys)', () => {
  const kinds = [
    ['mem', 'LOAD'],
    ['gemm', 'GEMM'],
    ['alu', 'ALU'],
  ] as const;

  test.each(configs.map((c) => [c.name, c] as const))('Yosys takes the same fields out of the word: %s', (_, config) => {
    withFolder((folder) => {
      for (const [name, op] of kinds) {
        const fields = layoutOf(config).insns[op].filter((p) => p.name !== 'opcode');
        const values = fc.sample(anyInsn(config, op), { seed: 3, numRuns: 3 }) as unknown as Record<string, number>[];
        const ports = fields.map((p) => `output logic [${Math.max(1, p.width) - 1}:0] ${p.name}`);
        const raw = fields.filter((p) => p.width > 0);
        const top = [
          `module top (input logic [127:0] word, ${ports.join(', ')}, output logic same);`,
          `  vta_pkg::${name}_fields_t fields;`,
          `  vta_pkg::${name}_insn_t raw;`,
          `  assign fields = vta_pkg::${name}_fields(word);`,
          '  assign raw = word;',
          ...fields.map((p) => `  assign ${p.name} = fields.${p.name};`),
          `  assign same = ${raw.map((p) => `raw.${p.name} == fields.${p.name}`).join(' && ')};`,
          'endmodule',
        ];
        writeFileSync(join(folder, 'top.sv'), `${generateSvPackages(config)}${top.join('\n')}\n`);
        const show = [...fields.map((p) => `-show ${p.name}`), '-show same'].join(' ');
        const evals = values.map((v) => `eval -set word 128'h${littleEndian(encodeInsn(v as never, config)).toString(16)} ${show}`);
        const text = runTool('yosys', ['-p', ['read_verilog -sv top.sv', 'hierarchy -top top', 'proc', ...evals].join('; ')], folder);
        const results = [...text.matchAll(/Eval result: \\(\w+) = (?:\d+'([01]+)|(-?\d+))\./g)];
        const got = results.map((m) => [m[1], m[2] === undefined ? unsigned(Number(m[3]), 32) : BigInt(`0b${m[2]}`)]);
        const want = values.flatMap((v) => [...fields.map((p) => [p.name, unsigned(v[p.name], p.width)]), ['same', 1n]]);
        expect(got).toEqual(want);
      }
    });
  });
});

describe.skipIf(!hasTool('verilator'))('SystemVerilog package (needs verilator)', () => {
  test.each(configs.map((c) => [c.name, c] as const))('lints clean: %s', (_, config) => {
    withFolder((folder) => {
      writeFileSync(join(folder, 'vta_pkg.sv'), generateSvPackages(config));
      const top = [
        'module top (input logic [31:0] word_i, output logic o);',
        '  vta_pkg::uop_fields_t uop;',
        '  assign uop = vta_pkg::uop_fields(word_i);',
        '  assign o = ^uop & vta_pkg::Extension;',
        'endmodule',
      ];
      writeFileSync(join(folder, 'top.sv'), `${top.join('\n')}\n`);
      // a top without all word bits would be warned about for its own sake at small configurations
      runTool('verilator', ['--lint-only', '-Wall', '-Wno-UNUSEDSIGNAL', '--top-module', 'top', 'vta_pkg.sv', 'top.sv'], folder);
    });
  });
});

describe.skipIf(!hasTool('cc'))('C header (needs cc)', () => {
  test.each(configs.map((c) => [c.name, c] as const))('a C program encodes and decodes as we do: %s', (_, config) => {
    withFolder((folder) => {
      const want: string[] = [];
      const body: string[] = [];
      const literal = (values: Record<string, number>) =>
        Object.entries(values)
          .filter(([key]) => key !== 'op')
          .map(([key, value]) => `.${key} = ${value === -2147483648 ? '(-2147483647 - 1)' : value}${value > 2147483647 ? 'u' : ''}`)
          .join(', ');
      const round = (name: string, unit: 'uint64_t' | 'uint32_t', count: number, values: Record<string, number>) => {
        body.push(`  { ${unit} a[${count}], b[${count}]; struct vta_${name} x = {${literal(values)}}, y;`);
        body.push(`    vta_put_${name}(a, &x); vta_get_${name}(&y, a); vta_put_${name}(b, &y);`);
        for (const word of ['a', 'b']) for (let i = count - 1; i >= 0; i--) body.push(`    show(${word}[${i}], ${count === 2 ? 16 : 8});`);
        body.push('    puts(""); }');
      };
      for (const op of Object.keys(INSTRUCTIONS) as Mnemonic[]) {
        for (const instruction of fc.sample(anyInsn(config, op), { seed: 5, numRuns: 10 })) {
          round(op.toLowerCase(), 'uint64_t', 2, instruction as unknown as Record<string, number>);
          want.push(littleEndian(encodeInsn(instruction, config)).toString(16).padStart(32, '0').repeat(2));
        }
      }
      for (const uop of fc.sample(anyUop(config), { seed: 6, numRuns: 10 })) {
        round('uop', 'uint32_t', 1, uop as unknown as Record<string, number>);
        want.push(encodeUop(uop, config).toString(16).padStart(8, '0').repeat(2));
      }
      const main = [
        '#include <stdio.h>',
        '#include "vta_isa.h"',
        'static void show(uint64_t v, int n) {',
        '  printf("%0*llx", n, (unsigned long long)v);',
        '}',
      ];
      writeFileSync(join(folder, 'main.c'), [...main, 'int main(void) {', ...body, '  return 0;', '}', ''].join('\n'));
      writeFileSync(join(folder, 'vta_isa.h'), generateCHeader(config));
      runTool('cc', ['-std=c99', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers', '-o', 'main', 'main.c'], folder);
      expect(runTool(join(folder, 'main'), []).trim().split('\n')).toEqual(want);
    });
  });
});
