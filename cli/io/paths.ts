/** What a path on the command line stands for. */
import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Links behind one another before they count as a circle; Linux has the same limit. */
const MOST_LINKS = 40;

const systemError = (code: string): Error => Object.assign(new Error(code), { code });

/** The number of the open file that a path is another name of, or null. `-` is standard input or output, which `standard` says. */
export function descriptorOf(path: string, standard: 0 | 1): number | null {
  if (path === '-') return standard;
  const named = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }[path];
  if (named !== undefined) return named;
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(path);
  return number === null ? null : Number(number[1]);
}

/** What bytes for a path are written to. */
export type Target =
  /** A file that is open already, by number: standard output. */
  | { readonly kind: 'descriptor'; readonly descriptor: number }
  /** A device or a named pipe: it takes the bytes and stays what it is. */
  | { readonly kind: 'device'; readonly path: string }
  /** A file, or one that is to be made; `path` is behind all symbolic links. */
  | { readonly kind: 'file'; readonly path: string; readonly old: Stats | null };

/**
 * Follows symbolic links, also those that point to nothing yet, so that a link stays a link and what it points to is written.
 * @throws the error of the file system
 */
export function targetOf(file: string): Target {
  if (file === '') throw systemError('EINVAL');
  if (/[\\/]$/.test(file)) throw systemError('EISDIR');
  let path = file;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const descriptor = descriptorOf(path, 1);
    if (descriptor !== null) return { kind: 'descriptor', descriptor };
    path = join(realpathSync(dirname(resolve(path))), basename(path));
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { kind: 'file', path, old: null };
    if (found.isFile()) return { kind: 'file', path, old: found };
    if (found.isDirectory()) throw systemError('EISDIR');
    if (!found.isSymbolicLink()) return { kind: 'device', path };
    path = resolve(dirname(path), readlinkSync(path));
  }
  throw systemError('ELOOP');
}

/** By what two names of one regular file are known to be the same: its place, and its number on its disk. Nothing for devices and pipes. */
export function identitiesOf(path: string): readonly string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [`path ${path}`];
  return found.isFile() ? [`path ${realpathSync(path)}`, `file ${found.dev} ${found.ino}`] : [];
}
