/** What the files of a command line are, before the command reads them: some options go with some kinds only (options/together.ts). */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isArtifact } from '#runtime/artifact/container';
import type { FileKind } from '../options/spec.js';

/** Bytes that are looked at: the first words of a text decide what it is, and it may begin with a long comment. */
const HEAD = 65536;

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = new Uint8Array(HEAD);
    return head.subarray(0, readSync(file, head, 0, HEAD, 0));
  } finally {
    closeSync(file);
  }
}

async function ofFile(path: string, use: 'program' | 'source'): Promise<FileKind> {
  const head = headOf(path);
  if (use === 'source') return (await import('./sources.js')).isTensorProgram(head, path) ? 'tensor program' : 'model';
  return isArtifact(head) ? 'compiled' : (await import('./programs.js')).formOf(head, path);
}

/** What a file is, by what the argument is for; null for a path that does not exist or cannot be read twice (a pipe). */
export async function kindOf(path: string, use: 'program' | 'source'): Promise<FileKind | null> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) return 'vector';
  // the command itself says what is wrong with a file that cannot be read
  return stat?.isFile() === true ? ofFile(path, use).catch(() => null) : null;
}
