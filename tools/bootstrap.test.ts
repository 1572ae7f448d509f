import { spawnSync } from 'node:child_process';
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
