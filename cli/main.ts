import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { diagnostic, VtaError } from '#isa/diag/diagnostic';
import { printDiagnostic } from '#isa/diag/print';
import { reasonOf } from '#isa/diag/reasons';
import type { Context, ExitStatus } from './context.js';
import { ReaderLeft } from './io/bytes.js';
import { newCommand, outputTaken } from './io/claims.js';
import { packageRoot } from './io/package-root.js';
import { cliMessages as M } from './messages.js';
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
  if (error instanceof ReaderLeft) return 0;
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
  newCommand();
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

/** A reader that closes the pipe early (`| head`) is no error; results that are lost are one. It takes one line to say: whoever reads it fills the disk. */
function onLostOutput(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(0);
  const { code, what } = diagnostic(M.VTA6106, { reason: reasonOf(error) });
  process.stderr.write(`error ${code}: ${what}\n`);
  process.exit(1);
}

/** Runs the command line of this process. */
export async function runProcess(): Promise<void> {
  process.stdout.on('error', onLostOutput);
  // nobody is left to tell
  process.stderr.on('error', () => undefined);
  const context: Context = {
    out: (text) => void (outputTaken() ? process.stderr : process.stdout).write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true,
  };
  process.exitCode = await main(process.argv.slice(2), context);
}
