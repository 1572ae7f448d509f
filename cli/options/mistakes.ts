import type { CommanderError } from 'commander';
import { type Diagnostic, diagnostic, nearest } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';
import { type CommandSpec, longFlag } from './spec.js';

const hintOf = (name: string, names: readonly string[]): string => {
  const near = nearest(name, names);
  return near === null ? '' : ` (did you mean ${near}?)`;
};

/** What commander's error means, as a diagnostic. `argv` holds what was typed after `vta`. */
export function explainMistake(error: CommanderError, argv: readonly string[], specs: readonly CommandSpec[]): Diagnostic {
  const spec = specs.find((s) => s.name === argv[0]);
  const command = spec === undefined ? 'vta' : `vta ${spec.name}`;
  const example = spec?.examples[0][0] ?? 'vta --help';
  const quoted = [...error.message.matchAll(/'([^']*)'/g)].map((m) => m[1]);
  switch (error.code) {
    case 'commander.unknownCommand':
      return diagnostic(M.VTA6002, {
        name: quoted[0],
        hint: hintOf(
          quoted[0],
          specs.map((s) => s.name),
        ),
      });
    case 'commander.unknownOption': {
      const known = [...(spec?.options.map((o) => longFlag(o.flags)) ?? []), '--help', '--version', '--debug'];
      return diagnostic(M.VTA6001, { command, option: quoted[0], hint: hintOf(quoted[0], known) });
    }
    case 'commander.missingArgument':
      return diagnostic(M.VTA6003, { command, missing: `the argument <${quoted[0]}>`, example });
    case 'commander.optionMissingArgument':
    case 'commander.missingMandatoryOptionValue':
      return diagnostic(M.VTA6003, { command, missing: quoted[0], example });
    case 'commander.invalidArgument': {
      const option = spec?.options.find((o) => o.flags === quoted[0]);
      const allowed = option?.choices ?? [];
      const args = {
        command,
        option: longFlag(quoted[0]),
        value: quoted[1],
        hint: hintOf(quoted[1], allowed),
        allowed: allowed.join(', '),
      };
      return diagnostic(M.VTA6004, args);
    }
    default:
      return diagnostic(M.VTA6005, { command, extra: argv.at(-1) ?? '' });
  }
}
