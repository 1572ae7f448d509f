import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '#isa/diag/diagnostic';
import { type GoldenVector, parseVector } from '#simulator/vector/vector';
import { cliMessages as M } from '../messages.js';
import { readBytes, readJson } from './files.js';

/** Is this a folder? Files, devices, and paths that do not exist, are not. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Is this a file? Folders, and paths that do not exist, are not. */
export const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/**
 * Reads the golden vector in a folder.
 * @throws VtaError VTA6101, VTA6103, VTA6104, and what {@link parseVector} throws
 */
export function readVector(dir: string): GoldenVector {
  if (existsSync(dir) && !existsSync(join(dir, 'vector.json'))) fail(M.VTA6104, { dir });
  const json = readJson(join(dir, 'vector.json'));
  const files: Record<string, Uint8Array> = {};
  for (const name of readdirSync(dir).filter((n) => n.endsWith('.bin'))) files[name] = readBytes(join(dir, name));
  return parseVector(json, files);
}
