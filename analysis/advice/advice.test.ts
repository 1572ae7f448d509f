/** The critical path, the bounds and the losses of small programs, followed by hand; what-if measurements against direct runs. */
import { describe, expect, test } from 'vitest';
import type { LaunchRequest } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { recordInsns } from '../../tests/support/traces.js';
import { createCycle } from '#simulator/cycle/device';
import { place } from '#simulator/cycle/testing';
import { adviseLaunch, adviseRun, advised, type LaunchAdvice } from './advisor.js';
import { joinSteps, stepsWithin, stepText } from './listing.js';
import { EXPERIMENTS, WhatIf } from './what-if.js';
import { lossText } from './words.js';

const c = preset('default');
const FINISH = insn('FINISH');
const transfer = { dram_base: 0x100, y_size: 1, x_size: 1, x_stride: 1 };
const UOP = insn('LOAD', { memory_type: 0, ...transfer });
const load = (x_size: number, flags: Partial<Insn> = {}): Insn =>
  insn('LOAD', { memory_type: 2, ...transfer, x_size, x_stride: x_size, push_next_dep: 1, ...flags });
const gemm = (iter_in: number, flags: Partial<Insn> = {}): Insn => insn('GEMM', { uop_end: 1, iter_out: 1, iter_in, ...flags });
const store = (flags: Partial<Insn> = {}): Insn =>
  insn('STORE', { memory_type: 4, ...transfer, dram_base: 0x400, push_prev_dep: 1, ...flags });

const advise = async (insns: readonly Insn[], memory: Partial<MemorySettings> = {}): Promise<LaunchAdvice> =>
  adviseLaunch(await recordInsns(c, insns, memory));

/** Four tiles of 128 inputs (256 beats) and a GEMM of 200 steps, with `buffers` input buffers. */
function tiles(buffers: number): Insn[] {
  const body = [0, 1, 2, 3].flatMap((n) => [
    load(128, { sram_base: 128 * (n % 2), pop_next_dep: n >= buffers ? 1 : 0 } as Partial<Insn>),
    gemm(200, { pop_prev_dep: 1, push_prev_dep: 1 } as Partial<Insn>),
  ]);
  return [UOP, ...body, insn('LOAD', {}), FINISH];
}

const ofToken = (a: LaunchAdvice) =>
  a.path.steps.flatMap((s) => (s.token === null ? [] : [`${s.token.channel} ${s.token.from} ${s.insn}`]));

describe('the critical path', () => {
  test('of one load, GEMM and store goes through all of them', async () => {
    const a = await advise([
      UOP,
      load(64),
      gemm(50, { pop_prev_dep: 1, push_next_dep: 1 } as Partial<Insn>),
      store({ pop_prev_dep: 1 } as Partial<Insn>),
      insn('FINISH', { pop_next_dep: 1 }),
    ]);
    expect(ofToken(a)).toEqual(['l2c 1 2', 's2c 3 4']);
    // 50 micro-ops issue in 50 cycles: 49 from the first to the last
    expect(a.path.spent.mac).toBe(49);
    // fetch waits for the memory; the loads' data follow the instructions at once; the answer to the store
    expect(a.path.spent.latency).toBe(18 + 2);
    expect(a.path.spent.other).toBe(0);
    expect([a.bounds.mac, a.bounds.alu, a.bounds.read, a.bounds.write]).toEqual([50, 0, 10 + 1 + 128, 2]);
    expect(a.binds).toBe('tokens');
  });

  test('with one buffer goes from GEMM to load to GEMM; with two stays on the bus', async () => {
    const one = await advise(tiles(1));
    expect(ofToken(one)).toEqual(['l2c 1 2', 'c2l 2 3', 'l2c 3 4', 'c2l 4 5', 'l2c 5 6', 'c2l 6 7', 'l2c 7 8']);
    const two = await advise(tiles(2));
    expect(ofToken(two)).toEqual(['l2c 7 8']);
    expect(two.binds).toBe('read');
  });

  test('a step that a window cuts belongs to it, and joined steps are as long as their parts', async () => {
    const a = await advise(tiles(1));
    const joined = joinSteps(a.path.steps);
    expect(joined.length).toBeLessThan(a.path.steps.length);
    expect(joined.reduce((n, s) => n + s.to - s.from, 0)).toBe(a.cycles);
    for (const step of joined) {
      // its first and its last cycle are its own; the cycles on either side are its neighbours'
      expect(stepsWithin(joined, step.from + 1, step.to)).toEqual([step]);
      expect(stepsWithin(joined, step.to, step.to)).toEqual([step]);
    }
    const [first, second] = joined.slice(1);
    expect(stepsWithin(joined, first.to, first.to + 1)).toEqual([first, second]);
    expect(joined.map((s) => stepText(a, s)).filter((t) => t.includes('token'))).toContain('gets the c2l token of 2 gemm');
  });
});

