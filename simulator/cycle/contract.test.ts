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
    // scanned 48 + 1 + 3, begins a chain in 52, which starts in 53 as nobody else comes; vectors issue 54..57, pass the interlock 56..59, write 62..65, done 66
    insns: [UOP, insn('ALU', { uop_end: 1, iter_in: 4, dst_factor_in: 1, use_imm: 1 }), FINISH],
    cycles: [48, 66, 67],
  },
  {
    name: 'an ALU instruction that depends on itself',
    // passes the interlock in 56, 63, 70, 77: written 83, done 84
    insns: [UOP, insn('ALU', { uop_end: 1, iter_in: 4, use_imm: 1 }), FINISH],
    cycles: [48, 84, 85],
  },
  {
    name: 'a source that was just written waits, at distance 2',
    // dst 0, 1, 2, 3 with src 0, 1, 0, 1: the third waits for the first: x = 56, 57, 63, 64, last write 70
    insns: [UOP, insn('ALU', { uop_end: 1, iter_out: 2, iter_in: 2, dst_factor_out: 2, dst_factor_in: 1, src_factor_in: 1 }), FINISH],
    cycles: [48, 71, 72],
  },
  {
    name: 'GEMM after ALU on the same accumulator waits until it is done',
    // ALU as above but one vector: passes 56, writes 62, done 63; GEMM is scanned and clear in 63: done 63 + 1 + 7
    insns: [UOP, insn('ALU', { uop_end: 1, use_imm: 1 }), insn('GEMM', { uop_end: 1 }), FINISH],
    cycles: [48, 63, 71, 72],
  },
  {
    name: 'two ALU instructions over the same interval run as one',
    // scanned 52 and 53: the first begins a chain in 52, the second joins in 53 (before 52 + 8 / 4); it starts in 54, vectors 55..62, last write 70
    insns: [
      UOP,
      insn('ALU', { uop_end: 1, iter_in: 8, dst_factor_in: 1, use_imm: 1, alu_opcode: 3 }),
      insn('ALU', { uop_end: 1, iter_in: 8, dst_factor_in: 1, use_imm: 1, alu_opcode: 1 }),
      FINISH,
    ],
    cycles: [48, 71, 72, 73],
  },
  {
    name: 'a chain does not wait long for the next instruction',
    // as above, but 52 + 4 / 4 is 53: the first starts alone, vectors 54..57, done 66; the second begins in 53 and starts in 57, but its
    // first vector passes the interlock 7 after the other's: 63, last write 72, done 73
    insns: [
      UOP,
      insn('ALU', { uop_end: 1, iter_in: 4, dst_factor_in: 1, use_imm: 1 }),
      insn('ALU', { uop_end: 1, iter_in: 4, dst_factor_in: 1, use_imm: 1 }),
      FINISH,
    ],
    cycles: [48, 66, 73, 74],
  },
  {
    name: 'a dense reset takes a row of four banks per cycle',
    // scanned and started 52, 16 elements in 4 steps, done 52 + 4 + 7
    insns: [UOP, insn('GEMM', { uop_end: 1, iter_in: 16, dst_factor_in: 1, reset_reg: 1 }), FINISH],
    cycles: [48, 63, 64],
  },
  {
    name: 'a store follows the ALU',
    // The beat of the micro-op follows those of fetch (20..29): 30, step 31, done 32. The c2s pointer passes the load in 32, the ALU in 33: token and guard are
    // seen in 34, the store is accepted. ALU: begins a chain in 36, starts 37, vectors 38..69, writes 46..77, done 78. The first burst reads 8 elements; the last
    // is written in 53, seen 54: AW put 54, W 58..73. The second burst's are written in 61, put 62: W 74..89, B 90, retired 91. Token seen 92, issue 92
    insns: [
      UOP,
      insn('ALU', { uop_end: 1, iter_in: 32, dst_factor_in: 1, use_imm: 1, push_next_dep: 1 }),
      { ...STORE, x_size: 16, x_stride: 16, pop_prev_dep: 1 },
      insn('LOAD', { pop_next_dep: 1 }),
      FINISH,
    ],
    cycles: [32, 78, 91, 93, 94],
  },
  {
    name: 'a c2l token does not wait for the ALU',
    // The c2l pointer passes the load in 25 and the ALU, visible in 27, in 27: token seen 28, accept 28, empty step 29, retired 30
    insns: [
      UOP,
      insn('ALU', { uop_end: 1, iter_in: 32, dst_factor_in: 1, use_imm: 1, push_prev_dep: 1 }),
      insn('LOAD', { memory_type: 2, pop_next_dep: 1, push_next_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1 }),
      FINISH,
    ],
    cycles: [32, 78, 30, 79, 80],
  },
  {
    name: 'a c2l token waits for GEMM',
    // GEMM starts 32, issues its last step in 36, is done 36 + 7 = 43. The pointer passes it in 37: token seen 38, accept 38, step 39, retired 40. Token seen
    // 41, issue 41; it retires behind GEMM
    insns: [
      UOP,
      insn('GEMM', { uop_end: 1, iter_in: 4, push_prev_dep: 1 }),
      insn('LOAD', { memory_type: 2, pop_next_dep: 1, push_next_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1 }),
      FINISH,
    ],
    cycles: [32, 43, 40, 44, 45],
  },
  {
    name: 'one store of two beats',
    // accept 24, AW put 25, handshake 26, read 27 and 28, W 29 and 30, B 31, retired 32; token seen 33
    insns: [STORE, insn('LOAD', { pop_next_dep: 1 }), FINISH],
    cycles: [32, 34, 35],
  },
];

describe.each(['event-driven', 'cycle-stepped'] as const)('timing contract, %s machine', (which) => {
  test.each(CASES)('$name', ({ insns, memory, cycles }) => {
    expect(retireCycles(which, c, place(insns, c), memory)).toEqual(cycles);
  });
});
