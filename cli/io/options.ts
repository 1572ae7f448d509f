import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fail, nearest } from '#isa/diag/diagnostic';
import { DEFAULT_MEMORY, type MemorySettings, parseMemory } from '#isa/arch/memory';
import { MACHINES, type Machine, type MachineChoice, type Timing } from '../devices.js';
import { cliMessages as M } from '../messages.js';

/** The memory that `--memory` describes. @throws VtaError VTA1301, VTA1302 */
export const memoryOf = (option: unknown): MemorySettings => (typeof option === 'string' ? parseMemory(option) : DEFAULT_MEMORY);

/** The machine of `--on`, `--timing` and `--timing-only`, which go together (options/together.ts). */
export const machineOf = ({ on, timing, timingOnly }: Readonly<Record<string, unknown>>): MachineChoice => ({
  machine: on as Machine,
  timing: timing as Timing,
  ...(timingOnly === true ? { timingOnly } : {}),
});

/** Begins with `./` or `../`, and is therefore never taken for `NAME=FILE`. */
const ofThisFolder = (text: string): boolean => /^\.{1,2}[\\/]/.test(text);

/** Is a text with `=` in it the path of a file to read? */
export const isInputPath = (text: string): boolean => ofThisFolder(text) || existsSync(text);

/** Is a text with `=` in it the path of a file to write: of one that is there, or in a folder that is there and can only be meant? */
export function isOutputPath(text: string): boolean {
  const folder = dirname(text);
  return ofThisFolder(text) || existsSync(text) || ((folder.includes('=') || /^[\\/]/.test(text)) && existsSync(folder));
}

/**
 * `NAME=FILE` or `FILE` of `--input` and `--output`; an empty name means the only one. Tensor names and paths may hold `=` both: what stands before an `=` and
 * is one of `names` is a name, the longest such; else what `isPath` takes for a path is one; else the name ends at the first `=`, and is a wrong one.
 */
export function splitNamed(
  text: string,
  names: readonly string[],
  isPath: (text: string) => boolean,
): { readonly name: string; readonly file: string } {
  const signs = [...text].flatMap((sign, at) => (sign === '=' ? [at] : []));
  const named = signs.filter((at) => at === 0 || names.includes(text.slice(0, at))).at(-1);
  if (named === undefined && (signs.length === 0 || isPath(text))) return { name: '', file: text };
  const at = named ?? signs[0];
  return { name: text.slice(0, at), file: text.slice(at + 1) };
}

const COUNT = /^\d{1,9}$/;

/** A whole number that was given as an option of `command`. @throws VtaError VTA6004 */
export function countOf(value: unknown, command: string, option: string): number {
  const text = String(value);
  if (!COUNT.test(text)) fail(M.VTA6004, { command, option, value: text, hint: '', allowed: 'whole numbers from 0' });
  return Number(text);
}

/** Names of machines separated by commas. @throws VtaError VTA6004 */
export function machinesOf(value: unknown, command: string, option: string): readonly Machine[] {
  const names = String(value).split(',');
  for (const name of names) {
    if ((MACHINES as readonly string[]).includes(name)) continue;
    const near = nearest(name, MACHINES);
    const hint = near === null ? '' : ` (did you mean ${near}?)`;
    fail(M.VTA6004, { command, option, value: name, hint, allowed: `${MACHINES.join(', ')}, or some of them with commas between` });
  }
  return MACHINES.filter((m) => names.includes(m));
}

/** How many threads share the work of `command`: `--jobs`, at least 1. @throws VtaError VTA6004 */
export const jobsOf = (value: unknown, command: string): number =>
  value === 'all' ? availableParallelism() : Math.max(1, countOf(value, command, '--jobs'));
