import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withFolder } from '../tests/support/tools.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });

test('nothing is printed and nothing is done where everything is installed', () => {
  const result = node(['tools/bootstrap.mjs', '--no-build']);
  expect([result.status, result.stdout, result.stderr]).toEqual([0, '', '']);
});

test('without tools and without a package manager, one line says how to get them, and nothing fails', () => {
  withFolder((empty) => {
    const result = node(['-e', "import('./tools/setup.mjs').then((setup) => setup.installSystemTools())"], { PATH: empty });
    expect([result.status, result.stdout]).toEqual([0, '']);
    expect(result.stderr).toMatch(
      /^without Verilator and C\+\+ compiler and make the RTL is left out .*Verilator: apt-get install verilator.*\n$/,
    );
  });
});

/** A machine with a package manager that notes what it is told, and what was printed before. */
function machine(folder: string): void {
  const program = (name: string, text: string) => writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program('apt-get', `[ "$1" = --version ] && exit 0\necho "$@" >> ${folder}/log\nexit 1`);
  program('sudo', '[ "$1" = -n ] && shift\nexec "$@"');
  program('true', 'exit 0');
}
const setup = (folder: string, env: NodeJS.ProcessEnv) =>
  node(['-e', "import('./tools/setup.mjs').then((setup) => setup.installSystemTools())"], { PATH: folder, ...env });

test.skipIf(process.platform !== 'linux')('what will be installed is printed with the variable that forbids it, which forbids it', () => {
  withFolder((folder) => {
    machine(folder);
    const { status, stderr } = setup(folder, {});
    expect(status).toBe(0);
    const done = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
    expect(done).toEqual(expect.arrayContaining(['update']));
    for (const command of done) expect(stderr).toContain(`apt-get ${command}\n`);
    expect(stderr.indexOf('VTA_NO_SYSTEM_INSTALL=1')).toBeGreaterThan(0);
    expect(stderr.indexOf('VTA_NO_SYSTEM_INSTALL=1')).toBeLessThan(stderr.indexOf('apt-get update'));
  });
  withFolder((folder) => {
    machine(folder);
    const { status, stderr } = setup(folder, { VTA_NO_SYSTEM_INSTALL: '1' });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^without Verilator .*\n$/)]);
    expect(existsSync(join(folder, 'log'))).toBe(false);
  });
});
