import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { VtaError } from '#isa/diag/diagnostic';
import { printDiagnostic } from '#isa/diag/print';
import type { Context, ExitStatus } from './context.js';
import { packageRoot } from './io/package-root.js';
import { explainMistake } from './options/mistakes.js';
import { buildProgram } from './options/program.js';
import { COMMANDS } from './options/table.js';
import { printError } from './report/diagnostics.js';

/** Commander's ways of saying that help or the version was printed. */
const INFORMATIVE = ['commander.helpDisplayed', 'commander.help', 'commander.version'];

function onError(error: unknown, argv: readonly string[], context: Context): ExitStatus {
  if (error instanceof VtaError) {
    context.err(printError(error));
    return 1;
  }
  if (error instanceof CommanderError) {
    if (INFORMATIVE.includes(error.code)) return error.exitCode === 0 ? 0 : 1;
    context.err(`${printDiagnostic(explainMistake(error, argv, COMMANDS))}\n`);
    return 1;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const text = message.startsWith('internal error') ? message : `internal error: ${message}`;
  context.err(`${text}\nThis is a mistake of vta, not yours. Please report it with the command line and its input.\n`);
  context.err(argv.includes('--debug') ? `${stack}\n` : 'Run it again with --debug for the stack trace.\n');
  return 2;
}

/**
 * Runs one command line.
 * @param argv what was typed after `vta`
 */
export async function main(argv: readonly string[], context: Context): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  // Help and mistakes need all commands, a command only itself.
  const named = COMMANDS.filter((c) => c.name === argv[0]);
  const program = buildProgram(named.length > 0 ? named : COMMANDS, version(), context, (s) => {
    status = s;
  });
  if (argv.length === 0) {
    context.out(program.helpInformation());
    return 1;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    return onError(error, argv, context);
  }
}

/** The package's version. */
const version = (): string => (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;

/** Runs the command line of this process. A reader that closes the pipe early (`| head`) is no error. */
export async function runProcess(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
  const context: Context = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true,
  };
  process.exitCode = await main(process.argv.slice(2), context);
}
