import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ensureBuilt, root } from '../support/cli.js';
import { hasTool } from '../support/tools.js';
import { matches } from './examples.js';

beforeAll(ensureBuilt, 120_000);

/** The block between the page's demo marks, without the command. */
function shownDemo(): string[] {
  const page = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /<!-- demo -->\n```\n\$ npm run demo\n([^`]*)```\n<!-- \/demo -->/.exec(page);
  if (block === null) throw new Error('README.md has no demo block');
  return block[1].trimEnd().split('\n');
}

test.skipIf(!hasTool('verilator'))(
  'the README shows what `npm run demo` prints (needs Verilator)',
  () => {
    const script = [join('tools', 'demo.ts')];
    const { status, stdout, stderr } = spawnSync(join('node_modules', '.bin', 'tsx'), script, {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const output = stdout.trimEnd().split('\n');
    const shown = [...shownDemo(), '...'];
    if (
      !matches(
        shown,
        output.map((l) => l.trimEnd()),
      )
    )
      expect(output.join('\n')).toBe(shown.join('\n'));
  },
  300_000,
);
