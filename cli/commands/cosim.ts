import { statSync } from 'node:fs';
import { fail } from '#isa/diag/diagnostic';
import type { Run } from '../context.js';
import { countOf, jobsOf, memoryOf } from '../io/options.js';
import { Output } from '../io/output.js';
import { progressOf } from '../io/progress.js';
import { cliMessages as M } from '../messages.js';
import { isFile, wanted } from '../io/vectors.js';
import { type LockstepOptions, oneLaunch } from '../lockstep.js';
import { forEachInOrder } from '../parallel/each.js';
import { divergenceText } from '../report/divergence.js';
import { jsonLine } from '../report/json.js';
import type { CosimVerdict } from '../tasks/cosim.js';

const COMMAND = 'vta cosim';

type Options = Readonly<Record<string, unknown>>;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The window of a waveform, which the model writes to a file of ours until the launch is over. @throws VtaError VTA6020 */
function waveformOf(options: Options, output: Output): LockstepOptions['waveform'] {
  const ending = /\.(fst|vcd)$/.exec(output.file)?.[0];
  if (ending === undefined) return fail(M.VTA6020, { file: output.file, endings: '.fst, .vcd' });
  const to = options.to === undefined ? {} : { to: countOf(options.to, COMMAND, '--to') };
  return { file: output.open(ending), from: countOf(options.from, COMMAND, '--from'), ...to };
}

function human(v: CosimVerdict): string {
  const counts = `${v.instructions} instructions, ${v.cycles.cycle} cycles`;
  if (v.divergence === null) return `ok    ${v.name}  ${counts}\n`;
  return `FAIL  ${v.name}  ${counts} on the cycle simulator, ${v.cycles.rtl} on the RTL\n${divergenceText(v.divergence)}`;
}

/** `vta cosim FILE.vta | DIR...`: of several arguments, files that are neither are left out. */
export const run: Run = async (context, args, options) => {
  const output = typeof options.waveform === 'string' ? new Output(options.waveform) : null;
  const waveform = output === null ? undefined : waveformOf(options, output);
  const lockstep: LockstepOptions = { memory: memoryOf(options.memory), ...(waveform === undefined ? {} : { waveform }) };
  const takes = (path: string) => args.length === 1 || !isFile(path) || path.endsWith('.vta');
  const items = wanted(context, COMMAND, args, 'a .vta file or a vector folder', takes);
  oneLaunch(items.length, lockstep);
  const shared = { lockstep, ...(typeof options.launch === 'string' ? { launch: options.launch } : {}) };
  const progress = progressOf(context);
  let good = true;
  const work = { task: 'cosim', shared, items, jobs: jobsOf(options.jobs, COMMAND), show: progress.show } as const;
  await forEachInOrder(work, ({ verdict, error }) => {
    progress.clear();
    if (error !== null) context.err(error);
    good &&= verdict.match;
    if (options.json === true) context.out(jsonLine(verdict));
    else if (error === null) context.out(human(verdict));
  }).finally(() => {
    progress.clear();
    if (waveform !== undefined && sizeOf(waveform.file) === 0) output?.drop();
  });
  output?.finish();
  return good ? 0 : 1;
};
