import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '#isa/diag/diagnostic';
import type { Context } from '../context.js';
import { type GoldenVector, parseVector } from '#simulator/vector/vector';
import { cliMessages as M } from '../messages.js';
import { readBytes, readJson } from './files.js';

/** Is this a folder? Files, devices, and paths that do not exist, are not. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Is this a file? Folders, and paths that do not exist, are not. */
export const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/**
 * Those of several arguments that a command takes: a pattern like `folder/*` matches other files too. They are named on standard error.
 * @param what for the diagnostics, one of those: `a vector folder`
 * @throws VtaError VTA6014 where none is left
 */
export function wanted(
  context: Context,
  command: string,
  args: readonly string[],
  what: string,
  takes: (path: string) => boolean,
): string[] {
  const items = args.filter(takes);
  if (items.length === 0) fail(M.VTA6014, { command, what });
  const others = args.filter((path) => !takes(path));
  if (others.length > 0) context.err(`note: left out, because it is not ${what}: ${others.join(', ')}\n`);
  return items;
}

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
