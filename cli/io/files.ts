import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
};

/** A file-system error in words. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? (code !== '' ? code : String(error));
}

/** @throws VtaError VTA6101 */
export function readBytes(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    return fail(M.VTA6101, { file, reason: reasonOf(error) });
  }
}

/** @throws VtaError VTA6101 */
export const readText = (file: string): string => new TextDecoder().decode(readBytes(file));

/** @throws VtaError VTA6101, VTA6103 */
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(M.VTA6103, { file, reason: (error as Error).message });
  }
}

/**
 * Writes a file whole or not at all: a temporary one in the same folder, then a rename.
 * @throws VtaError VTA6102
 */
export function writeWhole(file: string, contents: Uint8Array | string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, contents);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    fail(M.VTA6102, { file, reason: reasonOf(error) });
  }
}

/** Makes a folder and its parents. @throws VtaError VTA6102 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    fail(M.VTA6102, { file: folder, reason: reasonOf(error) });
  }
}
