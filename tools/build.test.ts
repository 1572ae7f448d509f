/** A checkout never runs stale code. Tried on a copy of this one. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const COPIED = [
  'isa',
  'compiler',
  'runtime',
  'simulator',
  'analysis',
  'fuzz',
  'hardware-rtl',
  'cli',
  'bin',
  'tools',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const SUMMARY = 'explain a diagnostic code';

describe.skipIf(process.platform === 'win32')('a checkout', () => {
  let copy = '';
  const vta = (env: NodeJS.ProcessEnv = {}): Promise<{ status: number | null; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(copy, 'bin', 'vta'), '--help'], { env: { ...process.env, VTA_NO_BUILD: '', ...env } });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data) => (stdout += data));
      child.stderr.on('data', (data) => (stderr += data));
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
  const table = () => join(copy, 'cli', 'options', 'table.ts');
  const edit = (from: string, to: string) => writeFileSync(table(), readFileSync(table(), 'utf8').replace(from, to));
  const builds = () => readdirSync(join(copy, 'dist')).filter((name) => /^[0-9a-f]{16}$/.test(name));

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'vta checkout='));
    for (const name of COPIED)
      cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('builds what is not built, and is silent afterwards, also where files were only touched', async () => {
    expect(await vta()).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^vta: the sources have changed; building dist\/ .*\n$/),
    });
    for (let i = 0; i < 2; i++) {
      expect(await vta()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining(SUMMARY) });
      utimesSync(table(), new Date(), new Date());
    }
  });

  test('two commands at once run what the sources say now, and the build before stays for those that run it', async () => {
    const [old] = builds();
    edit(SUMMARY, 'say more about a code');
    const [one, two] = await Promise.all([vta(), vta()]);
    for (const result of [one, two]) expect(result).toMatchObject({ status: 0, stdout: expect.stringContaining('say more about a code') });
    expect(builds()).toHaveLength(2);
    expect(builds()).toContain(old);
    expect(readdirSync(join(copy, 'dist')).filter((name) => name.startsWith('.build'))).toEqual([]);
  });

  test('a mistake in the sources is one message, and nothing stale runs unless that is asked for', async () => {
    edit('export const COMMANDS', 'export konst COMMANDS');
    const { status, stdout, stderr } = await vta();
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/dist\/ could not be built: [\s\S]*table\.ts[\s\S]*nothing was run/);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(await vta({ VTA_NO_BUILD: '1' })).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('say more') });
    edit('export konst COMMANDS', 'export const COMMANDS');
    expect(await vta()).toMatchObject({ status: 0, stderr: '' });
  });

  test('the npm package has no sources, and asks nothing', async () => {
    edit('say more about a code', 'something else');
    rmSync(join(copy, 'tools', 'fresh.mjs'));
    expect(await vta()).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('say more') });
  });
});
