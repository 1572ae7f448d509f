import { basename, resolve } from 'node:path';
import type { CosimResult } from '#hardware-rtl/lockstep/cosim';
import { VtaError } from '#isa/diag/diagnostic';
import { readArtifact } from '../io/artifacts.js';
import { isFolder, readVector } from '../io/vectors.js';
import { cosimArtifact, cosimVector, type LockstepOptions, launchesOf, oneLaunch } from '../lockstep.js';
import type { Handler } from '../parallel/handler.js';
import { printError } from '../report/diagnostics.js';

/** One line of `--json` (design, section 5); `error` is there where a program could not be compared. */
export interface CosimVerdict extends CosimResult {
  readonly name: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface CosimTaskResult {
  readonly verdict: CosimVerdict;
  /** A diagnostic as it is printed, or null. */
  readonly error: string | null;
}

export interface CosimRun {
  readonly lockstep: LockstepOptions;
  /** Of artifacts, only the launch of this layer. */
  readonly launch?: string;
}

/** Compares one program after the other, by path: an artifact, or a vector's folder. */
export async function start({ lockstep, launch }: CosimRun): Promise<Handler<string, CosimTaskResult>> {
  const judge = async (path: string, show: (text: string) => void): Promise<CosimVerdict> => {
    if (isFolder(path)) return { name: basename(resolve(path)), ...(await cosimVector(readVector(path), path, lockstep)) };
    const artifact = readArtifact(path);
    const launches = launchesOf(artifact, path, launch);
    oneLaunch(launches.length, lockstep);
    let done = 0;
    const showLaunch = (name: string) => show(`${++done}/${launches.length} ${name}`);
    return { name: basename(path, '.vta'), ...(await cosimArtifact(artifact, launches, path, lockstep, showLaunch)) };
  };
  return async (path, show) => {
    show(path);
    try {
      return { verdict: await judge(path, show), error: null };
    } catch (error) {
      if (!(error instanceof VtaError)) throw error;
      return { verdict: broken(path, error), error: printError(error) };
    }
  };
}

const broken = (path: string, { code, message }: VtaError): CosimVerdict => ({
  name: basename(resolve(path)),
  match: false,
  cycles: { cycle: 0, rtl: 0 },
  instructions: 0,
  divergence: null,
  error: { code, message },
});
