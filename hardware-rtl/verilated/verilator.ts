import { execFile } from 'node:child_process';
import { fail } from '#isa/diag/diagnostic';
import { rtlMessages as M } from '../messages.js';

/** The oldest Verilator that reads the RTL. */
export const MINIMUM_VERILATOR = '5.006';

/** What is installed: a usable Verilator, one that is too old, or none and why. */
export type FoundVerilator =
  | { readonly found: true; readonly version: string }
  | { readonly found: false; readonly version: string | null; readonly reason: string };

/** The output of a program; `ok` is false if it could not be started or failed. */
export interface Ran {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a program to its end, or for at most `limitMs` milliseconds (0: for ever), without a shell. */
export function run(command: string, args: readonly string[], cwd?: string, limitMs = 0): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, maxBuffer: 64 * 2 ** 20, timeout: limitMs }, (error, stdout, stderr) => {
      const stopped = error?.killed === true ? `\n${command} was stopped after ${limitMs / 1000} s` : '';
      const output = `${stdout}${stderr}${stopped}`;
      resolve({ ok: error === null, output: error !== null && output.trim() === '' ? error.message : output });
    });
  });
}

const versionNumber = (text: string): number => {
  const [major, minor] = text.split('.').map(Number);
  return major * 1000 + minor;
};

let found: Promise<FoundVerilator> | undefined;

/** Looks for Verilator on the PATH (once). */
export function findVerilator(): Promise<FoundVerilator> {
  found ??= (async () => {
    const { ok, output } = await run('verilator', ['--version']);
    const version = ok ? (/Verilator (\d+\.\d+)/.exec(output)?.[1] ?? null) : null;
    if (version === null)
      return {
        found: false,
        version,
        reason: ok ? `it answers ${JSON.stringify(output.slice(0, 80))}` : 'there is no program named verilator',
      };
    if (versionNumber(version) < versionNumber(MINIMUM_VERILATOR))
      return { found: false, version, reason: `version ${version} is too old` };
    return { found: true, version };
  })();
  return found;
}

/** The version of a usable Verilator. @throws VtaError VTA5001, VTA5002 */
export async function requireVerilator(): Promise<string> {
  const v = await findVerilator();
  if (v.found) return v.version;
  if (v.version !== null) fail(M.VTA5002, { found: v.version, minimum: MINIMUM_VERILATOR });
  return fail(M.VTA5001, { reason: v.reason });
}
