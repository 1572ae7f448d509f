import { accessSync, closeSync, constants, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { reasonOf } from '#isa/diag/reasons';
import { cliMessages as M } from '../messages.js';
import { readAll } from './bytes.js';
import { claimRead } from './claims.js';
import { Output } from './output.js';
import { descriptorOf } from './paths.js';

/** Reads a pipe or a device. */
function readStream(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    return readAll(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a file, or standard input where it is called `-`. @throws VtaError VTA6101, VTA6105 */
export function readBytes(file: string): Uint8Array {
  try {
    claimRead(file);
    if (descriptorOf(file, 0) === 0) return readAll(0);
    return statSync(file).isFile() ? new Uint8Array(readFileSync(file)) : readStream(file);
  } catch (error) {
    if (error instanceof VtaError) throw error;
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

/** Writes a file whole or not at all. @throws VtaError VTA6102, VTA6105, VTA6106 */
export const writeWhole = (file: string, contents: Uint8Array | string): void => new Output(file).write(contents);

/** Makes a folder and its parents. @throws VtaError VTA6102 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    fail(M.VTA6102, { file: folder, reason: reasonOf(error) });
  }
}

/** Could files be made in a folder, or it in the one above it? For a folder that is made only when it is needed. @throws VtaError VTA6102 */
export function checkFolder(folder: string): void {
  try {
    let nearest = resolve(folder);
    while (statSync(nearest, { throwIfNoEntry: false }) === undefined) nearest = dirname(nearest);
    if (!statSync(nearest).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    fail(M.VTA6102, { file: folder, reason: reasonOf(error) });
  }
}
