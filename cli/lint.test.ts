import { expect, test } from 'vitest';
import { main } from './main.js';

/** Runs `vta ARGS` in this process. */
async function vta(...args: readonly string[]): Promise<{ status: number; out: string }> {
  let out = '';
  const keep = (text: string) => {
    out += text;
  };
  return { status: await main(args, { out: keep, err: keep, interactive: false }), out };
}

const suite = (name: string): string => new URL(`../tests/litmus/${name}.litmus`, import.meta.url).pathname;

test('errors fail, warnings only with --strict, and rules can be left out', async () => {
  expect((await vta('lint', suite('load-then-gemm'))).status).toBe(0);
  expect((await vta('lint', suite('overwrite-input'))).status).toBe(1);
  expect((await vta('lint', suite('overwrite-input'), '--ignore', 'race')).status).toBe(0);
  expect((await vta('lint', suite('leftover-token'), '--ignore', 'race')).status).toBe(0);
  expect((await vta('lint', suite('leftover-token'), '--ignore', 'race', '--strict')).status).toBe(1);
  const rest = ['--ignore', 'race,unbalanced-tokens', '--ignore', 'stale-tokens', '--no-published'];
  expect((await vta('lint', suite('leftover-token'), '--strict', ...rest)).out).toMatch(/^leftover-token: clean /);
});

test('the text: a rule once, its instructions, what to do, and where else', async () => {
  const { out } = await vta('lint', suite('double-buffer-one-token-too-many'));
  expect(out.match(/^error race: /gm)).toHaveLength(1);
  expect(out).toMatch(
    /^ {4}7 {2}load {5}load\.inp .*\n {4}9 {2}compute {2}gemm .*\n {2}and 1 more\n {2}why: .*\n {2}do: {2}order them: if 7 is to come first, /m,
  );
  expect(out).toMatch(/: 2 errors, 1 warning, 0 notes \(15 instructions, machine 1x1_/);
  const all = (await vta('lint', suite('double-buffer-one-token-too-many'), '--all')).out;
  expect(all.match(/^error race: /gm)).toHaveLength(2);
});

test('JSON: the keys of docs/reference/lint.md, a line for each program', async () => {
  const { status, out } = await vta('lint', '--json', suite('deadlock-load-compute'), suite('load-then-gemm-no-token'));
  expect(status).toBe(1);
  const [deadlock, race] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(Object.keys(deadlock)).toEqual(['schema', 'program', 'config', 'launches', 'counts', 'totals', 'findings']);
  expect(deadlock).toMatchObject({ schema: 1, program: 'deadlock-load-compute', counts: { error: 1, warning: 0, note: 0 } });
  expect(deadlock.findings[0]).toMatchObject({
    rule: 'deadlock',
    code: 'VTA1201',
    launch: 0,
    launchName: 'deadlock-load-compute',
    waits: [
      { insn: 0, unit: 'load', channel: 'c2l', on: 'compute', ended: false },
      { insn: 1, unit: 'compute', channel: 'l2c', on: 'load', ended: false },
    ],
  });
  expect(race.totals).toEqual([{ rule: 'race', severity: 'error', launch: 0, count: 2 }]);
  expect(race.findings.map((f: { memory: string; ranges: unknown }) => [f.memory, f.ranges])).toEqual([
    ['inp', [[0, 0]]],
    ['wgt', [[0, 0]]],
  ]);
});

test('a program that cannot be read fails, and the others are looked at all the same', async () => {
  const { status, out } = await vta('lint', 'nowhere.vta', suite('load-then-gemm'));
  expect(status).toBe(1);
  expect(out).toMatch(/error VTA6101: [\s\S]*load-then-gemm: clean/);
});

test('litmus: a line for each test, and how many are as expected', async () => {
  const { status, out } = await vta('litmus', suite('serial'), suite('overwrite-input'));
  expect({ status, out }).toEqual({
    status: 0,
    out: 'ok    serial: always y=15\nok    overwrite-input: race 4-5: y=15 | y=35\n2 of 2 litmus tests as expected\n',
  });
  const json = JSON.parse((await vta('litmus', '--json', suite('overwrite-input'))).out);
  expect(json).toEqual({
    schema: 1,
    name: 'overwrite-input',
    passes: true,
    expected: 'race 4-5: y=15 | y=35',
    found: 'race 4-5: y=15 | y=35',
    verdict: { kind: 'race', pairs: [{ launch: 0, insns: [4, 5] }], values: ['y=15', 'y=35'] },
    states: 1,
  });
});
