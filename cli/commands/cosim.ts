import { basename, resolve } from 'node:path';
import type { CosimResult } from '#hardware-rtl/lockstep/cosim';
import { fail, VtaError } from '#isa/diag/diagnostic';
import type { Run } from '../context.js';
import { readArtifact } from '../io/artifacts.js';
import { countOf, memoryOf } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { isFile, readVector } from '../io/vectors.js';
import { cosimArtifact, cosimVector, type LockstepOptions, launchesOf } from '../lockstep.js';
import { cliMessages as M } from '../messages.js';
import { divergenceText } from '../report/divergence.js';
import { printError } from '../report/diagnostics.js';
import { jsonLine } from '../report/json.js';

/** One line of `--json` (design, section 5); `error` is there where a program could not be compared. */
interface Verdict extends CosimResult {
  readonly name: string;
  readonly error?: { readonly code: string; readonly message: string };
}

type Options = Readonly<Record<string, unknown>>;

function waveformOf(options: Options): LockstepOptions['waveform'] {
  if (typeof options.waveform !== 'string') return undefined;
  const window = { from: countOf(options.from, 'vta cosim', '--from'), to: countOf(options.to, 'vta cosim', '--to') };
  return { file: resolve(options.waveform), ...window };
}

function oneLaunch(count: number, options: LockstepOptions): void {
  if (options.waveform !== undefined && count !== 1) fail(M.VTA6008, { count });
}

async function judge(path: string, options: Options, lockstep: LockstepOptions, show: (text: string) => void): Promise<Verdict> {
  if (!isFile(path)) return { name: basename(resolve(path)), ...(await cosimVector(readVector(path), path, lockstep)) };
  const artifact = readArtifact(path);
  const launches = launchesOf(artifact, path, options.launch as string | undefined);
  oneLaunch(launches.length, lockstep);
  let done = 0;
  const showLaunch = (name: string) => show(`${++done}/${launches.length} ${name}`);
  return { name: basename(path, '.vta'), ...(await cosimArtifact(artifact, launches, path, lockstep, showLaunch)) };
}

function human(v: Verdict): string {
  const counts = `${v.instructions} instructions, ${v.cycles.cycle} cycles`;
  if (v.divergence === null) return `ok    ${v.name}  ${counts}\n`;
  return `FAIL  ${v.name}  ${counts} on the cycle simulator, ${v.cycles.rtl} on the RTL\n${divergenceText(v.divergence)}`;
}

const broken = (path: string, { code, message }: VtaError): Verdict => ({
  name: basename(resolve(path)),
  match: false,
  cycles: { cycle: 0, rtl: 0 },
  instructions: 0,
  divergence: null,
  error: { code, message },
});

/** `vta cosim FILE.vta | DIR...`: files that are neither (a glob's by-catch) are left out. */
export const run: Run = async (context, args, options) => {
  const waveform = waveformOf(options);
  const lockstep: LockstepOptions = { memory: memoryOf(options.memory), ...(waveform === undefined ? {} : { waveform }) };
  const programs = args.length === 1 ? args : args.filter((path) => !isFile(path) || path.endsWith('.vta'));
  oneLaunch(programs.length, lockstep);
  const progress = progressOf(context);
  let good = true;
  for (const path of programs) {
    progress.show(path);
    const verdict = await judge(path, options, lockstep, (text) => progress.show(text)).catch((error: unknown) => {
      if (!(error instanceof VtaError)) throw error;
      progress.clear();
      context.err(printError(error));
      return broken(path, error);
    });
    progress.clear();
    good &&= verdict.match;
    if (options.json === true) context.out(jsonLine(verdict));
    else if (verdict.error === undefined) context.out(human(verdict));
  }
  return good ? 0 : 1;
};
