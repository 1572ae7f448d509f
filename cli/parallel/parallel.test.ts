import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt, type Files, inFolder, vta } from '../../tests/support/cli.js';
import { encodeProgram, insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { forEachInOrder } from './each.js';

beforeAll(ensureBuilt, 120_000);

/** A golden vector of one FINISH; `right` says whether the memory afterwards is as it says. */
function vector(name: string, right: boolean): Files {
  const program = encodeProgram([insn('FINISH')], preset('default'));
  const dram = new Uint8Array(64);
  dram.set(program);
  const json = {
    name,
    config: preset('default').keys,
    format: 'vta-golden-1',
    dram_size: 64,
    insn_addr: 0,
    insn_count: 1,
  };
  return {
    [`${name}/vector.json`]: JSON.stringify(json),
    [`${name}/program.bin`]: program,
    [`${name}/dram_in.bin`]: dram,
    [`${name}/dram_out.bin`]: right ? dram : dram.map((b, i) => (i === 40 ? 1 : b)),
  };
}

const names = Array.from({ length: 12 }, (_, i) => `v${i}`);

describe('several programs at a time', () => {
  test('run-vector: the lines of --jobs 1, in the same order, errors among them', async () => {
    const vectors = Object.assign({}, ...names.map((n, i) => vector(n, i % 3 !== 1))) as Files;
    await inFolder({ ...vectors, 'v5/vector.json': '{' }, async (folder) => {
      for (const format of [[], ['--json']]) {
        const [one, two] = await Promise.all(
          ['1', '3'].map((jobs) => vta(['run-vector', ...names, '--on', 'cycle', '--jobs', jobs, ...format], folder)),
        );
        expect(two).toEqual(one);
        expect(one.status).toBe(1);
        expect(one.stderr).toContain('VTA6103');
        expect(one.stdout.split('\n').filter((l) => /FAIL|"match":false/.test(l))).toHaveLength(5);
      }
    });
  });

  test('fuzz: the same programs, sums and counts', async () => {
    const argv = (jobs: string) => [
      'fuzz',
      '--seed',
      '6',
      '--count',
      '45',
      '--on',
      'functional,cycle',
      '--stats',
      '--json',
      '--jobs',
      jobs,
    ];
    await inFolder({}, async (folder) => {
      const [one, two] = await Promise.all(['1', 'all'].map((jobs) => vta(argv(jobs), folder)));
      const parsed = [one, two].map((r) => ({ ...(JSON.parse(r.stdout) as { passed: number; holes: string[] }), seconds: 0 }));
      expect(parsed[1]).toEqual(parsed[0]);
      expect(parsed[0]).toMatchObject({ passed: 45, cases: 45 });
      expect(parsed[0].holes.length).toBeGreaterThan(0);
    });
  });

  test("a user's error in a worker is printed as it is without workers", async () => {
    await inFolder({}, async (folder) => {
      const files = Array.from({ length: 12 }, (_, i) => join(folder, `none${i}.vta`));
      const [one, two] = await Promise.all(['1', '2'].map((jobs) => vta(['fuzz', ...files, '--on', 'cycle', '--jobs', jobs], folder)));
      expect(two).toEqual(one);
      expect(one).toMatchObject({ status: 1, stdout: '' });
      expect(one.stderr).toContain('error VTA6101: cannot read');
    });
  });

  test('--jobs takes a number or all', async () => {
    expect((await vta(['fuzz', '--jobs', 'many'], '.')).stderr).toContain('VTA6004');
  });
});

test('in one process the results come in order and the line is shown', async () => {
  const shown: string[] = [];
  const used: string[] = [];
  const shared = { lockstep: {} };
  const work = { task: 'cosim', shared, items: ['/none/a', '/none/b'], jobs: 1, show: (t: string) => void shown.push(t) } as const;
  await forEachInOrder(work, ({ verdict }, item, index) => void used.push(`${index} ${item} ${verdict.error?.code}`));
  expect(used).toEqual(['0 /none/a VTA6101', '1 /none/b VTA6101']);
  expect(shown).toEqual(['/none/a', '/none/b']);
});
