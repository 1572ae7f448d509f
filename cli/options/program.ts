import { Command, Option } from 'commander';
import type { Context, ExitStatus } from '../context.js';
import type { CommandSpec, OptionSpec } from './spec.js';

const append = (value: string, list: readonly string[] | undefined): string[] => [...(list ?? []), value];

function option(spec: OptionSpec): Option {
  const out = new Option(spec.flags, spec.help);
  if (spec.choices !== undefined) out.choices([...spec.choices]);
  if (spec.default !== undefined) out.default(spec.default);
  if (spec.repeat === true) out.argParser(append);
  if (spec.required === true) out.makeOptionMandatory();
  return out;
}

function examples(spec: CommandSpec): string {
  const width = Math.max(...spec.examples.map(([line]) => line.length));
  const lines = spec.examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`.trimEnd());
  return `\n${spec.examples.length > 1 ? 'Examples' : 'Example'}:\n${lines.join('\n')}\n`;
}

function command(spec: CommandSpec, context: Context, done: (status: ExitStatus) => void): Command {
  const out = new Command(spec.name).summary(spec.summary).description(`${spec.summary[0].toUpperCase()}${spec.summary.slice(1)}.`);
  for (const a of spec.args) out.argument(a.optional === true ? `[${a.name}]` : `<${a.name}>`, a.help);
  for (const o of spec.options) out.addOption(option(o));
  out.addOption(new Option('--debug', 'print stack traces of internal errors'));
  out.addHelpText('after', examples(spec));
  out.action(async (...received: unknown[]) => {
    const args = (received.slice(0, spec.args.length) as (string | string[] | undefined)[]).flat().filter((a) => a !== undefined);
    const { run } = await spec.load();
    done(await run(context, args, received[spec.args.length] as Record<string, unknown>));
  });
  return out;
}

/** The parser for all commands; it throws CommanderError instead of leaving the process. */
export function buildProgram(
  specs: readonly CommandSpec[],
  version: string,
  context: Context,
  done: (status: ExitStatus) => void,
): Command {
  const quiet = { writeOut: context.out, writeErr: () => {}, outputError: () => {} };
  const program = new Command('vta')
    .description('VTA, the Versatile Tensor Accelerator: compile, simulate and co-verify.')
    .version(version);
  program.configureOutput(quiet).exitOverride().showSuggestionAfterError(false).helpCommand(false);
  for (const spec of specs) {
    program.addCommand(command(spec, context, done).configureOutput(quiet).exitOverride().showSuggestionAfterError(false));
  }
  program.addHelpText('after', '\nStart with:\n  vta compile MODEL.tflite -o model.vta && vta run model.vta --on cycle\n');
  return program;
}
