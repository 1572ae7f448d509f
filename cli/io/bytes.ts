/** Bytes to and from open files. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

const CHUNK = 1 << 20;
/** What has no end (`/dev/zero`) must not fill the memory. */
const MOST_FROM_STREAM = 2 ** 30;
const WAIT_MS = 5;

/** The reader of a pipe has left (`| head`): nobody wants the rest, which is no mistake. */
export class ReaderLeft extends Error {}

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Does `step`; waits and tries again while the other end of a pipe is not ready. */
function patiently(step: () => number): number {
  for (;;) {
    try {
      return step();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, WAIT_MS);
    }
  }
}

/** Writes all bytes, at `position` or where the file stands. @throws the error of the file system */
export function writeAll(descriptor: number, bytes: Uint8Array, position: number | null = null): void {
  for (let at = 0; at < bytes.length; )
    at += patiently(() => writeSync(descriptor, bytes, at, bytes.length - at, position === null ? null : position + at));
}

/** Reads to the end. @throws the error of the file system; EFBIG where there is no end */
export function readAll(descriptor: number, most = MOST_FROM_STREAM): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = patiently(() => readSync(descriptor, chunk, 0, CHUNK, null));
    if (count === 0) return new Uint8Array(Buffer.concat(chunks, total));
    chunks.push(chunk.subarray(0, count));
    total += count;
    if (total > most) throw Object.assign(new Error('no end'), { code: 'EFBIG' });
  }
}

function copyPart(from: number, to: number, begin: number, end: number): void {
  const chunk = new Uint8Array(CHUNK);
  for (let at = begin; at < end; ) {
    const count = readSync(from, chunk, 0, Math.min(CHUNK, end - at), at);
    if (count === 0) throw Object.assign(new Error('the file became shorter'), { code: 'EIO' });
    writeAll(to, chunk.subarray(0, count), at);
    at += count;
  }
}

/**
 * Gives the file `to` the contents of `from` in its place. What lies behind its old end comes first, because only that can lack space: on a full disk
 * the file is as it was before.
 * @throws the error of the file system
 */
export function overwrite(from: string, to: string): void {
  const [source, sink] = [openSync(from, 'r'), openSync(to, 'r+')];
  try {
    const [size, old] = [fstatSync(source).size, fstatSync(sink).size];
    try {
      copyPart(source, sink, Math.min(old, size), size);
    } catch (error) {
      ftruncateSync(sink, old);
      throw error;
    }
    copyPart(source, sink, 0, Math.min(old, size));
    if (size < old) ftruncateSync(sink, size);
  } finally {
    closeSync(source);
    closeSync(sink);
  }
}
