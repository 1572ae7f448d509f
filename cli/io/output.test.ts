import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { inFolder, listing, root } from '../../tests/support/cli.js';
import { readAll } from './bytes.js';
import { newCommand } from './claims.js';
import { Output } from './output.js';

beforeEach(newCommand);

const writePieces = (file: string, pieces: Iterable<string | Uint8Array>) => new Output(file).writePieces(pieces);

/** Pieces, and then an error as the file system makes it. */
function* failing(error: Error): Generator<string> {
  yield 'half';
  throw error;
}

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

describe('writing a file in pieces', () => {
  test('joins texts and bytes, in place of what was there', async () =>
    inFolder({ 'x.txt': 'old' }, async (folder) => {
      await writePieces(join(folder, 'x.txt'), ['a', Uint8Array.of(98), 'c']);
      expect(readFileSync(join(folder, 'x.txt'), 'utf8')).toBe('abc');
      expect(listing(folder)).toEqual(['x.txt']);
    }));

  test('a full disk is a diagnostic; the old file stays and nothing else is left', async () =>
    inFolder({ 'x.txt': 'old' }, async (folder) => {
      const writing = writePieces(join(folder, 'x.txt'), failing(systemError('ENOSPC')));
      await expect(writing).rejects.toThrow(/VTA6102: cannot write .*x\.txt: no space is left on the disk/);
      expect(readFileSync(join(folder, 'x.txt'), 'utf8')).toBe('old');
      expect(listing(folder)).toEqual(['x.txt']);
    }));

  test('a folder that is not there is a diagnostic', async () =>
    inFolder({}, async (folder) => {
      expect(() => new Output(join(folder, 'no', 'x.txt'))).toThrow(VtaError);
      expect(listing(folder)).toEqual([]);
    }));

  test('a mistake of ours is not a diagnostic, and leaves nothing either', async () =>
    inFolder({}, async (folder) => {
      await expect(writePieces(join(folder, 'x.txt'), failing(new Error('oh')))).rejects.toThrow(/^oh$/);
      expect(listing(folder)).toEqual([]);
    }));
});

test.skipIf(!existsSync('/dev/zero'))('what has no end is not read for ever', () => {
  const descriptor = openSync('/dev/zero', 'r');
  try {
    expect(() => readAll(descriptor, 2 ** 22)).toThrow('no end');
  } finally {
    closeSync(descriptor);
  }
});

describe('interrupted', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves nothing', async (signal, expected) =>
    inFolder({}, async (folder) => {
      const script = `
        import { Output } from ${JSON.stringify(pathToFileURL(join(root, 'cli', 'io', 'output.ts')))};
        function* endless() { console.log('ready'); for (;;) yield 'x'.repeat(1000); }
        await new Output('x.txt').writePieces(endless());`;
      const tsx = pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'esm', 'index.mjs')).href;
      const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.once('data', () => setTimeout(() => child.kill(signal), 50));
      const status = await new Promise((resolve) => child.on('close', resolve));
      expect(status).toBe(expected);
      expect(listing(folder)).toEqual([]);
    }),
  );
});
