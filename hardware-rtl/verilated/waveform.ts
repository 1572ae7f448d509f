import { closeSync, openSync, statSync } from 'node:fs';
import { fail } from '#isa/diag/diagnostic';
import { rtlMessages as M } from '../messages.js';
import type { JobResult } from './protocol.js';
import { TemporaryFile } from './temporary.js';

/** Cycles, both included, whose signals are written to a file: VCD if its name ends in .vcd, else FST. */
export interface Waveform {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** Creates the file, so that a folder that cannot be written to is found before anything is built. */
function create({ path, file }: TemporaryFile): void {
  try {
    closeSync(openSync(path, 'w'));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    fail(M.VTA5008, { file, reason: code === 'ENOENT' ? 'no such folder' : code });
  }
}

/**
 * Runs a launch that writes a waveform. Its file appears when the launch is over, however the program ended; an interrupted one leaves none.
 * @param run is told where to write, and with which kind of model
 * @throws VtaError VTA5008, VTA5009, and what `run` throws
 */
export async function withWaveform(
  { file, from, to }: Waveform,
  run: (path: string, kind: 'fst' | 'vcd') => Promise<JobResult>,
): Promise<JobResult> {
  const temporary = new TemporaryFile(file);
  try {
    create(temporary);
    const result = await run(temporary.path, file.endsWith('.vcd') ? 'vcd' : 'fst');
    if (statSync(temporary.path).size === 0) fail(M.VTA5009, { from, to, cycles: result.cycles });
    temporary.keep();
    return result;
  } catch (error) {
    temporary.drop();
    throw error;
  }
}
