/** Which options go together: one table. An option that would change nothing is refused instead of ignored. */
import { fail } from '#isa/diag/diagnostic';
import { cliMessages as M } from '../messages.js';
import type { FileKind } from './spec.js';

/** What was typed, and what its files are. */
export interface Situation {
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  /** Of the arguments that are files, if the command's options depend on that. */
  readonly kinds: readonly (FileKind | null)[];
}

/** An option that needs something else on the command line. */
export interface Rule {
  readonly commands: readonly string[];
  /** The long name. */
  readonly option: string;
  /** What it needs, for `it needs ...`. */
  readonly needs: string;
  readonly why: string;
  readonly do: string;
  readonly holds: (s: Situation) => boolean;
}

const names = (on: unknown): readonly string[] => String(on).split(',');
const hasTime = ({ options }: Situation): boolean => names(options.on).some((m) => m !== 'functional');
const hasValues = ({ options }: Situation): boolean => options.timingOnly !== true;
const noFiles = ({ args }: Situation): boolean => args.length === 0;
/** Is one of the files of one of these kinds? Yes also where that is not known. */
const some =
  (...kinds: readonly FileKind[]) =>
  (s: Situation): boolean =>
    s.kinds.some((k) => k === null || kinds.includes(k));
const ownMachine = some('assembly', 'instructions');

const row = (commands: string, option: string, needs: string, why: string, remedy: string, holds: Rule['holds']): Rule => ({
  commands: commands.split(' '),
  option,
  needs,
  why,
  do: remedy,
  holds,
});

const NO_TIME = 'the functional machine has no time';
const NO_VALUES = 'with --timing-only no values are computed';
const OF_FILES = 'the programs come from the files, with their machine and memory';
const OF_MODELS = 'a tensor program has no graph, so no pass runs and nothing is requantized';

export const RULES: readonly Rule[] = [
  row('run run-vector', '--memory', 'a machine with time', `${NO_TIME}, so no memory slows it down`, 'add --on cycle', hasTime),
  row('fuzz', '--memory', 'a machine with time', `${NO_TIME}, so no memory slows it down`, 'name cycle or rtl in --on', hasTime),
  row(
    'run run-vector trace wave',
    '--timing',
    '--on cycle',
    `${NO_TIME}, and the RTL has only its own: the cycle simulator alone can count the cycles of another core`,
    'add --on cycle',
    ({ options }) => options.on === 'cycle' || (options.on === 'rtl' && options.timing === 'vta-stack'),
  ),
  row(
    'run',
    '--timing-only',
    '--on cycle with its own timing',
    'only the cycle simulator can leave the values out, and only with --timing vta-stack',
    'add --on cycle, and leave out --timing',
    ({ options }) => options.on === 'cycle' && options.timing === 'vta-stack',
  ),
  row('run', '--input', 'a run with values', `${NO_VALUES}, and cycles do not depend on them`, 'leave one of the two out', hasValues),
  row('run', '--output', 'a run with values', `${NO_VALUES}, so there is nothing to write`, 'leave one of the two out', hasValues),
  row('run', '--roofline', 'a machine with time', `${NO_TIME}, so there is no rate to draw`, 'add --on cycle', hasTime),
  ...['--from', '--to'].flatMap((option) => [
    row('why', option, '--path', 'only the list of the critical path has a window', 'add --path', ({ options }) => options.path === true),
    row(
      'cosim',
      option,
      '--waveform',
      'the whole program is compared; only the waveform has a window',
      'add --waveform FILE.fst',
      ({ options }) => options.waveform !== undefined,
    ),
    row(
      'trace',
      option,
      '--output FILE.vcd',
      'the accounts and the other files are of whole launches',
      'add --output FILE.vcd',
      ({ options }) => ((options.output as readonly string[] | undefined) ?? []).some((f) => f.endsWith('.vcd')),
    ),
  ]),
  row('cosim', '--launch', 'a .vta file', 'a vector is one launch', 'leave out --launch', some('compiled')),
  ...['--config', '--dram'].map((option) =>
    row(
      'why trace wave lint debug',
      option,
      'a .vasm file or an instruction stream',
      'a .vta file, a vector and a litmus test say themselves which machine and memory they are for',
      `leave out ${option}`,
      ownMachine,
    ),
  ),
  row('disasm', '--config', 'an instruction stream', 'a .vta file says itself which machine it is for', 'leave out --config', ownMachine),
  ...['--seed', '--count', '--config', '--memory', '--rtl-configs', '--illegal'].map((option) =>
    row('fuzz', option, 'a run without files', OF_FILES, `leave out the files, or ${option}`, noFiles),
  ),
  row(
    'fuzz',
    '--rtl-configs',
    'rtl in --on, and a random machine or memory',
    'it says how many models of the RTL are built: none without rtl, one for one machine with one bus width',
    'leave out --rtl-configs',
    ({ options }) => names(options.on).includes('rtl') && (options.config === 'random' || options.memory === 'random'),
  ),
  row('asm', '--dram', 'a .vta output', 'any other output holds instructions only', 'name the output FILE.vta', ({ options }) =>
    String(options.output).endsWith('.vta'),
  ),
  row(
    'config',
    '--derived',
    'a preset or a file',
    'a list of presets has nothing to derive',
    'name a preset',
    ({ args }) => args.length > 0,
  ),
  row(
    'compile',
    '--schedule',
    'a tensor program',
    'schedules of models are found by the compiler',
    'leave out --schedule',
    some('tensor program'),
  ),
  ...['--exact', '--rounding', '--dump', '--skip', '--bisect'].map((option) =>
    row('compile', option, 'a model', OF_MODELS, `leave out ${option}`, some('model')),
  ),
];

/**
 * Holds a command line against the table.
 * @param given the long names of the options that were typed
 * @throws VtaError VTA6009 for the first option that would change nothing
 */
export function checkTogether(command: string, given: ReadonlySet<string>, s: Situation): void {
  for (const { commands, option, needs, why, do: remedy, holds } of RULES) {
    if (!commands.includes(command) || !given.has(option) || holds(s)) continue;
    fail(M.VTA6009, { command: `vta ${command}`, option, needs, reason: why, remedy });
  }
}
