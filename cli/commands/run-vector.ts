import { basename, resolve } from 'node:path';
import type { Device } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import { runVector } from '#simulator/vector/vector';
import type { Run } from '../context.js';
import { deviceCache, type Machine } from '../devices.js';
import { machineOf, memoryOf } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { isFile, readVector } from '../io/vectors.js';
import { printError } from '../report/diagnostics.js';
import { jsonLine } from '../report/json.js';

/** One line of `--json` (design, section 5). */
interface Verdict {
  readonly name: string;
  readonly on: Machine;
  readonly timing?: string;
  readonly match: boolean;
  readonly cycles: number | null;
  readonly notes?: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface Bench {
  readonly machine: Machine;
  readonly memory: MemorySettings;
  readonly deviceFor: (config: VtaConfig) => Promise<Device>;
}

async function judge(dir: string, bench: Bench): Promise<{ verdict: Verdict; detail: string; error: VtaError | null }> {
  const base = { name: basename(resolve(dir)), on: bench.machine, match: false, cycles: null };
  let error: VtaError | null = null;
  const onError = (e: VtaError): void => {
    error = e;
  };
  try {
    const vector = readVector(dir);
    const device = await bench.deviceFor(vector.config);
    const { firstDifference: at, ...verdict } = await runVector(device, vector, { memory: bench.memory, onError });
    const detail = at === null ? '' : `first difference at byte ${at.address}: is ${at.is}, must be ${at.must}`;
    return { verdict, detail, error };
  } catch (e) {
    if (!(e instanceof VtaError)) throw e;
    return { verdict: { ...base, error: { code: e.code, message: e.message } }, detail: '', error: e };
  }
}

function human({ name, match, cycles, notes = [] }: Verdict, detail: string): string {
  const time = cycles === null ? '' : `  ${cycles} cycles`;
  return `${match ? 'ok  ' : 'FAIL'}  ${name}${time}${detail === '' ? '' : `\n      ${detail}`}\n${notes.map((n) => `      note: ${n}\n`).join('')}`;
}

/** `vta run-vector DIR...`: plain files among the arguments (a glob's by-catch) are left out. */
export const run: Run = async (context, args, options) => {
  const choice = machineOf(options);
  const { machine } = choice;
  const bench: Bench = { machine, memory: memoryOf(options.memory), deviceFor: deviceCache(choice) };
  const dirs = args.filter((path) => !isFile(path));
  const progress = progressOf(context);
  let matches = 0;
  for (const [i, dir] of dirs.entries()) {
    progress.show(`${i + 1}/${dirs.length} ${dir}`);
    const { verdict, detail, error } = await judge(dir, bench);
    progress.clear();
    if (error !== null) context.err(printError(error));
    if (verdict.match) matches++;
    context.out(options.json === true ? jsonLine(verdict) : human(verdict, detail));
  }
  if (options.json !== true) context.out(`${matches} of ${dirs.length} vectors match on ${machine}\n`);
  return matches === dirs.length ? 0 : 1;
};
