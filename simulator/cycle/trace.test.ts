/** What a trace records, followed by hand from docs/reference/timing.md (Trace); agree.test.ts compares it on random programs. */
import { describe, expect, test } from 'vitest';
import type { MemorySettings } from '#isa/arch/memory';
import type { BurstTimes, Trace } from '#isa/arch/trace';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { createCycle } from './device.js';
import { place, traceOf } from './testing.js';

const c = preset('default');
const FINISH = insn('FINISH');
const UOP = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 });
const INP = insn('LOAD', { memory_type: 2, dram_base: 0x2000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_next_dep: 1 });
const STORE = insn('STORE', { memory_type: 4, dram_base: 0x3000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_prev_dep: 1 });

/** Queued, accepted, started, finished, retired of an instruction. */
const life = ({ insns: i }: Trace, n: number) => [i.queued[n], i.accepted[n], i.started[n], i.finished[n], i.retired[n]];
/** Client, beats, handshake, first and last transfer of each burst. */
const rows = (b: BurstTimes) => Array.from({ length: b.count }, (_, n) => [b.client[n], b.beats[n], b.handshake[n], b.first[n], b.last[n]]);

interface Case {
  readonly name: string;
  readonly insns: readonly Insn[];
  readonly memory?: Partial<MemorySettings>;
  readonly lives?: readonly (readonly number[])[];
  readonly bursts?: readonly (readonly number[])[];
}

const CASES: readonly Case[] = [
  {
    name: 'load, nop, finish: bursts of fetch and load',
    insns: [INP, insn('LOAD', { pop_prev_dep: 1 }), FINISH],
    lives: [
      [24, 24, 46, 47, 48],
      [26, 49, -1, -1, 50],
      [28, 50, -1, -1, 51],
    ],
    bursts: [
      [0, 6, 2, 20, 25],
      [2, 2, 27, 45, 46],
    ],
  },
  {
    name: 'an empty load takes one step, padding a step per element',
    insns: [
      insn('LOAD', { memory_type: 2 }),
      insn('LOAD', { memory_type: 2, x_size: 3, y_pad_0: 2, push_next_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1 }),
      FINISH,
    ],
    lives: [
      [24, 24, 25, 25, 26],
      [26, 26, 27, 32, 33],
      [28, 34, -1, -1, 35],
      [30, 35, -1, -1, 36],
    ],
  },
  {
    name: 'GEMM and ALU behind their micro-ops: issue cycles, not writes',
    insns: [UOP, insn('GEMM', { uop_end: 1, iter_in: 4 }), insn('ALU', { uop_end: 1, iter_in: 4, use_imm: 1 }), FINISH],
    lives: [
      [24, 24, 47, 47, 48],
      // starts 48, micro-ops 49..52, writes 55..58, done 59
      [26, 26, 49, 52, 59],
      // scanned from 53 on, conflicts with GEMM until 59: begins a chain in 59, starts 60. Vector 0 issues 61, 1 in 62, 2 in 63 (front is then full: 0
      // passed the interlock in 63, 1 waits until 70); 3 issues when 1 passes, 70. Passed: 63, 70, 77, 84; written 90, done 91
      [28, 28, 61, 70, 91],
      [30, 30, -1, -1, 92],
    ],
  },
  {
    name: 'members of a chain share its vectors; rows of a dense reset',
    insns: [
      UOP,
      insn('ALU', { uop_end: 1, iter_in: 8, dst_factor_in: 1, use_imm: 1 }),
      insn('ALU', { uop_end: 1, iter_in: 8, dst_factor_in: 1, use_imm: 1 }),
      insn('GEMM', { uop_end: 1, iter_in: 16, dst_factor_in: 1, reset_reg: 1 }),
      FINISH,
    ],
    lives: [
      [24, 24, 31, 31, 32],
      // scanned 36 and 37; the chain begins in 36 and starts in 38
      [26, 26, 39, 46, 55],
      [28, 28, 39, 46, 56],
      // clear of the chain in 55: four rows, done 55 + 4 + 7
      [30, 30, 56, 59, 66],
      [32, 32, -1, -1, 67],
    ],
  },
  {
    name: 'fetch rests while both queues hold work and some is under way',
    // The load is accepted 24, its request put 25, handshaken 27; its beats follow those of fetch. Behind it wait two more, and those of compute. The third chunk
    // could be requested in 53, but the load's last step is in 86: put 87, handshake 89
    insns: [
      INP,
      insn('LOAD', { memory_type: 2, pop_next_dep: 1 }),
      insn('LOAD', { memory_type: 2, pop_next_dep: 1, push_next_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1, push_prev_dep: 1 }),
      insn('LOAD', { push_prev_dep: 1 }),
      ...new Array<Insn>(41).fill(insn('LOAD')),
      insn('LOAD', { pop_prev_dep: 1 }),
      FINISH,
    ],
    bursts: [
      [0, 32, 2, 20, 51],
      [0, 32, 3, 52, 83],
      [2, 2, 27, 84, 85],
      [0, 32, 89, 107, 138],
    ],
  },
  {
    name: 'a store from its AW handshake to its last W beat',
    insns: [STORE, insn('LOAD', { pop_next_dep: 1 }), FINISH],
    lives: [
      [24, 24, 26, 30, 32],
      [26, 33, -1, -1, 34],
      [28, 34, -1, -1, 35],
    ],
    bursts: [
      [0, 6, 2, 20, 25],
      [3, 2, 26, 29, 30],
    ],
  },
  {
    name: 'a store without data',
    insns: [{ ...STORE, y_size: 0 }, insn('LOAD', { pop_next_dep: 1 }), FINISH],
    lives: [
      [24, 24, -1, -1, 26],
      [26, 27, -1, -1, 28],
      [28, 28, -1, -1, 29],
    ],
  },
];

describe.each(['event-driven', 'cycle-stepped'] as const)('trace, %s machine', (which) => {
  test.each(CASES)('$name', ({ insns, memory, lives, bursts }) => {
    const trace = traceOf(which, c, place(insns, c), memory);
    if (lives !== undefined) expect(insns.map((_, n) => life(trace, n))).toEqual(lives);
    if (bursts !== undefined) expect(rows(trace.bursts)).toEqual(bursts);
    expect(trace.cycles).toBe(trace.insns.retired[insns.length - 1]);
  });
});

test('the device records only when asked', async () => {
  const program = place([INP, insn('LOAD', { pop_prev_dep: 1 }), FINISH], c);
  const device = createCycle(c);
  expect((await device.launch(program)).trace).toBeUndefined();
  const { trace, cycles } = await device.launch({ ...program, trace: true });
  expect(trace).toEqual(traceOf('cycle-stepped', c, program));
  expect(trace?.cycles).toBe(cycles);
});
