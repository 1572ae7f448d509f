import { open } from 'node:fs/promises';
import { TemporaryFile } from '#hardware-rtl/verilated/temporary';
import { fail } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';
import { reasonOf } from './files.js';

/**
 * Writes a file piece by piece, whole or not at all: if anything goes wrong in between, a full disk or an interruption, nothing is left of it, and a file that had
 * its name stays as it was.
 * @throws VtaError VTA6102
 */
export async function writePieces(file: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  const temporary = new TemporaryFile(file);
  try {
    const handle = await open(temporary.path, 'w');
    try {
      for (const piece of pieces) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    temporary.keep();
  } catch (error) {
    temporary.drop();
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    fail(M.VTA6102, { file, reason: reasonOf(error) });
  }
}
