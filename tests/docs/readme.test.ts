import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { demoBlocks, readBlock, writeBlock } from '../../tools/readme/blocks.js';
import { ensureBuilt, root } from '../support/cli.js';
import { hasTool } from '../support/tools.js';

beforeAll(ensureBuilt, 120_000);

/** Blocks of README.md that are cut from a command's output. UPDATE_DOCS=1 writes them again; the test block is written by a run of all tests. */
describe('README.md', () => {
  test.skipIf(!hasTool('verilator'))(
    'shows what `npm run demo` prints (needs Verilator)',
    () => {
      const script = [join('tools', 'demo.ts')];
      const { status, stdout, stderr } = spawnSync(join('node_modules', '.bin', 'tsx'), script, {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      });
      expect(status, stderr).toBe(0);
      for (const [name, text] of Object.entries(demoBlocks(stdout)) as [keyof ReturnType<typeof demoBlocks>, string][]) {
        if (process.env.UPDATE_DOCS === '1') writeBlock(name, text);
        expect(readBlock(name), 'UPDATE_DOCS=1 writes it again').toBe(text);
      }
    },
    300_000,
  );

  test('shows how a run of all tests ends: all of them pass', () => {
    const [command, rest, summary] = readBlock('test').trimEnd().split('\n');
    expect([command, rest]).toEqual(['$ npm test', '...']);
    const counts = /^(\d+) passed, 0 failed, (\d+) skipped$/.exec(summary);
    expect(counts, summary).not.toBeNull();
    expect(Number(counts?.[1])).toBeGreaterThan(1000);
  });
});
