import { rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';
import { reasonOf } from './files.js';

/** Signals that end a command, with their numbers: the exit status is 128 more. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Writes a file piece by piece, whole or not at all: into a temporary one in the same folder, which is renamed at the end. If anything goes wrong
 * in between, a full disk or an interruption, the temporary file is removed and a file of that name stays as it was.
 * @throws VtaError VTA6102
 */
export async function writePieces(file: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  const handlers = Object.entries(SIGNALS).map(([signal, number]) => {
    const stop = () => {
      rmSync(temporary, { force: true });
      process.exit(128 + number);
    };
    process.once(signal, stop);
    return () => process.off(signal, stop);
  });
  try {
    const handle = await open(temporary, 'w');
    try {
      for (const piece of pieces) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    fail(M.VTA6102, { file, reason: reasonOf(error) });
  } finally {
    for (const off of handlers) off();
  }
}
