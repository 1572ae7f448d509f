/** A machine without values: each of its figures is that of the machine with values, or there is none. */
import { describe, expect, test } from 'vitest';
import type { Counters, Device } from '#isa/arch/device';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import { serial, testProgram, uops } from '../../tests/support/programs.js';
import { createChisel } from '../chisel/device.js';
import { createFunctional } from '../functional/device.js';
import type { FuzzCase } from '#fuzz/case';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { mutateCase } from '#fuzz/mutate';
import { createReference } from '#fuzz/reference-device';
import { createCycleStepped } from './reference/device.js';
import { Random } from '#fuzz/random';
import { randomConfig } from '#fuzz/random-config';
import { randomMemory } from '#fuzz/random-memory';
import { type CycleDevice, createCycle } from './device.js';

interface Figures {
  readonly cycles: number | null;
  readonly counters: Counters;
  readonly busy?: object;
}
/** What a machine says of every launch: figures, or the code of the diagnostic that ended the case. */
async function figures(device: Device | CycleDevice, c: FuzzCase): Promise<(Figures | string)[]> {
  const dram = c.dram.slice();
  const out: (Figures | string)[] = [];
  for (const launch of c.launches) {
    try {
      const { cycles, counters, ...rest } = await device.launch({ ...launch, dram, memory: c.memory });
      out.push({ cycles, counters, ...('busy' in rest ? { busy: rest.busy as object } : {}) });
    } catch (error) {
      if (!(error instanceof VtaError)) throw error;
      out.push(error.code);
      break;
    }
  }
  return out;
}

const countersOf = (list: readonly (Figures | string)[]) => list.map((f) => (typeof f === 'string' ? f : f.counters));

const SEEDS = Array.from({ length: 90 }, (_, n) => n + 1);
const caseOf = (seed: number): FuzzCase => {
  const r = Random.of(31, seed);
  const config = seed % 5 === 0 ? preset('default') : randomConfig(r);
  return legalCase(`timing-${seed}`, config, randomMemory(r), r, 60, SMALL_BUDGET);
};

describe('random programs', () => {
  test('cycles, counters and busy are those of the machine with values', async () => {
    let refused = 0;
    for (const c of SEEDS.map(caseOf)) {
      const [full, fast] = [await figures(createCycle(c.config), c), await figures(createCycle(c.config, { timingOnly: true }), c)];
      if (fast.includes('VTA4051')) refused++;
      else expect(fast, c.name).toEqual(full);
    }
    expect(refused).toBeLessThan(SEEDS.length / 10);
  }, 60_000);

  test('every machine counts what a machine counts that adds up instruction by instruction', async () => {
    let original = 0;
    for (const c of SEEDS.filter((n) => n % 3 === 0 || n % 5 === 0).map(caseOf)) {
      const counted = countersOf(await figures(createReference(c.config, Random.of(1, 1)), c));
      const machines = [createFunctional(c.config), createCycle(c.config), createCycleStepped(c.config)];
      for (const device of machines) expect(countersOf(await figures(device, c)), c.name).toEqual(counted);
      if (c.config.fingerprint !== preset('default').fingerprint) continue;
      const chisel = countersOf(await figures(createChisel(c.config), { ...c, memory: { ...c.memory, width: 64, interval: 1, stall: 0 } }));
      const finished = chisel.filter((f) => typeof f !== 'string');
      original += finished.length;
      expect(finished, c.name).toEqual(counted.slice(0, finished.length));
    }
    expect(original).toBeGreaterThan(0);
  }, 60_000);

  test('a program without a defined result has no time: the diagnostic is the same', async () => {
    const codes = new Map<string, number>();
    for (const seed of SEEDS) {
      const c = mutateCase(caseOf(seed), Random.of(32, seed));
      const [full, fast] = [await figures(createCycle(c.config), c), await figures(createCycle(c.config, { timingOnly: true }), c)];
      if (fast.includes('VTA4051')) continue;
      expect(fast, c.name).toEqual(full);
      const end = full.at(-1);
      if (typeof end === 'string') codes.set(end, (codes.get(end) ?? 0) + 1);
    }
    expect(codes.get('VTA1203')).toBeGreaterThan(0);
  }, 60_000);
});

const c = preset('default');
const unit = { y_size: 1, x_size: 1, x_stride: 1 };

test('an index of a micro-op out of range is found', async () => {
  const program = testProgram(
    c,
    serial([
      insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, ...unit }),
      insn('GEMM', { uop_end: 1, iter_in: 2, iter_out: 1, dst_factor_in: 1 }),
      insn('FINISH', {}),
    ]),
    { 4096: uops(c, { dst_idx: c.accDepth - 1 }) },
  );
  const codeOf = (device: Device) =>
    device.launch({ ...program, dram: program.dram.slice() }).then(
      () => 'none',
      (e: VtaError) => e.code,
    );
  expect(await codeOf(createCycle(c))).toBe('VTA1203');
  expect(await codeOf(createCycle(c, { timingOnly: true }))).toBe('VTA1203');
});

describe('micro-ops that a program stores', () => {
  const store = insn('STORE', { memory_type: 4, dram_base: 0x1000 / c.outBytes, ...unit });
  const load = insn('LOAD', { memory_type: 0, dram_base: 0x1000 / 4, ...unit });
  const fast = () => createCycle(c, { timingOnly: true });
  const alone = (list: Parameters<typeof serial>[0]) => testProgram(c, serial([...list, insn('FINISH', {})]));

  test('by the same launch, and by one before', async () => {
    await expect(fast().launch(alone([store, load]))).rejects.toMatchObject({ code: 'VTA4051' });
    const device = fast();
    expect((await device.launch(alone([store]))).cycles).toBeGreaterThan(0);
    await expect(device.launch(alone([load]))).rejects.toMatchObject({ code: 'VTA4051' });
    device.reset();
    expect((await device.launch(alone([load]))).cycles).toBeGreaterThan(0);
  });

  test('not where stores go elsewhere', async () => {
    const elsewhere = [0x0ff0, 0x1010].map((at) => insn('STORE', { memory_type: 4, dram_base: at / c.outBytes, ...unit }));
    expect((await fast().launch(alone([...elsewhere, load]))).cycles).toBe(
      (await createCycle(c).launch(alone([...elsewhere, load]))).cycles,
    );
  });
});
