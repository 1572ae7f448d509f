import { fail } from '#isa/diag/diagnostic';
import { shellWord } from '#isa/diag/shell';
import { renderWaveDrom } from '#analysis/trace/wave/render';
import { insnLines, waveSource, WIDEST_WAVE } from '#analysis/trace/wave/wave-source';
import type { Run } from '../context.js';
import { countOf } from '../io/options.js';
import { Output } from '../io/output.js';
import { cliMessages as M } from '../messages.js';
import { jsonDocument } from '../report/json.js';
import { tracedProgram } from '../trace/program.js';
import { oneLaunch, type Window, windowOf } from '../trace/window.js';

/** Cycles that are drawn where only the first is given. */
const USUAL = 60;

function endingOf(file: string): '.svg' | '.json' {
  if (file.endsWith('.svg')) return '.svg';
  if (file.endsWith('.json')) return '.json';
  return fail(M.VTA6020, { file, endings: '.svg (picture), .json (WaveDrom source)' });
}

/** @throws VtaError VTA6004, VTA6021, VTA6023 */
function narrowWindow(options: Readonly<Record<string, unknown>>, program: string, cycles: number): Window {
  const first = countOf(options.from, 'vta wave', '--from');
  const last = first < cycles ? Math.min(cycles, first + USUAL) - 1 : first + USUAL - 1;
  const window = windowOf({ ...options, to: options.to ?? last }, 'vta wave', cycles);
  const { from, to } = window;
  const width = to - from + 1;
  if (width > WIDEST_WAVE)
    fail(M.VTA6023, { cycles: width, most: WIDEST_WAVE, from, to: from + WIDEST_WAVE - 1, program: shellWord(program) });
  return window;
}

/** `vta wave PROGRAM --from N --to N -o FILE` */
export const run: Run = async (context, [path], options) => {
  const file = options.output as string;
  const ending = endingOf(file);
  const output = new Output(file);
  const t = await tracedProgram(context, path, options);
  oneLaunch(t);
  const [launch] = t.launches;
  const { from, to } = narrowWindow(options, path, launch.accounts.cycles);
  const source = waveSource(launch, from, to + 1);
  output.write(ending === '.json' ? jsonDocument(source) : renderWaveDrom(source, source.config.skin));
  context.out(`${file}: cycles ${from} to ${to} of ${launch.accounts.cycles} on ${t.on}, with the instructions\n`);
  context.out(
    insnLines(launch, from, to + 1)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return 0;
};
