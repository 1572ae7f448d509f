import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from './shell.js';

test.skipIf(process.platform === 'win32')('words of a command line reach the program as they are', () => {
  for (const text of ['a.vta', 'a b.vta', "it's", '$HOME', 'a;b', '*', '"', '\\', 'run=3/x', '', '`id`', 'ü'])
    expect(spawnSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' }).stdout).toBe(text);
  expect(shellWord('dir/a-1.vta')).toBe('dir/a-1.vta');
});
