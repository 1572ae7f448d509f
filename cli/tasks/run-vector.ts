import { basename, resolve } from 'node:path';
import type { Device } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import { VtaError } from '#isa/diag/diagnostic';
import { runVector } from '#simulator/vector/vector';
import { deviceCache, type MachineChoice } from '../devices.js';
import { readVector } from '../io/vectors.js';
import type { Handler } from '../parallel/handler.js';
import { printError } from '../report/diagnostics.js';

/** One line of `--json` (design, section 5). */
export interface VectorVerdict {
  readonly name: string;
  readonly on: Device['name'];
  readonly timing?: string;
  readonly match: boolean;
  readonly cycles: number | null;
  readonly notes?: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The verdict on one vector, and what else people want to know. */
export interface VectorResult {
  readonly verdict: VectorVerdict;
  readonly detail: string;
  /** A diagnostic as it is printed, or null. */
  readonly error: string | null;
}

export interface VectorRun {
  readonly choice: MachineChoice;
  readonly memory: MemorySettings;
}

/** Runs vectors by folder; the machines are made once per configuration. */
export async function start({ choice, memory }: VectorRun): Promise<Handler<string, VectorResult>> {
  const deviceFor = deviceCache(choice);
  return async (dir) => {
    const base = { name: basename(resolve(dir)), on: choice.machine, match: false, cycles: null };
    let error: string | null = null;
    const onError = (e: VtaError): void => {
      error = printError(e);
    };
    try {
      const vector = readVector(dir);
      const device = await deviceFor(vector.config);
      const { firstDifference: at, ...verdict } = await runVector(device, vector, { memory, onError });
      const detail = at === null ? '' : `first difference at byte ${at.address}: is ${at.is}, must be ${at.must}`;
      return { verdict, detail, error };
    } catch (e) {
      if (!(e instanceof VtaError)) throw e;
      return { verdict: { ...base, error: { code: e.code, message: e.message } }, detail: '', error: printError(e) };
    }
  };
}
