/** The one place that writes what a user asked for. */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { tmpdir } from 'node:os';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { reasonOf } from '#isa/diag/reasons';
import { cliMessages as M } from '../messages.js';
import { overwrite, ReaderLeft, writeAll } from './bytes.js';
import { claimWrite } from './claims.js';
import { type Target, targetOf } from './paths.js';
import { ScratchFile } from './scratch.js';

const MODE = 0o777;
/** A disk with less room than this may have been too small for the last write. */
const LEAST_ROOM = 1 << 16;

const encoded = (part: string | Uint8Array): Uint8Array => (typeof part === 'string' ? new TextEncoder().encode(part) : part);

/**
 * A file that a command will write: whole or not at all. A file that is replaced keeps its mode and its owner, a symbolic or hard link stays one, and a
 * device or a pipe takes the bytes and stays what it is. `-` is standard output.
 */
export class Output {
  private readonly target: Target;
  private scratch: ScratchFile | null = null;
  /** Another program writes it. */
  private isForeign = false;

  /**
   * Make it as soon as the name is known: a name that cannot be written is refused before the work begins.
   * @throws VtaError VTA6102, VTA6105
   */
  constructor(readonly file: string) {
    this.target = this.attempt(() => {
      const target = targetOf(file);
      // a file that its owner protects is not replaced, although the folder would allow it
      if (target.kind === 'device' || (target.kind === 'file' && target.old !== null)) accessSync(target.path, constants.W_OK);
      else if (target.kind === 'file') accessSync(dirname(target.path), constants.W_OK | constants.X_OK);
      return target;
    });
    claimWrite(file, this.target);
  }

  /** @throws VtaError VTA6102, VTA6106 */
  write(contents: Uint8Array | string): void {
    this.attempt(() => {
      if (this.target.kind !== 'file') return pour([contents], this.target);
      writeFileSync(this.open(''), contents);
    });
    this.finish();
  }

  /** Writes piece by piece what would be too much at once. @throws VtaError VTA6102, VTA6106, and what `pieces` throws */
  async writePieces(pieces: Iterable<string | Uint8Array>): Promise<void> {
    const { target } = this;
    if (target.kind !== 'file') return this.attempt(() => pour(pieces, target));
    const path = this.open('');
    try {
      const handle = await open(path, 'w');
      try {
        for (const piece of pieces) await handle.writeFile(piece);
      } finally {
        await handle.close();
      }
    } catch (error) {
      this.failed(error);
    }
    this.finish();
  }

  /**
   * The path at which another program writes it.
   * @param ending of that path's name, for a program that goes by it
   * @throws VtaError VTA6102
   */
  open(ending: string): string {
    return this.attempt(() => {
      this.isForeign = ending !== '';
      const { target } = this;
      this.scratch ??=
        target.kind === 'file'
          ? new ScratchFile(dirname(target.path), target.old !== null, ending)
          : new ScratchFile(tmpdir(), false, ending);
      return this.scratch.path;
    });
  }

  /** What was written at {@link open} is complete. @throws VtaError VTA6102, VTA6106 */
  finish(): void {
    this.attempt(() => {
      const { scratch, target } = this;
      if (scratch === null) return;
      if (this.isForeign) checkRoom(scratch.path);
      if (target.kind === 'file') return settle(scratch, target.path, target.old);
      const contents = readFileSync(scratch.path);
      this.drop(); // before a reader may have to be waited for
      pour([contents], target);
    });
    this.drop();
  }

  /** Nothing is written; a file of the name stays as it was. */
  drop(): void {
    this.scratch?.drop();
    this.scratch = null;
  }

  private attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      return this.failed(error);
    }
  }

  private failed(error: unknown): never {
    this.drop();
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof VtaError || code === undefined) throw error;
    if (this.target?.kind !== 'descriptor' || this.target.descriptor !== 1)
      fail(M.VTA6102, { file: this.file || '""', reason: reasonOf(error) });
    if (code === 'EPIPE') throw new ReaderLeft();
    fail(M.VTA6106, { reason: reasonOf(error) });
  }
}

/** Other programs (Verilator's waveforms) do not tell that a disk is full: then a file may lack its end. @throws ENOSPC */
function checkRoom(path: string): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < LEAST_ROOM) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
}

/** Writes one piece after the other to what is no file. */
function pour(pieces: Iterable<string | Uint8Array>, target: Exclude<Target, { readonly kind: 'file' }>): void {
  const descriptor = target.kind === 'device' ? openSync(target.path, constants.O_WRONLY) : target.descriptor;
  try {
    for (const piece of pieces) writeAll(descriptor, encoded(piece));
  } finally {
    if (target.kind === 'device') closeSync(descriptor);
  }
}

/** Gives the file at `path` the contents of the scratch file: by its name where nothing of the old file is lost by that, else in its place. */
function settle(scratch: ScratchFile, path: string, old: Stats | null): void {
  if (old !== null && (!scratch.beside || old.nlink > 1 || !takesOver(scratch.path, old))) overwrite(scratch.path, path);
  else renameSync(scratch.path, path);
}

/** Gives the new file mode and owner of the old one. @returns whether that was allowed */
function takesOver(path: string, old: Stats): boolean {
  try {
    const { uid, gid } = statSync(path);
    if (uid !== old.uid || gid !== old.gid) chownSync(path, old.uid, old.gid);
    chmodSync(path, old.mode & MODE);
    return true;
  } catch {
    return false;
  }
}
