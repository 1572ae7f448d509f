/**
 * Small programs whose cycles follow from docs/reference/timing.md by hand. Unless said otherwise: 64-bit bus (D = 8), latency
 * 18, one beat per cycle. Then instruction n of a program at a chunk boundary is in its queue from cycle 24 + 2 n on: fetch
 * puts its request in 0 (visible 1), grant 1, AR handshake 2, first beat 20, visible 21, consumed 21 and 22, in the dispatch register 23.
 */
import { describe, expect, test } from 'vitest';
import type { MemorySettings } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { place, retireCycles } from './testing.js';

const c = preset('default');
const NOP = insn('LOAD');
const FINISH = insn('FINISH');
/** The micro-op at DRAM element 0 of an empty image: all indices 0. */
const UOP = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 });
const INP = insn('LOAD', { memory_type: 2, dram_base: 0x2000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_next_dep: 1 });
const STORE = insn('STORE', { memory_type: 4, dram_base: 0x3000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_prev_dep: 1 });

interface Case {
  readonly name: string;
  readonly insns: readonly Insn[];
  readonly memory?: Partial<MemorySettings>;
  readonly cycles: readonly number[];
}

const CASES: readonly Case[] = [
  // issue 24, visible and done 25
  { name: 'FINISH alone', insns: [FINISH], cycles: [25] },
  { name: 'a chain of NOPs: two beats each', insns: [NOP, NOP, NOP, NOP, FINISH], cycles: [25, 27, 29, 31, 33] },
  // four instructions in a beat: visible 21, unpacked 21, dispatched 22, issued 23, retired 24, then one per cycle
  { name: 'a chain of NOPs at 512 bits', insns: [NOP, NOP, NOP, FINISH], memory: { width: 512 }, cycles: [24, 25, 26, 27] },
  { name: 'latency moves everything', insns: [FINISH], memory: { latency: 40 }, cycles: [47] },
  // the second beat comes 3 later: 23, visible 24, dispatched 25, issued 26, retired 27
  { name: 'interval between beats', insns: [FINISH], memory: { interval: 3 }, cycles: [27] },
  {
    name: 'one load of two beats',
    // accept 24, request put 25, grant 26, AR 27, beats 45 and 46, steps 46 and 47, retired 48; token seen 49: issue 49, retired 50
    insns: [INP, insn('LOAD', { pop_prev_dep: 1 }), FINISH],
    cycles: [48, 50, 51],
  },
  {
    name: 'a load of nothing and one of padding only',
    // accept 24, empty step 25, retired 26. Accept of the second 26 (idle again, and in the queue): 2 rows of 3 elements in 27..32, retired 33
    insns: [
      insn('LOAD', { memory_type: 2 }),
      insn('LOAD', { memory_type: 2, x_size: 3, y_pad_0: 2, push_next_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1 }),
      FINISH,
    ],
    cycles: [26, 33, 35, 36],
  },
  {
    name: 'one GEMM behind its micro-op load',
    // load: issue 24, accept 25, put 26, grant 27, AR 28, beat 46, step 47, done 48. GEMM: starts 48, four micro-ops, done 48 + 4 + 7
    insns: [UOP, insn('GEMM', { uop_end: 1, iter_in: 4 }), FINISH],
    cycles: [48, 59, 60],
  },
  {
    name: 'back-to-back GEMMs lose no cycle',
    insns: [UOP, insn('GEMM', { uop_end: 1, iter_in: 4 }), insn('GEMM', { uop_end: 1, iter_in: 4 }), FINISH],
    cycles: [48, 59, 63, 64],
  },
  {
    name: 'one ALU instruction on four elements',
    // start 48, vectors issue 49..52, pass the interlock 51..54, write 57..60, done 61
    insns: [UOP, insn('ALU', { uop_end: 1, iter_in: 4, dst_factor_in: 1, use_imm: 1 }), FINISH],
    cycles: [48, 61, 62],
  },
  {
    name: 'an ALU instruction that depends on itself',
    // passes the interlock in 51, 58, 65, 72: written 78, done 79
    insns: [UOP, insn('ALU', { uop_end: 1, iter_in: 4, use_imm: 1 }), FINISH],
    cycles: [48, 79, 80],
  },
  {
    name: 'a source that was just written waits, at distance 2',
    // dst 0, 1, 2, 3 with src 0, 1, 0, 1: the third waits for the first: x = 51, 52, 58, 59, last write 65
    insns: [UOP, insn('ALU', { uop_end: 1, iter_out: 2, iter_in: 2, dst_factor_out: 2, dst_factor_in: 1, src_factor_in: 1 }), FINISH],
    cycles: [48, 66, 67],
  },
  {
    name: 'GEMM after ALU on the same accumulator waits until it is done',
    // ALU as above but one vector: passes 51, writes 57, done 58; GEMM is scanned and clear in 58: done 58 + 1 + 7
    insns: [UOP, insn('ALU', { uop_end: 1, use_imm: 1 }), insn('GEMM', { uop_end: 1 }), FINISH],
    cycles: [48, 58, 66, 67],
  },
  {
    name: 'one store of two beats',
    // accept 24, AW put 25, handshake 26, read 27 and 28, W 29 and 30, B 31, retired 32; token seen 33
    insns: [STORE, insn('LOAD', { pop_next_dep: 1 }), FINISH],
    cycles: [32, 34, 35],
  },
];

describe.each(['jumping', 'plain'] as const)('timing contract, %s machine', (which) => {
  test.each(CASES)('$name', ({ insns, memory, cycles }) => {
    expect(retireCycles(which, c, place(insns, c), memory)).toEqual(cycles);
  });
});
