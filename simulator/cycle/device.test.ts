import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Retire } from '#isa/arch/device';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import { createFunctional } from '../functional/device.js';
import { parseVector, runVector } from '../vector/vector.js';
import { createCycle } from './device.js';
import { place } from './testing.js';

const c = preset('default');
const FINISH = insn('FINISH');

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return 'no error';
  } catch (e) {
    if (e instanceof VtaError) return e.code;
    throw e;
  }
}

describe('errors are those of the functional simulator', () => {
  const beyond = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 });
  const programs: readonly (readonly [string, string, readonly Insn[]])[] = [
    ['no FINISH', 'VTA1202', [insn('LOAD')]],
    ['deadlock', 'VTA1201', [insn('LOAD', { pop_prev_dep: 1 }), FINISH]],
    ['unknown memory type', 'VTA1205', [insn('LOAD', { memory_type: 7, x_size: 1, y_size: 1 }), FINISH]],
    ['scratchpad range', 'VTA1203', [insn('LOAD', { memory_type: 3, sram_base: 2048, x_size: 1, y_size: 1 }), FINISH]],
    ['an index that only execution knows', 'VTA1203', [beyond, insn('GEMM', { uop_end: 1, iter_in: 3000, dst_factor_in: 1 }), FINISH]],
    ['DRAM range', 'VTA1204', [insn('LOAD', { memory_type: 2, dram_base: 0x7fffff, x_size: 1, y_size: 1 }), FINISH]],
  ];
  test.each(programs)('%s: %s', async (_, code, insns) => {
    expect(await codeOf(createFunctional(c).launch(place(insns, c)))).toBe(code);
    expect(await codeOf(createCycle(c).launch(place(insns, c)))).toBe(code);
  });

  test('a program that needs a deeper command queue', async () => {
    const waiting = insn('LOAD', { memory_type: 2, pop_next_dep: 1 });
    const filler = new Array<Insn>(600).fill(insn('LOAD', { memory_type: 2 }));
    const end = [
      insn('LOAD', { push_prev_dep: 1 }),
      insn('LOAD', { memory_type: 2, push_next_dep: 1 }),
      insn('LOAD', { pop_prev_dep: 1 }),
      FINISH,
    ];
    const program = place([waiting, ...filler, ...end], c);
    expect((await createFunctional(c).launch(program)).counters.insns).toBe(program.insnCount);
    await expect(createCycle(c).launch(program)).rejects.toThrow(
      'VTA4050: instruction 512 does not fit in the command queue of load, and nothing can go on: load waits at instruction 0 for a token (c2l)',
    );
  });
});

describe('device', () => {
  const chain = [
    insn('LOAD', { memory_type: 2, push_next_dep: 1 }),
    insn('LOAD', { pop_prev_dep: 1, push_next_dep: 1 }),
    insn('STORE', { pop_prev_dep: 1, push_prev_dep: 1 }),
    insn('LOAD', { pop_next_dep: 1 }),
    FINISH,
  ];

  test('records carry unit, instruction and cycle, each unit in order', async () => {
    const records: Retire[] = [];
    const result = await createCycle(c).launch({ ...place(chain, c), onRetire: (r) => records.push(r) });
    expect(records.map((r) => [r.unit, r.insn])).toEqual([
      ['load', 0],
      ['compute', 1],
      ['store', 2],
      ['compute', 3],
      ['compute', 4],
    ]);
    expect(result.cycles).toBe(records[4].cycle);
    expect(result.counters.insns).toBe(5);
  });

  test('tokens left over stay until reset', async () => {
    const device = createCycle(c);
    const give = place(
      [
        insn('LOAD', { memory_type: 2, push_next_dep: 1 }),
        insn('LOAD', { memory_type: 2, push_next_dep: 1 }),
        insn('LOAD', { pop_prev_dep: 1 }),
        insn('LOAD', { pop_prev_dep: 1, push_next_dep: 1 }),
        FINISH,
      ],
      c,
    );
    const take = place([insn('STORE', { pop_prev_dep: 1, push_prev_dep: 1 }), insn('LOAD', { pop_next_dep: 1 }), FINISH], c);
    await device.launch(give);
    expect((await device.launch(take)).counters.insns).toBe(take.insnCount);
    device.reset();
    expect(await codeOf(device.launch(take))).toBe('VTA1201');
  });

  test('without values the cycles are the same', async () => {
    const program = place(
      [
        insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 }),
        insn('GEMM', { uop_end: 1, iter_in: 100, dst_factor_in: 1 }),
        insn('ALU', { uop_end: 1, iter_in: 100, dst_factor_in: 1, use_imm: 1 }),
        FINISH,
      ],
      c,
    );
    const [full, fast] = [await createCycle(c).launch(program), await createCycle(c, { timingOnly: true }).launch(program)];
    expect(fast.cycles).toBe(full.cycles);
    expect(full.busy).toEqual({ gemm: 100, alu: 100, readBeats: 4 * 2 + 1, writeBeats: 0 });
    expect(fast.busy).toEqual(full.busy);
  });
});

const shared = new URL('../../../shared/conformance/', import.meta.url);
const present = existsSync(shared);
const vectors = present
  ? ['public', 'official_testlib', 'standalone'].flatMap((set) =>
      readdirSync(new URL(`${set}/`, shared))
        .filter((n) => !n.includes('.'))
        .map((n) => `${set}/${n}`),
    )
  : [];
describe.skipIf(!present)('golden vectors: values', () => {
  test.each(['public', 'official_testlib', 'standalone'])('%s', async (set) => {
    const mine = vectors.filter((v) => v.startsWith(`${set}/`));
    expect(mine.length).toBeGreaterThan(5);
    for (const path of mine) {
      const at = (file: string) => new URL(`${path}/${file}`, shared);
      const files = Object.fromEntries(['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(readFileSync(at(f)))]));
      const vector = parseVector(JSON.parse(readFileSync(at('vector.json'), 'utf8')), files);
      const result = await runVector(createCycle(vector.config), vector);
      expect(result, path).toMatchObject({ match: true, error: null });
    }
  });
});
