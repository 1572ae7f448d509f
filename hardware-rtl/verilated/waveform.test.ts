import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { timedLaunch } from '#analysis/trace/timeline';
import { vcdFile } from '#analysis/trace/vcd/vcd-file';
import { inFolder, listing } from '../../tests/support/cli.js';
import { hasTool } from '../../tests/support/tools.js';
import { record } from '../../tests/support/traces.js';
import { compareVcd, readVcd } from '../../tests/support/vcd.js';
import { place } from '../../simulator/cycle/testing.js';
import { createRtl } from './device.js';

const c = preset('mac64');
const bytes = { uop: 4, inp: 8, out: 8 };
const UOP = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / bytes.uop, y_size: 1, x_size: 1, x_stride: 1 });
const INP = insn('LOAD', {
  memory_type: 2,
  dram_base: 0x2000 / bytes.inp,
  y_size: 3,
  x_size: 9,
  x_stride: 11,
  y_pad_0: 1,
  x_pad_1: 2,
  push_next_dep: 1,
});
const GEMM = insn('GEMM', { uop_end: 1, iter_in: 9, dst_factor_in: 1, pop_prev_dep: 1, push_prev_dep: 1 });
const ADD = insn('ALU', { alu_opcode: 2, imm: 3, use_imm: 1, uop_end: 1, iter_in: 9, dst_factor_in: 1 });
const STORE = insn('STORE', {
  memory_type: 4,
  dram_base: 0x8000 / bytes.out,
  y_size: 2,
  x_size: 9,
  x_stride: 12,
  pop_prev_dep: 1,
  push_prev_dep: 1,
});
/** Twice: load, multiply, two ALU instructions of one pass, store; the second load waits for the first multiplication. */
const PROGRAM: readonly Insn[] = [
  UOP,
  INP,
  GEMM,
  ADD,
  { ...ADD, push_next_dep: 1 } as Insn,
  STORE,
  { ...INP, pop_next_dep: 1 } as Insn,
  { ...GEMM, pop_next_dep: 1, push_prev_dep: 0, push_next_dep: 1 } as Insn,
  STORE,
  insn('LOAD', { pop_next_dep: 1 }),
  insn('LOAD', { pop_prev_dep: 0 }),
  insn('FINISH'),
];

describe.skipIf(!hasTool('verilator'))('waveforms (need Verilator)', () => {
  test('signals that follow from the trace of the cycle simulator are those of the RTL, in every cycle of a window', {
    timeout: 1_200_000,
  }, async () => {
    const memory = { ...DEFAULT_MEMORY, stall: 50, seed: 7 };
    const program = place(PROGRAM, c);
    const launch = timedLaunch(await record('waves', c, program, memory));
    const [from, to] = [30, launch.accounts.cycles];
    const mine = await readVcd([...vcdFile(launch, from, to)].join(''));
    await inFolder({}, async (folder) => {
      const file = join(folder, 'rtl.vcd');
      const device = await createRtl(c);
      try {
        await device.launch({ ...program, dram: program.dram.slice(), memory, waveform: { file, from, to } });
      } finally {
        device.close();
      }
      expect(listing(folder)).toEqual(['rtl.vcd']);
      const { common, told, differences } = compareVcd(mine, await readVcd(readFileSync(file, 'utf8')), from, to);
      expect(differences.slice(0, 10)).toEqual([]);
      expect([...mine.keys()].filter((name) => !common.includes(name) && !name.startsWith('TOP.trace.'))).toEqual([]);
      for (const name of common) expect(told.get(name), name).toBeGreaterThan(0);
    });
  });
});
