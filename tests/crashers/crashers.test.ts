import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../cli/fuzz/crash-file.js';
import { judge } from '../../cli/fuzz/judge.js';
import { arenas } from '../../cli/fuzz/machines.js';
import { readArtifact } from '../../cli/io/artifacts.js';
import { BUILD_TIMEOUT, hasVerilator } from '../../hardware-rtl/verilated/testing.js';
import { root } from '../support/cli.js';

const folder = join(root, 'tests', 'crashers');
const files = readdirSync(folder).filter((name) => name.endsWith('.vta'));

test('there are programs', () => expect(files.length).toBeGreaterThan(0));

describe.each(files)('%s', (name) => {
  const c = caseOf(readArtifact(join(folder, name)), name);

  test('plain, functional and cycle agree', async () => {
    expect(await judge(c, await arenas(['functional', 'cycle'], 1)(c.config))).toMatchObject({ mismatch: null });
  });

  test.skipIf(!hasVerilator)(
    'the RTL agrees (needs Verilator)',
    async () => {
      const arena = await arenas(['cycle', 'rtl'], 1)(c.config);
      expect(await judge(c, arena)).toMatchObject({ mismatch: null });
      arena.bare?.close();
    },
    BUILD_TIMEOUT,
  );
});
