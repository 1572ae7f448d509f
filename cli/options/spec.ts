import type { Run } from '../context.js';

/** A positional argument; a name that ends in `...` takes one or more. */
export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
}

export interface OptionSpec {
  /** As commander writes them: `-o, --output <file>`. */
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** May be given several times; the values come as a list. */
  readonly repeat?: boolean;
  readonly required?: boolean;
}

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
