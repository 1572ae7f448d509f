import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeArtifact } from '#runtime/artifact/decode';
import { BUILD_TIMEOUT, hasVerilator } from '../../hardware-rtl/verilated/testing.js';
import { ensureBuilt, inFolder, vta } from '../../tests/support/cli.js';
import { main } from '../main.js';
import { caseOfRun, type Recipe } from './cases.js';
import { caseOf, encodeCase, listingOf } from './crash-file.js';
import { judge } from './judge.js';
import { arenas } from './machines.js';
import { poolModels } from './rtl-pool.js';

const recipe = (over: Partial<Recipe> = {}): Recipe => ({ seed: 1, config: null, memory: null, models: [], illegal: false, ...over });
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** A command line in this process. */
async function call(...argv: string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const status = await main(argv, { out: (t) => (out += t), err: (t) => (err += t), interactive: false });
  return { status, out, err };
}

describe('a case as a file', () => {
  test.each(range(8))('case %i comes back as it was', (index) => {
    const c = caseOfRun(recipe(), index);
    const again = caseOf(decodeArtifact(encodeCase(c), 'c.vta'), 'c.vta');
    expect({ ...again, config: again.config.keys }).toEqual({ ...c, config: c.config.keys });
  });

  test('a listing says what is undefined', () => {
    const c = caseOfRun(recipe(), 0);
    const dram = c.dram.slice();
    dram[c.launches[0].insnAddr] = 7;
    expect(listingOf({ ...c, dram })[0][0]).toBe('undefined opcode');
    expect(listingOf(c)[0].at(-1)).toMatch(/^finish/);
  });
});

describe('vta fuzz', () => {
  const on = ['--on', 'functional,cycle'];

  test('a run says what it did', async () => {
    const { status, out } = await call('fuzz', '--count', '5', ...on);
    expect(status).toBe(0);
    expect(out).toMatch(/^5 of 5 programs agree \(\d+ instructions, \d+ cycles, .* on plain, functional, cycle\)\n$/);
  });

  test('--json; the same seed runs the same programs, another one others', async () => {
    const run = async (seed: string) =>
      JSON.parse((await call('fuzz', '--count', '4', '--seed', seed, '--json', ...on)).out) as Record<string, unknown>;
    const [a, b, other] = [await run('3'), await run('3'), await run('4')];
    expect(a).toMatchObject({ schema: 1, machines: ['plain', 'functional', 'cycle'], passed: 4, cases: 4, errors: {}, failures: [] });
    expect({ ...b, seconds: 0 }).toEqual({ ...a, seconds: 0 });
    expect(other.cycles).not.toBe(a.cycles);
  });

  test('--illegal counts the diagnostics', async () => {
    const { errors, passed } = JSON.parse((await call('fuzz', '--illegal', '--count', '30', '--json', ...on)).out);
    expect(passed).toBe(30);
    expect(Object.keys(errors).every((code) => /^VTA12\d\d$/.test(code))).toBe(true);
    expect(Object.keys(errors).length).toBeGreaterThan(2);
  });

  test('one machine, one memory', async () => {
    expect((await call('fuzz', '--count', '3', '--config', 'mac64-x', '--memory', 'width=256,stall=50', ...on)).status).toBe(0);
  });
});

describe('the command itself', () => {
  beforeAll(ensureBuilt, 120_000);

  test('runs files again; nothing is written while all is well', async () => {
    await inFolder({ 'a.vta': encodeCase(caseOfRun(recipe(), 3)) }, async (folder) => {
      const { status, stdout } = await vta(['fuzz', 'a.vta', '--on', 'functional,cycle'], folder);
      expect(stdout).toContain('1 of 1 programs agree');
      expect(status).toBe(0);
      expect(existsSync(join(folder, 'crashers'))).toBe(false);
      expect(readFileSync(join(folder, 'a.vta')).length).toBeGreaterThan(0);
    });
  });
});

describe.skipIf(!hasVerilator)('the RTL (needs Verilator)', () => {
  const models = poolModels(1, 1);

  test(
    '120 legal programs: same values, order, cycles, traces and tokens',
    async () => {
      const arena = await arenas(['functional', 'cycle', 'rtl'], 1)(models[0].config);
      for (const index of range(120)) {
        const c = caseOfRun(recipe({ models, seed: 2 }), index);
        expect(await judge(c, arena), c.name).toMatchObject({ mismatch: null, error: null });
      }
      arena.bare?.close();
    },
    BUILD_TIMEOUT,
  );

  test(
    '60 broken programs: the RTL names the mistake itself and runs the next program',
    async () => {
      const arena = await arenas(['cycle', 'rtl'], 1)(models[0].config);
      let refused = 0;
      for (const index of range(60)) {
        const c = caseOfRun(recipe({ models, seed: 3, illegal: true }), index);
        const { mismatch, error } = await judge(c, arena);
        expect(mismatch, c.name).toBeNull();
        if (error !== null) refused++;
      }
      expect(refused).toBeGreaterThan(20);
      arena.bare?.close();
    },
    BUILD_TIMEOUT,
  );
});
