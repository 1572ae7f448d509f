import type { Run } from '../context.js';

/** A positional argument; a name that ends in `...` takes one or more. */
export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  /** What a file is, where the options that go with it depend on that (together.ts). */
  readonly kinds?: 'program' | 'source';
}

/** Kinds of input files; null where a path cannot be looked at without reading it (a pipe), or does not exist. */
export type FileKind = 'compiled' | 'vector' | 'litmus' | 'assembly' | 'instructions' | 'model' | 'tensor program';

export interface OptionSpec {
  /** As commander writes them: `-o, --output <file>`. */
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** May be given several times; the values come as a list. */
  readonly repeat?: boolean;
  readonly required?: boolean;
  /** The value is a whole number of at least this, or one of `words`. */
  readonly count?: { readonly least: number; readonly words?: readonly string[] };
  /** An older name that still works, with the same kind of value: `--timing`, `--out <folder>`. */
  readonly older?: string;
}

/** `--output` of `-o, --output <file>`. */
export const longFlag = (flags: string): string => /--[\w-]+/.exec(flags)?.[0] ?? flags;

/** One command: everything that `--help`, the documentation and the parser need. The work is loaded only when it runs. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly args: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Shown under the help text: a command line, and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  readonly load: () => Promise<{ readonly run: Run }>;
}
