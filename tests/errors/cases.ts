import { preset } from '#isa/config/presets';
import type { Files } from '../support/cli.js';
import { programFile } from './artifacts.js';

/** A command line that must end with exit status 1 and one diagnostic of this code. */
export interface CliCase {
  readonly code: string;
  readonly title: string;
  /** Files of the folder in which the command runs. */
  readonly files?: Files;
  /** Commands that make more files; they must succeed. */
  readonly prepare?: readonly (readonly string[])[];
  readonly argv: readonly string[];
  /** Changes of the environment, given the folder. */
  readonly env?: (folder: string) => NodeJS.ProcessEnv;
}

/** A call of a public function, where no command line reaches the code; `why` says why not. */
export interface CallCase {
  readonly code: string;
  readonly title: string;
  readonly why: string;
  readonly call: () => unknown;
}

export type ErrorCase = CliCase | CallCase;

/** The keys of a preset, changed. */
export function configFile(changes: Readonly<Record<string, unknown>>, name = 'default'): string {
  return JSON.stringify({ ...preset(name).keys, ...changes });
}

/** The machines that a program's mistake must end in the same way on. */
const machines = ['functional', 'cycle'] as const;

/** A program in assembly that assembles and must be refused by every simulator. */
export function programCases(code: string, title: string, lines: readonly string[], config = 'default'): CliCase[] {
  return machines.map((machine) => ({
    code,
    title: `${title} (${machine})`,
    files: { 'p.vta': programFile(lines, config) },
    argv: ['run', 'p.vta', '--on', machine],
  }));
}
