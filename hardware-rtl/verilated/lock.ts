import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const POLL_MS = 200;
/** The holder of a lock touches it this often. */
const BEAT_MS = 2000;
/** A lock that nobody has touched for so long has no holder, whatever its owner's number says: numbers are used again. */
const SILENT_MS = 15_000;
/** A lock without an owner's number is one whose owner died while taking it. */
const UNOWNED_MS = 5000;

/**
 * Runs `work` while holding the lock folder `path`, so that processes do not do the same work twice. A lock whose holder is gone is
 * taken over. `onWait` is called once where somebody else holds it. Two processes that take over one lock in the same moment may both get it: `work` must bear that.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  let waiting = false;
  while (!take(path)) {
    if (isAbandoned(path)) rmSync(path, { recursive: true, force: true });
    else {
      if (!waiting) onWait?.();
      waiting = true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  const beat = setInterval(() => touch(path), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path: string): boolean {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(join(path, 'owner'), String(process.pid));
  } catch (error) {
    rmSync(path, { recursive: true, force: true });
    throw error;
  }
  return true;
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // somebody removed the cache: the build goes on without its lock
  }
}

/** Has the holder of this lock gone? */
export function isAbandoned(path: string): boolean {
  const silent = age(path);
  if (silent > SILENT_MS) return true;
  try {
    return !isRunning(Number(readFileSync(join(path, 'owner'), 'utf8')));
  } catch {
    return silent > UNOWNED_MS;
  }
}

/** Is there a process of that number? (Not necessarily the same one.) */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function age(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
