/** Accounts of small programs, followed by hand from docs/reference/timing.md as in simulator/cycle/contract.test.ts. */
import { describe, expect, test } from 'vitest';
import type { MemorySettings } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import type { Account } from './accounts.js';
import { sumAccounts } from './accounts.js';
import { STATES, UNIT_IDS, type UnitId } from './spans.js';
import { recordInsns } from '../../tests/support/traces.js';
import { cycleAccounts } from './timeline.js';

const c = preset('default');
const FINISH = insn('FINISH');
const UOP = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 });
const INP = insn('LOAD', { memory_type: 2, dram_base: 0x2000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_next_dep: 1 });
const VECTORS = insn('ALU', { alu_opcode: 2, imm: 1, uop_end: 1, iter_in: 16, dst_factor_in: 1, use_imm: 1 });
const STORE = insn('STORE', { memory_type: 4, dram_base: 0x3000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_prev_dep: 1 });

interface Case {
  readonly name: string;
  readonly insns: readonly Insn[];
  readonly memory?: Partial<MemorySettings>;
  readonly cycles: number;
  readonly units: Partial<Record<UnitId, Partial<Account>>>;
}

const CASES: readonly Case[] = [
  {
    // dispatched 23, 25, 27; load: taken 24, AR 28, beat 46, step 47; GEMM: taken 26, micro-ops 49..52; FINISH retires 60
    name: 'one GEMM behind its micro-op load',
    insns: [UOP, insn('GEMM', { uop_end: 1, iter_in: 4 }), FINISH],
    cycles: 60,
    units: {
      fetch: { busy: 3, memory: 25, idle: 32 },
      load: { idle: 60 },
      loader: { queue: 25, memory: 22, busy: 1, idle: 12 },
      gemm: { queue: 27, hazard: 22, busy: 4, idle: 7 },
      alu: { idle: 60 },
      store: { idle: 60 },
      read: { idle: 17, memory: 36, busy: 7 },
      write: { idle: 60 },
    },
  },
  {
    // INP: taken 24, AR 27 behind the last fetch beat: beats 28 and 29, steps 29 and 30, retired 31. UOP: there from 26, its token is seen in 32,
    // AR 36, beat 54, step 55, done 56. GEMM: there from 28, taken 33, micro-op 57. FINISH retires 65
    name: 'a token holds up compute, also what is behind',
    insns: [INP, { ...UOP, pop_prev_dep: 1 } as Insn, insn('GEMM', { uop_end: 1 }), FINISH],
    cycles: 65,
    units: {
      load: { queue: 25, memory: 4, busy: 2, idle: 34 },
      loader: { queue: 27, token: 6, memory: 22, busy: 1, idle: 9 },
      gemm: { queue: 30, token: 4, hazard: 23, busy: 1, idle: 7 },
    },
  },
  {
    // micro-op there 48, scanned 52, begins and starts in 52 and 53; vectors pass the interlock in 56, 63, 70, 77, so they leave the sequencer in 54, 55, 56 and,
    // when it moves again, 63
    name: 'an ALU instruction that depends on itself waits at its interlock',
    insns: [UOP, insn('ALU', { uop_end: 1, iter_in: 4, use_imm: 1 }), FINISH],
    cycles: 85,
    units: { alu: { queue: 27, hazard: 33, busy: 4, idle: 21 } },
  },
  {
    // the first begins a chain in 52, the second is scanned and joins in 53, nobody else comes: it starts in 54, 16 vectors from 55 on, done 79
    name: 'ALU instructions that run in one pass are one piece of work',
    insns: [UOP, VECTORS, VECTORS, FINISH],
    cycles: 81,
    units: { alu: { queue: 27, hazard: 28, busy: 16, idle: 10 } },
  },
  {
    // a beat of the program every 3 cycles; store: there and taken 26, AW 28, W 31 and 34, retired 36
    name: 'a store on a bus of a third',
    insns: [STORE, insn('LOAD', { pop_next_dep: 1 }), FINISH],
    memory: { interval: 3 },
    cycles: 39,
    units: { store: { queue: 27, memory: 6, busy: 2, idle: 4 }, write: { idle: 32, memory: 5, busy: 2 } },
  },
];

const sum = (a: Partial<Account>) => Object.values(a).reduce((x, y) => x + y, 0);

test.each(CASES)('$name', async ({ insns, memory, cycles, units }) => {
  const accounts = cycleAccounts(await recordInsns(c, insns, memory));
  expect(accounts.cycles).toBe(cycles);
  for (const [id, expected] of Object.entries(units) as [UnitId, Partial<Account>][]) {
    expect(sum(expected), `${id} of the test itself`).toBe(cycles);
    const is = Object.fromEntries(STATES.filter((s) => accounts.units[id][s] !== 0).map((s) => [s, accounts.units[id][s]]));
    expect(is, id).toEqual(expected);
  }
});

test('fetch waits for a full queue', async () => {
  // 480 steps of padding each, and then one of two cycles for each load: at 512 bits fetch brings a chunk of 16 instructions in some 40 cycles
  const slow = insn('LOAD', { memory_type: 2, y_pad_0: 15, y_pad_1: 15, x_size: 16 });
  const insns = [
    ...new Array<Insn>(4).fill(slow),
    ...new Array<Insn>(1000).fill(insn('LOAD', { memory_type: 2 })),
    insn('LOAD', { memory_type: 2, push_next_dep: 1 }),
  ];
  insns.push(insn('LOAD', { pop_prev_dep: 1 }), FINISH);
  const { fetch, loader } = cycleAccounts(await recordInsns(c, insns, { width: 512 })).units;
  expect(fetch.queue).toBeGreaterThan(100);
  expect(fetch.busy).toBe(insns.length);
  expect(loader.idle).toBe(sum(loader));
});

describe('several launches', () => {
  test('are summed', async () => {
    const one = cycleAccounts(await recordInsns(c, CASES[0].insns));
    const two = cycleAccounts(await recordInsns(c, CASES[1].insns));
    const both = sumAccounts([one, two]);
    expect(both.cycles).toBe(125);
    for (const id of UNIT_IDS) expect(sum(both.units[id])).toBe(125);
    expect(both.units.gemm).toEqual({ busy: 5, token: 4, memory: 0, hazard: 45, queue: 57, idle: 14 });
  });
});
