/** Programs that repeat themselves are not simulated to their end, and nobody can tell. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Retire } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { encodeProgram, insn } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { createFunctional } from '../functional/device.js';
import { createCycle } from './device.js';
import { randomLoop } from './random-program.js';
import type { Machine } from './machine.js';
import { Recurrence } from './recurrence.js';
import { StateNote, StateShift } from './state-walk.js';
import { place, retireCycles } from './testing.js';

const base = preset('default').keys;
const CONFIGS: readonly VtaConfig[] = [
  preset('default'),
  preset('mac64'),
  defineConfig({ ...base, LOG_BATCH: 1 }, 'batch 2'),
  defineConfig({ ...base, LOG_BLOCK: 2, LOG_ACC_BUFF_SIZE: 8, LOG_INP_BUFF_SIZE: 8, LOG_WGT_BUFF_SIZE: 8, LOG_UOP_BUFF_SIZE: 8 }, 'tiny'),
];

const memoryOf = (seed: number): MemorySettings => ({
  ...DEFAULT_MEMORY,
  width: ([64, 128, 256, 512] as const)[(seed >> 2) % 4],
  latency: [18, 1, 40, 5, 300][(seed >> 3) % 5],
  interval: [1, 1, 2, 5][(seed >> 1) % 4],
});

afterEach(() => {
  vi.restoreAllMocks();
});
const watch = () => vi.spyOn(Recurrence.prototype, 'mark');
const skipped = (mark: ReturnType<typeof watch>) => mark.mock.results.reduce((sum, r) => sum + Number(r.value), 0);

describe('random loops', () => {
  test.each(CONFIGS.map((config, i) => ({ name: config.name, config, i })))('$name', ({ config, i }) => {
    const mark = watch();
    for (let seed = 1; seed <= 10; seed++) {
      const body = [2, 4, 8, 12][seed % 4];
      const program = randomLoop(config, seed * 31 + i, body, Math.ceil(900 / (body + 4)));
      const memory = memoryOf(seed * 5 + i);
      const what = `seed ${seed * 31 + i}, ${JSON.stringify(memory)}`;
      expect(retireCycles('event-driven', config, program, memory), what).toEqual(retireCycles('cycle-stepped', config, program, memory));
    }
    expect(skipped(mark)).toBeGreaterThan(0);
  });
});

/** Moves a machine's state on by some cycles, at the same instructions. */
function moveOn(machine: Machine, t: number, cycles: number): void {
  const noted = new StateNote();
  noted.begin({ cycle: t, index: machine.fetch.next, past: 0 });
  machine.settle(t);
  machine.visit(noted);
  machine.visit(new StateShift(machine.insns, noted, 1, cycles, 0));
}

const config = preset('default');
const OUT = 0x20000;
/** Loads, resets and stores the same tiles again and again; the last store of each tile goes `on` elements further. */
function tiles(count: number, on: number, uops = 0x1000): { dram: Uint8Array; insnAddr: number; insnCount: number } {
  const one = { y_size: 1, x_size: 16, x_stride: 16 };
  const insns: Insn[] = [insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: uops / 4, y_size: 1, x_size: 1, x_stride: 1 })];
  for (let n = 0; n < count; n++) {
    insns.push(
      insn('LOAD', { memory_type: MEMORY_TYPES.ACC.code, dram_base: 0x4000 / config.accBytes + n, ...one, pop_next_dep: n > 0 ? 1 : 0 }),
      insn('ALU', { uop_end: 1, iter_out: 1, iter_in: 16, dst_factor_in: 1, use_imm: 1, imm: n % 5, push_next_dep: 1 }),
      insn('STORE', {
        memory_type: MEMORY_TYPES.OUT.code,
        dram_base: OUT / config.outBytes + n * on,
        ...one,
        pop_prev_dep: 1,
        push_prev_dep: 1,
      }),
      insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: uops / 4, y_size: 1, x_size: 1, x_stride: 1 }),
    );
  }
  insns.push(insn('FINISH', { pop_next_dep: 1 }));
  const dram = new Uint8Array(0x80000).map((_, i) => (i < 0x1010 ? 0 : i * 7));
  dram.set(encodeProgram(insns, config), 0x60000);
  return { dram, insnAddr: 0x60000, insnCount: insns.length };
}

describe('a machine that is moved on in time, with all that is under way', () => {
  const LATER = 12_345;
  const load = insn('LOAD', { memory_type: MEMORY_TYPES.INP.code, dram_base: 0x4000 / config.inpBytes, y_size: 1, x_size: 1, x_stride: 1 });
  const end = [insn('LOAD', { memory_type: MEMORY_TYPES.INP.code, push_next_dep: 1 }), insn('LOAD', { pop_prev_dep: 1 }), insn('FINISH')];
  const PROGRAMS = [
    ...CONFIGS.flatMap((c, i) => [2, 8, 12].map((body) => ({ c, program: randomLoop(c, 77 * body + i, body, 30) }))),
    { c: config, program: place([...new Array<Insn>(200).fill(load), ...end], config) },
  ];

  test.each(PROGRAMS.map((p, i) => ({ ...p, i })))('program $i does then what it would have done, later', ({ c, program, i }) => {
    for (const latency of [18, 150]) {
      const memory = { ...memoryOf(i), latency };
      vi.spyOn(Recurrence.prototype, 'mark').mockReturnValue(0);
      const want = retireCycles('event-driven', c, program, memory);
      for (const at of [1, 2, 6, 15, 40]) {
        let moved = Number.POSITIVE_INFINITY;
        let marks = 0;
        vi.spyOn(Recurrence.prototype, 'mark').mockImplementation(function (this: Recurrence, t: number) {
          if (++marks !== at) return 0;
          moved = t;
          moveOn((this as unknown as { machine: Machine }).machine, t, LATER);
          return LATER;
        });
        const got = retireCycles('event-driven', c, program, memory);
        const shifted = want.map((cycle) => (cycle < moved ? cycle : cycle + LATER));
        expect(got, `latency ${latency}, moved in cycle ${moved}`).toEqual(shifted);
        if (marks < at) break;
      }
    }
  });
});

test('values and write hashes are those of the functional simulator', async () => {
  const mark = watch();
  const program = tiles(400, 16);
  const run = async (device: ReturnType<typeof createFunctional>) => {
    const dram = program.dram.slice();
    const hashes: number[] = [];
    const onRetire = (r: Retire) => void (hashes[r.insn] = r.hash >>> 0);
    const { counters } = await device.launch({ ...program, dram, hashes: true, onRetire });
    return { dram, hashes, counters };
  };
  expect(await run(createCycle(config))).toEqual(await run(createFunctional(config)));
  expect(skipped(mark)).toBeGreaterThan(0);
});

test('how much the engines worked', async () => {
  const program = tiles(400, 16);
  const busy = async () => (await createCycle(config, { timingOnly: true }).launch(program)).busy;
  const jumping = await busy();
  vi.spyOn(Recurrence, 'of').mockReturnValue(null);
  expect(jumping).toEqual(await busy());
});

test('not where a store may change the micro-ops that are loaded, memory stalls, or a trace is recorded', async () => {
  const mark = watch();
  const launch = (request: object, program = tiles(60, 16)) => createCycle(config).launch({ ...program, ...request });
  await launch({}, tiles(60, 0, OUT));
  await launch({ memory: { ...DEFAULT_MEMORY, stall: 40 } });
  await launch({ trace: true });
  expect(mark).not.toHaveBeenCalled();
  await launch({});
  expect(mark).toHaveBeenCalled();
});
