/**
 * What the constants of docs/reference/timing.md do, in cycles worked out by hand: a machine with another depth or distance differs here, also where both simulators
 * take the constant from the same table.
 */
import { describe, expect, test } from 'vitest';
import { encodeUop, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { place, retireCycles } from './testing.js';

const c = preset('default');
const FINISH = insn('FINISH');
const UOP = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 });

describe.each(['event-driven', 'cycle-stepped'] as const)('%s machine', (which) => {
  // Iterations of the outer loop write the same accumulators again. A vector passes the interlock 7 or more cycles after the last one that wrote its accumulator.
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('AluRaw: an accumulator written again %i vectors later', (distance) => {
    const rounds = 5;
    const alu = insn('ALU', { uop_end: 1, iter_out: rounds, iter_in: distance, dst_factor_in: 1, use_imm: 1, alu_opcode: 2 });
    const [, done] = retireCycles(which, c, place([UOP, alu, FINISH], c), {});
    // Scanned in 52, alone: the first vector passes in 56 (contract.test.ts), and without waiting one passes per cycle.
    const last = 56 + (rounds - 1) * Math.max(7, distance) + distance - 1;
    expect(done).toBe(last + 6 + 1);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('AluRaw: an accumulator written again by the micro-op %i vectors later', (distance) => {
    const rounds = 5;
    const load = { ...UOP, x_size: distance, x_stride: distance };
    const alu = insn('ALU', { uop_end: distance, iter_out: 1, iter_in: rounds, use_imm: 1, alu_opcode: 2 });
    const program = place([load, alu, FINISH], c);
    const words = new Uint32Array(program.dram.buffer, 0x2000, distance);
    words.set(Array.from({ length: distance }, (_, dst_idx) => encodeUop({ dst_idx, src_idx: 0, wgt_idx: 0 }, c)));
    const [loaded, done] = retireCycles(which, c, program, {});
    // Scanned a micro-op per cycle, 3 cycles later; from there on as above.
    const last = loaded + distance + 3 + 4 + (rounds - 1) * Math.max(7, distance) + distance - 1;
    expect(done).toBe(last + 6 + 1);
  });

  test('StoreInsns: eight stores are between their last burst and retirement', () => {
    // The first store has 16 beats of 12 cycles each. Behind it every other store is without data, and enters the completion queue 2 cycles after the one before.
    const slow = insn('STORE', { memory_type: 4, dram_base: 0x3000 / 16, y_size: 1, x_size: 64, x_stride: 64 });
    const empty: readonly Insn[] = new Array<Insn>(18).fill(insn('STORE', { memory_type: 4 }));
    const last = insn('STORE', { memory_type: 4, push_prev_dep: 1 });
    const cycles = retireCycles(which, c, place([slow, ...empty, last, insn('LOAD', { pop_next_dep: 1 }), FINISH], c), {
      width: 512,
      interval: 12,
    }).slice(0, 20);
    const after = cycles.map((cycle) => cycle - cycles[0]);
    // Seven wait in the queue, and retire one per cycle. The ninth enters when the first has retired, 1 later; the others 2 cycles apart, each to retire in the next cycle or behind the one before.
    const want = after.map((_, n) => (n < 8 ? n : Math.max(n, 2 + 2 * (n - 8))));
    expect(after).toEqual(want);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'AluRaw beside a GEMM, whose writes hold the ALU up now and then: written again %i vectors later',
  (distance) => {
    // Of each iteration only the last but one micro-op writes what an earlier one wrote.
    const count = distance + 2;
    const load = { ...UOP, x_size: count + 1, x_stride: count + 1 };
    const gemm = insn('GEMM', { uop_bgn: count, uop_end: count + 1, iter_in: 300, dst_factor_in: 1 });
    const alu = insn('ALU', { uop_end: count, iter_out: 1, iter_in: 30, dst_factor_in: count, use_imm: 1, alu_opcode: 2 });
    const program = place([load, gemm, alu, FINISH], c);
    const dsts = [...Array.from({ length: count }, (_, k) => (k === distance ? 0 : k)), 512];
    new Uint32Array(program.dram.buffer, 0x2000, count + 1).set(dsts.map((dst_idx) => encodeUop({ dst_idx, src_idx: 0, wgt_idx: 0 }, c)));
    expect(retireCycles('event-driven', c, program)).toEqual(retireCycles('cycle-stepped', c, program));
  },
);
