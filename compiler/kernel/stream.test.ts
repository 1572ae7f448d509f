import { describe, expect, test } from 'vitest';
import { decodeUop } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OP_BY_CODE, MEMORY_TYPE_BY_CODE } from '#isa/spec/tables';
import { happensBefore } from '../lower/token-order.js';
import { compileKernel } from './compile.js';
import type { AddSpec, CompiledKernel } from './spec.js';
import { type ConvOptions, NO_HALO, randomConv } from './testing.js';

/** Scratchpad and DRAM elements of one instruction, found by executing its loops, not by the compiler's intervals. */
interface Touched {
  readonly unit: number;
  readonly reads: Set<string>;
  readonly writes: Set<string>;
}

function touchedBy(kernel: CompiledKernel, config: VtaConfig): Touched[] {
  const uops = kernel.buffers.findIndex((b) => b.role === 'uops');
  const words = new Uint32Array((kernel.buffers[uops].data as Uint8Array).slice().buffer);
  const uopBuffer = new Map<number, number>();
  return kernel.insns.map((insn, n) => {
    const t: Touched = { unit: unitOf(insn), reads: new Set(), writes: new Set() };
    if (insn.op === 'LOAD' || insn.op === 'STORE') {
      const memory = MEMORY_TYPE_BY_CODE[insn.memory_type];
      if (memory === 'UOP') {
        for (let i = 0; i < insn.x_size; i++) uopBuffer.set(insn.sram_base + i, words[insn.dram_base + i]);
        return t;
      }
      const scratch = memory === 'ACC_8BIT' || memory === 'OUT' ? 'ACC' : memory;
      const [inside, outside] = insn.op === 'LOAD' ? [t.writes, t.reads] : [t.reads, t.writes];
      for (let y = 0; y < insn.y_size; y++) {
        for (let x = 0; x < insn.x_size; x++) {
          inside.add(`${scratch} ${insn.sram_base + y * insn.x_size + x}`);
          outside.add(`dram${kernel.relocations[n]} ${insn.dram_base + y * insn.x_stride + x}`);
        }
      }
    } else if (insn.op !== 'FINISH') tensorAccesses(insn, uopBuffer, config, t);
    return t;
  });
}

function tensorAccesses(
  insn: Extract<Insn, { op: 'GEMM' | 'ALU' }>,
  uopBuffer: ReadonlyMap<number, number>,
  config: VtaConfig,
  t: Touched,
): void {
  for (let a = 0; a < insn.iter_out; a++) {
    for (let b = 0; b < insn.iter_in; b++) {
      for (let k = insn.uop_bgn; k < insn.uop_end; k++) {
        const word = uopBuffer.get(k);
        if (word === undefined) throw new Error(`micro-op ${k} was never loaded`);
        const u = decodeUop(word, config);
        const dst = `ACC ${u.dst_idx + a * insn.dst_factor_out + b * insn.dst_factor_in}`;
        const src = u.src_idx + a * insn.src_factor_out + b * insn.src_factor_in;
        t.writes.add(dst);
        if (insn.op === 'ALU') {
          // times 0 clears the accumulator whatever it held
          if (!(ALU_OP_BY_CODE[insn.alu_opcode] === 'MUL' && insn.use_imm && insn.imm === 0)) t.reads.add(dst);
          if (!insn.use_imm || ALU_OP_BY_CODE[insn.alu_opcode] === 'RQ') t.reads.add(`ACC ${src}`);
        } else if (!insn.reset_reg) {
          t.reads.add(dst).add(`INP ${src}`);
          t.reads.add(`WGT ${u.wgt_idx + a * insn.wgt_factor_out + b * insn.wgt_factor_in}`);
        }
      }
    }
  }
}

function unitOf(insn: Insn): number {
  if (insn.op === 'STORE') return 2;
  if (insn.op !== 'LOAD') return 1;
  return ['INP', 'WGT', 'PAD_VALUE'].includes(MEMORY_TYPE_BY_CODE[insn.memory_type] as string) ? 0 : 1;
}

/** Conflicting pairs that the tokens leave unordered, and elements that are read before anything wrote them. */
function problems(kernel: CompiledKernel, config: VtaConfig): string[] {
  const touched = touchedBy(kernel, config);
  const before = happensBefore(
    kernel.insns,
    touched.map((t) => t.unit),
  );
  const out: string[] = [];
  const written = new Map<string, number>();
  const readers = new Map<string, number[]>();
  touched.forEach((t, n) => {
    const wait = (m: number | undefined, what: string) => {
      if (m !== undefined && m !== n && !before[n].has(m)) out.push(`${n} does not wait for ${m} (${what})`);
    };
    for (const e of t.reads) {
      if (!written.has(e) && !e.startsWith('dram')) out.push(`${n} reads ${e}, which nothing wrote`);
      wait(written.get(e), e);
      readers.set(e, [...(readers.get(e) ?? []).filter((m) => touched[m].unit !== t.unit), n]);
    }
    for (const e of t.writes) {
      wait(written.get(e), e);
      for (const m of readers.get(e) ?? []) wait(m, e);
      written.set(e, n);
      readers.delete(e);
    }
  });
  return out;
}

const SAME = { top: 1, left: 1, bottom: 1, right: 1 };
const CONVS: Readonly<Record<string, ConvOptions>> = {
  '3x3': { inC: 20, outC: 24, size: [10, 9], kernel: [3, 3], stride: [1, 1], padding: SAME },
  '3x3 stride 2': { inC: 40, outC: 20, size: [9, 9], kernel: [3, 3], stride: [2, 2], padding: SAME },
  '1x1 stride 2': { inC: 16, outC: 32, size: [8, 8], kernel: [1, 1], stride: [2, 2], padding: NO_HALO },
  'fully connected': { inC: 200, outC: 70, size: [1, 1], kernel: [1, 1], stride: [1, 1], padding: NO_HALO },
};

const layout = { channels: 20, height: 9, width: 7, halo: SAME, zeroPoint: 3 };
const ADD: AddSpec = {
  kind: 'add',
  name: 'add',
  inputs: [layout, { ...layout, halo: NO_HALO }],
  output: layout,
  mulA: 405404,
  mulB: 1072283,
  constant: 47864724,
  shift: 19,
  zeroPoint: -128,
  lo: -128,
  hi: 127,
};

describe.each(['default', 'default-x', 'mac64', 'mac64-x'])('the instruction stream on %s', (name) => {
  const config = preset(name);

  test.each(Object.entries(CONVS))('%s: every conflict is ordered by tokens, nothing is read before it is written', (_title, options) => {
    const kernel = compileKernel(randomConv(31, options), config);
    expect(problems(kernel, config)).toEqual([]);
    expect(kernel.insns.at(-1)?.op).toBe('FINISH');
    const ends = kernel.insns.filter((i) => i.op === 'FINISH');
    expect(ends).toHaveLength(1);
  });

  test('addition: the same', () => {
    expect(problems(compileKernel(ADD, config), config)).toEqual([]);
  });

  test('FINISH comes after everything', () => {
    const kernel = compileKernel(randomConv(32, CONVS['3x3']), config);
    const touched = touchedBy(kernel, config);
    const before = happensBefore(
      kernel.insns,
      touched.map((t) => t.unit),
    );
    expect(before.at(-1)?.size).toBe(kernel.insns.length - 1);
  });
});
