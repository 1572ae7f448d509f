import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { reasonOf } from '#isa/diag/reasons';
import { rtlMessages as M } from '../messages.js';
import type { JobResult } from './protocol.js';

/** Cycles, both included, whose signals are written to a file: VCD if its name ends in .vcd, else FST. Without `to` up to the end of the launch. */
export interface Waveform {
  readonly file: string;
  readonly from: number;
  readonly to?: number;
}

/** Creates the file, so that a folder that cannot be written to is found before anything is built. */
function create(file: string): void {
  try {
    closeSync(openSync(file, 'w'));
  } catch (error) {
    fail(M.VTA5008, { file, reason: reasonOf(error) });
  }
}

/** A launch that breaks a rule of the bus has run to its end all the same, and its waveform is what shows why. */
const isWhole = (error: unknown): boolean => error instanceof VtaError && error.code === 'VTA5007';

/**
 * Runs a launch that writes a waveform, which is complete when this returns. Nothing is left where the model dies or the waveform is empty.
 * @param run is told where to write, and with which kind of model
 * @throws VtaError VTA5008, VTA5009, and what `run` throws
 */
export async function withWaveform(
  { file, from, to }: Waveform,
  run: (path: string, kind: 'fst' | 'vcd') => Promise<JobResult>,
): Promise<JobResult> {
  create(file);
  try {
    const result = await run(file, file.endsWith('.vcd') ? 'vcd' : 'fst');
    if (statSync(file).size === 0) fail(M.VTA5009, { from, to: to ?? 'the end', cycles: result.cycles });
    return result;
  } catch (error) {
    if (!isWhole(error)) rmSync(file, { force: true });
    throw error;
  }
}
