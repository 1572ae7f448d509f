import { Command, Option } from 'commander';
import { fail } from '#isa/diag/diagnostic';
import type { Context, ExitStatus } from '../context.js';
import { cliMessages as M } from '../messages.js';
import { type CommandSpec, longFlag, type OptionSpec } from './spec.js';
import { checkTogether } from './together.js';
import { checkValues } from './values.js';

const append = (value: string, list: readonly string[] | undefined): string[] => [...(list ?? []), value];

function option(spec: OptionSpec, flags = spec.flags): Option {
  const out = new Option(flags, spec.older === undefined ? spec.help : `${spec.help} (older name: ${longFlag(spec.older)})`);
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

/** Adds an option and its older name. A value that is given twice is refused: the first would be ignored. */
function addOption(out: Command, spec: OptionSpec): void {
  const forms = [option(spec), ...(spec.older === undefined ? [] : [option({ ...spec, default: undefined }, spec.older).hideHelp()])];
  let times = 0;
  for (const form of forms) {
    out.addOption(form);
    out.on(`option:${form.name()}`, () => {
      const [command, name] = [`vta ${out.name()}`, longFlag(spec.flags)];
      if (++times > 1 && spec.repeat !== true && form.required) fail(M.VTA6012, { command, option: name });
    });
  }
}

/** Moves what was given under an older name to the present one. */
function modernize(out: Command, specs: readonly OptionSpec[]): void {
  for (const { flags, older } of specs) {
    if (older === undefined) continue;
    const [now, before] = [flags, older].map((f) => new Option(f).attributeName());
    if (out.getOptionValueSource(before) === 'cli') out.setOptionValueWithSource(now, out.getOptionValue(before), 'cli');
  }
}

/** @throws VtaError VTA6003, VTA6004, VTA6005, VTA6009 */
async function check(out: Command, spec: CommandSpec): Promise<void> {
  const takesAll = spec.args.at(-1)?.name.endsWith('...') === true;
  const { args } = out;
  if (!takesAll && args.length > spec.args.length) fail(M.VTA6005, { command: `vta ${spec.name}`, extra: args[spec.args.length] });
  checkValues(spec, (o) => out.getOptionValue(new Option(o.flags).attributeName()));
  const given = spec.options.filter((o) => out.getOptionValueSource(new Option(o.flags).attributeName()) === 'cli');
  const use = spec.args[0]?.kinds;
  const kinds =
    use === undefined ? [] : await import('../io/kinds.js').then(({ kindOf }) => Promise.all(args.map((path) => kindOf(path, use))));
  checkTogether(spec.name, new Set(given.map((o) => longFlag(o.flags))), { options: out.opts(), args, kinds });
}

function command(spec: CommandSpec, context: Context, done: (status: ExitStatus) => void): Command {
  const out = new Command(spec.name).summary(spec.summary).description(`${spec.summary[0].toUpperCase()}${spec.summary.slice(1)}.`);
  for (const a of spec.args) out.argument(a.optional === true ? `[${a.name}]` : `<${a.name}>`, a.help);
  for (const o of spec.options) addOption(out, o);
  out.allowExcessArguments(true);
  out.addOption(new Option('--debug', 'print stack traces of internal errors'));
  out.addHelpText('after', examples(spec));
  out.action(async (...received: unknown[]) => {
    const args = (received.slice(0, spec.args.length) as (string | string[] | undefined)[]).flat().filter((a) => a !== undefined);
    modernize(out, spec.options);
    await check(out, spec);
    const { run } = await spec.load();
    done(await run(context, args, out.opts()));
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