describe('bounds', () => {
  test('a program in which nothing overlaps: tokens bind, to the cycle, from the first acceptance on', async () => {
    const wait = (flags: Partial<Insn>) => insn('LOAD', flags as object);
    const a = await advise([
      load(32),
      wait({ pop_prev_dep: 1, push_prev_dep: 1 } as Partial<Insn>),
      load(100, { pop_next_dep: 1 } as Partial<Insn>),
      wait({ pop_prev_dep: 1, push_prev_dep: 1 } as Partial<Insn>),
      load(1, { pop_next_dep: 1 } as Partial<Insn>),
      insn('FINISH', { pop_prev_dep: 1 }),
    ]);
    expect(a.bounds.tokens).toBe(a.cycles - a.launch.trace.insns.accepted[0]);
    // the beats but one of each load; 13 of the first one's are hidden: its data follow the instructions, without latency
    expect(a.bounds.tokens - a.bounds.latency).toBe(63 + 199 + 1 - 13);
  });

  test('an interval of 2 doubles what the bus costs', async () => {
    const fast = await advise(tiles(2));
    const slow = await advise(tiles(2), { interval: 2 });
    expect(slow.bounds.read).toBe(2 * fast.bounds.read);
    expect(slow.bounds.mac).toBe(fast.bounds.mac);
  });

  test('instructions in a chain are one pass of the ALU', async () => {
    const alu = (imm: number) =>
      insn('ALU', { alu_opcode: 2, use_imm: 1, imm, uop_end: 1, iter_out: 1, iter_in: 64, dst_factor_in: 1, src_factor_in: 1 });
    const a = await advise([UOP, alu(1), alu(2), alu(3), insn('FINISH')]);
    expect(a.bounds.alu).toBe(64);
  });
});

describe('losses', () => {
  test('a load that waits for its buffer is named, with who frees it', async () => {
    const a = await advise(tiles(1));
    const loss = a.losses.find((l) => l.kind === 'input buffer')!;
    expect([loss.times, loss.route]).toEqual([3, ['load.inp', 'l2c', 'gemm', 'c2l', 'load.inp']]);
    const text = lossText(loss, a);
    expect(text.insns.map((i) => [i.insn, i.text.split(' ')[0]])).toEqual([
      [3, 'load.inp'],
      [2, 'gemm'],
    ]);
    expect(text.advice).toContain('one more buffer');
    expect((await advise(tiles(2))).losses.some((l) => l.kind === 'input buffer')).toBe(false);
  });

  test('of a run: sums, and the largest first, with the launch that has it', async () => {
    const [small, large] = [await advise(tiles(2)), await advise(tiles(1))];
    const both = adviseRun([small, large]);
    expect(both.cycles).toBe(small.cycles + large.cycles);
    expect(both.bounds.mac).toBe(1600);
    expect(both.losses[0]).toEqual({ launch: 1, loss: large.losses[0] });
    expect(both.saved.width).toBeNull();
  });
});

const measureAll = async (what: WhatIf, request: LaunchRequest) => (await what.before(request))(new Set(EXPERIMENTS));

describe('what changes save is measured', () => {
  const cycles = async (insns: readonly Insn[], memory: Partial<MemorySettings> = {}): Promise<number> =>
    (await createCycle(c).launch({ ...place(insns, c), memory: { ...DEFAULT_MEMORY, ...memory } })).cycles;

  test('another memory: as if run on it', async () => {
    const measured = await measureAll(new WhatIf(c), place(tiles(1), c));
    expect(measured.width).toBe(await cycles(tiles(1), { width: 128 }));
    expect(measured.latency).toBe(await cycles(tiles(1), { latency: 1 }));
    expect(await measureAll(new WhatIf(c, { ...DEFAULT_MEMORY, width: 512, latency: 1 }), place(tiles(1), c))).toMatchObject({
      width: null,
      latency: null,
    });
  });

  test('one more input buffer: as the program that was written with two', async () => {
    const [one, two] = [await cycles(tiles(1)), await cycles(tiles(2))];
    expect(two).toBeLessThan(one - 300);
    const measured = (await measureAll(new WhatIf(c), place(tiles(1), c)))['input buffer']!;
    // the instruction that brings the token costs a few cycles
    expect(measured - two).toBeGreaterThanOrEqual(0);
    expect(measured - two).toBeLessThan(10);
  });

  test('one more output buffer: compute is one tile further ahead of stores', async () => {
    const tile = (n: number) => [
      gemm(100, { push_next_dep: 1, pop_next_dep: n === 0 ? 0 : 1 } as Partial<Insn>),
      store({ x_size: 64, x_stride: 64, pop_prev_dep: 1, sram_base: 100 * (n + 1) } as Partial<Insn>),
    ];
    const program = [UOP, ...[0, 1, 2].flatMap(tile), insn('FINISH', { pop_next_dep: 1 })];
    const before = await cycles(program);
    const measured = (await measureAll(new WhatIf(c), place(program, c)))['output buffer']!;
    // stores follow one another without the way from the end of one through compute to the next
    expect(before - measured).toBeGreaterThan(10);
  });

  test('only what bears on the largest losses, and that is the same', async () => {
    const advice: LaunchAdvice[] = [];
    for (const whatIf of ['all', 3, 0] as const) {
      const device = advised(createCycle(c), { whatIf, nameOf: () => 'tiles', onAdvice: (a) => advice.push(a) });
      await device.launch(place(tiles(1), c));
    }
    const [all, largest, none] = advice;
    expect(largest.losses.slice(0, 3).map((l) => l.kind)).toContain('input buffer');
    expect(largest.losses.slice(0, 3).map((l) => l.kind)).not.toContain('output buffer');
    expect(largest.measured).toEqual({ ...all.measured, 'output buffer': null });
    expect(none.measured).toEqual({ ...all.measured, 'input buffer': null, 'output buffer': null, 'both buffers': null });
    for (const loss of all.losses.slice(0, 3)) expect(lossText(loss, largest)).toEqual(lossText(loss, all));
  });

  test('a program that cannot run with the change has no answer', async () => {
    const measured = await measureAll(new WhatIf(c), place([load(1, { push_next_dep: 0 } as Partial<Insn>), FINISH], c));
    expect(Object.values(measured)).toEqual([null, null, null, null, null]);
  });
});
