/** Values of options, checked before a command runs: also of options that it would look at late, or not at all. */
import { fail } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';
import { type CommandSpec, longFlag, type OptionSpec } from './spec.js';

const MOST = 999_999_999;

function checkCount(command: string, { flags, count }: OptionSpec, value: string): void {
  if (count === undefined || count.words?.includes(value) === true) return;
  const good = /^\d{1,9}$/.test(value) && Number(value) >= count.least;
  const allowed = [`whole numbers from ${count.least} to ${MOST}`, ...(count.words ?? [])].join(', or ');
  if (!good) fail(M.VTA6004, { command, option: longFlag(flags), value, hint: '', allowed });
}

/** @throws VtaError VTA6004 for a value that is empty, or no number where a number is needed */
export function checkValues({ name, options: specs }: CommandSpec, valueIn: (spec: OptionSpec) => unknown): void {
  for (const spec of specs) {
    for (const value of [valueIn(spec)].flat()) {
      if (typeof value !== 'string') continue;
      const option = longFlag(spec.flags);
      if (value === '')
        fail(M.VTA6003, { command: `vta ${name}`, missing: `a value for ${option}, which is empty`, example: `vta ${name} --help` });
      checkCount(`vta ${name}`, spec, value);
    }
  }
}
