/** What is in the cache: every entry that this program made, by its name and contents. Whatever else is there is not touched. */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '#isa/config/config';
import { ABOUT, type About } from './about.js';
import { programKey, rtlProgram } from './build.js';
import { builderOf, cacheFolder, unusable } from './cache.js';
import { isAbandoned, isRunning } from './lock.js';
import { findVerilator } from './verilator.js';

/** A model, the log of a build that failed, what an interrupted build left, or the sign that somebody builds. */
export type EntryKind = 'model' | 'log' | 'unfinished' | 'lock';

export interface CacheEntry {
  readonly name: string;
  readonly kind: EntryKind;
  readonly what: string;
  readonly bytes: number;
  /** When it was made, in milliseconds since 1970. */
  readonly made: number;
  /** Of a model: would it be used by the design and the Verilator that are here now? Null where that is not known. */
  readonly current: boolean | null;
  /** A process that runs is at work there. */
  readonly inUse: boolean;
}

export interface CacheContents {
  readonly folder: string;
  readonly entries: readonly CacheEntry[];
  /** How many other things are in the folder. */
  readonly others: number;
}

const MODEL = /^[\w.-]+-[0-9a-f]{16}$/;
const UNFINISHED = /^[\w.-]+-[0-9a-f]{16}\.building-\d+-[0-9a-f]{8}$/;
const LOCK = /^[\w.-]+-[0-9a-f]{16}\.lock$/;
const LOG = /^failed-[\w.-]+\.log$/;

function bytesOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

function aboutOf(folder: string): About | null {
  try {
    return JSON.parse(readFileSync(join(folder, ABOUT), 'utf8')) as About;
  } catch {
    return null; // a model of an earlier version, which wrote none
  }
}

const isModel = (folder: string): boolean =>
  existsSync(join(folder, ABOUT)) || readdirSync(folder).some((name) => /^Vvta_top$|^Vchecker_bench$/.test(name));

function isCurrent(about: About | null, verilator: string | null): boolean | null {
  if (about === null) return null;
  if (verilator !== null && about.verilator !== verilator) return false;
  if (about.model === null) return null;
  const { config, width, kind } = about.model;
  return programKey(rtlProgram({ config: defineConfig(config, ABOUT), width, kind })) === about.key;
}

/** The kind of a thing of this name, or null where it is not ours. A link is none of ours. */
function kindOf(path: string, name: string): EntryKind | null {
  const found = lstatSync(path);
  if (found.isFile()) return LOG.test(name) ? 'log' : null;
  if (!found.isDirectory()) return null;
  if (UNFINISHED.test(name)) return 'unfinished';
  if (LOCK.test(name)) return 'lock';
  return MODEL.test(name) && isModel(path) ? 'model' : null;
}

const WHAT: Readonly<Record<Exclude<EntryKind, 'model'>, string>> = {
  log: 'log of a build that failed',
  unfinished: 'build that is not complete',
  lock: 'sign that a process builds',
};

function entryOf(path: string, name: string, verilator: string | null): CacheEntry | null {
  const kind = kindOf(path, name);
  if (kind === null) return null;
  const base = { name, kind, bytes: bytesOf(path), made: lstatSync(path).mtimeMs };
  if (kind !== 'model') {
    const inUse = kind === 'unfinished' ? isRunning(builderOf(name) ?? 0) : kind === 'lock' && !isAbandoned(path);
    return { ...base, what: WHAT[kind], current: null, inUse };
  }
  const about = aboutOf(path);
  return { ...base, what: about?.what ?? 'model of an earlier version', current: isCurrent(about, verilator), inUse: false };
}

/** Other processes build and remove while the folder is read. */
function unlessGone<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** @throws VtaError VTA5011 where the folder cannot be read */
export async function cacheContents(): Promise<CacheContents> {
  const folder = cacheFolder();
  const found = await findVerilator();
  const verilator = found.found ? found.version : null;
  try {
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    const entries = names.flatMap((name) => unlessGone(() => entryOf(join(folder, name), name, verilator)) ?? []);
    return { folder, entries, others: names.length - entries.length };
  } catch (error) {
    return unusable(folder, error);
  }
}

/** Sum over the entries. */
export const totalBytes = (entries: readonly CacheEntry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);

/** Removes entries, but for those in use. @returns the removed ones. @throws VtaError VTA5011 */
export function removeEntries(folder: string, entries: readonly CacheEntry[]): readonly CacheEntry[] {
  const removed = entries.filter(({ inUse }) => !inUse);
  try {
    for (const { name } of removed) rmSync(join(folder, name), { recursive: true, force: true });
  } catch (error) {
    return unusable(folder, error);
  }
  return removed;
}
