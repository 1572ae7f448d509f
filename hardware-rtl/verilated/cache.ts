import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRunning, withLock } from './lock.js';

/** Where built models are kept: VTA_CACHE_DIR, else vta-stack in the user's cache folder. */
export function cacheFolder(): string {
  const { VTA_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = process.env;
  return own ? own : join(xdg ? xdg : join(homedir(), '.cache'), 'vta-stack');
}

const BUILDING = '.building-';

/**
 * The file `product` of the folder `name` of the cache. If it is not there, `build` makes it in a folder of its own, which
 * appears under `name` in one step when it is complete: whoever is interrupted before leaves nothing that is ever used. What such builds left
 * behind is removed by the next one.
 */
export async function cached(name: string, product: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), name);
  const file = join(folder, product);
  if (existsSync(file)) return file;
  mkdirSync(cacheFolder(), { recursive: true });
  return withLock(`${folder}.lock`, async () => {
    if (existsSync(file)) return file;
    removeLeftovers();
    const temporary = `${folder}${BUILDING}${process.pid}-${randomBytes(4).toString('hex')}`;
    mkdirSync(temporary);
    try {
      await build(temporary);
      toDisk(join(temporary, product));
      publish(temporary, folder, file);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    return file;
  });
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
function removeLeftovers(): void {
  for (const name of readdirSync(cacheFolder())) {
    const at = name.lastIndexOf(BUILDING);
    if (at < 0 || isRunning(Number(name.slice(at + BUILDING.length).split('-')[0]))) continue;
    try {
      rmSync(join(cacheFolder(), name), { recursive: true, force: true });
    } catch {
      // a compiler that outlived its build still writes there: the next build removes it
    }
  }
}
