import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { reasonOf } from '#isa/diag/reasons';
import { rtlMessages as M } from '../messages.js';
import { isRunning, withLock } from './lock.js';

function homeFolder(): string {
  try {
    const home = homedir();
    if (isAbsolute(home)) return home;
  } catch {
    // the system does not know the user
  }
  return fail(M.VTA5011, { folder: '~/.cache/vta-stack', reason: 'there is no home folder' });
}

/**
 * Where built models are kept: VTA_CACHE_DIR, else vta-stack in the user's cache folder.
 * @throws VtaError VTA5011 where there is none
 */
export function cacheFolder(): string {
  const { VTA_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own) return resolve(own);
  // a path that is not absolute counts as none (XDG Base Directory Specification)
  return join(xdg && isAbsolute(xdg) ? xdg : join(homeFolder(), '.cache'), 'vta-stack');
}

/** Turns an error of the file system into a diagnostic about the folder. @throws VtaError VTA5011, and errors of other kinds as they are */
export function unusable(folder: string, error: unknown): never {
  if (error instanceof VtaError || (error as NodeJS.ErrnoException).code === undefined) throw error;
  return fail(M.VTA5011, { folder, reason: reasonOf(error) });
}

/** Why no model could be kept in the cache, or null. Makes nothing. */
export function cacheProblem(): string | null {
  try {
    let folder = cacheFolder();
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
    if (!statSync(folder).isDirectory()) return 'something else has that name';
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return error instanceof VtaError ? error.diagnostics[0].what : reasonOf(error);
  }
}

/** Between the name of an entry and the number of the process that builds it. */
export const BUILDING = '.building-';

/** The process that builds in a folder of this name, or null. */
export function builderOf(name: string): number | null {
  const at = name.lastIndexOf(BUILDING);
  return at < 0 ? null : Number(name.slice(at + BUILDING.length).split('-')[0]);
}

/**
 * The file `product` of the folder `name` of the cache. If it is not there, `build` makes it in a folder of its own, which
 * appears under `name` in one step when it is complete: whoever is interrupted before leaves nothing that is ever used. What such builds left
 * behind is removed by the next one.
 * @param onWait is called once where another process builds it already
 * @throws VtaError VTA5011 where the cache cannot be used, and what `build` throws
 */
export async function cached(
  name: string,
  product: string,
  build: (folder: string) => Promise<void>,
  onWait?: () => void,
): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, name);
  const file = join(folder, product);
  if (existsSync(file)) return file;
  try {
    mkdirSync(cache, { recursive: true });
    return await withLock(
      `${folder}.lock`,
      async () => {
        if (!existsSync(file)) await make(cache, folder, file, build);
        return file;
      },
      onWait,
    );
  } catch (error) {
    return unusable(cache, error);
  }
}

async function make(cache: string, folder: string, file: string, build: (folder: string) => Promise<void>): Promise<void> {
  removeLeftovers(cache);
  const temporary = `${folder}${BUILDING}${process.pid}-${randomBytes(4).toString('hex')}`;
  mkdirSync(temporary);
  try {
    await build(temporary);
    toDisk(join(temporary, file.slice(folder.length)));
    publish(temporary, folder, file);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** So that the file is whole even if the machine loses power after it got its name. */
function toDisk(file: string): void {
  const handle = openSync(file, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function publish(temporary: string, folder: string, file: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (existsSync(file)) return; // another process was as far at the same time, with the same result
    if (!existsSync(folder)) throw error;
    rmSync(folder, { recursive: true, force: true }); // somebody took the product away
    renameSync(temporary, folder);
  }
}

/** Folders of builds whose process is gone. */
function removeLeftovers(cache: string): void {
  for (const name of readdirSync(cache)) {
    const builder = builderOf(name);
    if (builder === null || isRunning(builder)) continue;
    try {
      rmSync(join(cache, name), { recursive: true, force: true });
    } catch {
      // a compiler that outlived its build still writes there: the next build removes it
    }
  }
}
