import { join } from 'node:path';
import { memoryText } from '#isa/arch/memory';
import { shellWord } from '#isa/diag/shell';
import type { FuzzCase } from '#fuzz/case';
import { Census } from '#fuzz/census/census';
import type { Mismatch } from '#fuzz/compare';
import type { Context, Run } from '../context.js';
import type { Machine } from '../devices.js';
import { encodeCase, listingOf } from '../fuzz/crash-file.js';
import { recipeOf } from '../fuzz/recipe.js';
import { type FuzzOutcome, type FuzzRun, type FuzzSlice, isIllegal } from '../fuzz/task.js';
import { checkFolder, makeFolder, writeWhole } from '../io/files.js';
import { countOf, jobsOf, machinesOf } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { forEachInOrder } from '../parallel/each.js';
import { censusText } from '../report/census.js';
import { jsonDocument } from '../report/json.js';

const COMMAND = 'vta fuzz';
/** Programs that one worker runs before it reports. */
const SLICE = 10;

/** A case on which machines did not agree. */
interface Failure {
  readonly name: string;
  readonly file: string | null;
  readonly mismatch: Mismatch;
}

/** Sums over a run. */
interface Totals {
  readonly cases: number;
  insns: number;
  cycles: number;
  /** How many cases ended with which diagnostic, on all machines. */
  readonly errors: Record<string, number>;
  readonly failures: Failure[];
}

/** Writes a shrunk case: the program, and what it shows for people to read. */
function writeCrash(folder: string, c: FuzzCase, mismatch: Mismatch, on: readonly Machine[]): string {
  makeFolder(folder);
  const file = join(folder, `${c.name}.vta`);
  writeWhole(file, encodeCase(c));
  const header = {
    schema: 1,
    name: c.name,
    replay: `vta fuzz ${shellWord(file)} --on ${on.join(',')}`,
    mismatch,
    config: c.config.keys,
    memory: memoryText(c.memory),
    program: listingOf(c),
  };
  writeWhole(join(folder, `${c.name}.json`), jsonDocument(header));
  return file;
}

function human(totals: Totals, seconds: number, on: readonly Machine[]): string {
  const { cases, insns, cycles, errors, failures } = totals;
  const lines = failures.map(
    (f) =>
      `FAIL  ${f.name}  ${f.mismatch.kind} differs${f.mismatch.insn === null ? '' : ` at instruction ${f.mismatch.insn}`} of launch ${f.mismatch.launch}: ${JSON.stringify(f.mismatch.values)}${f.file === null ? '' : `\n      ${f.file}`}\n`,
  );
  const ends = Object.entries(errors)
    .sort()
    .map(([code, n]) => `${n} ${code}`);
  const ended = ends.length === 0 ? '' : `ended by a diagnostic: ${ends.join(', ')}\n`;
  const what = `${insns} instructions, ${cycles} cycles, ${seconds.toFixed(1)} s, on plain, ${on.join(', ')}`;
  return `${lines.join('')}${ended}${cases - failures.length} of ${cases} programs agree (${what})\n`;
}

const slices = (count: number): FuzzSlice[] =>
  Array.from({ length: Math.ceil(count / SLICE) }, (_, i) => ({ first: i * SLICE, last: Math.min(count, (i + 1) * SLICE) }));

function report(context: Context, totals: Totals, seconds: number, census: Census | null, { on }: FuzzRun, json: boolean): void {
  if (!json) {
    context.out(human(totals, seconds, on));
    if (census !== null) context.out(censusText(census));
    return;
  }
  const reached = census === null ? {} : { reached: census.histograms, holes: census.holes };
  const passed = totals.cases - totals.failures.length;
  context.out(jsonDocument({ schema: 1, machines: ['plain', ...on], passed, ...totals, seconds, ...reached }));
}

/** `vta fuzz [FILE.vta...]` */
export const run: Run = async (context: Context, files, options) => {
  const on = machinesOf(options.on, COMMAND, '--on');
  const stats = options.stats === true;
  const shared: FuzzRun = { source: files.length > 0 ? { files } : { recipe: recipeOf(COMMAND, options, on) }, on, stats };
  const cases = files.length > 0 ? files.length : countOf(options.count, COMMAND, '--count');
  checkFolder(options.output as string);
  const totals: Totals = { cases, insns: 0, cycles: 0, errors: {}, failures: [] };
  const census = stats ? new Census(isIllegal(shared)) : null;
  const progress = progressOf(context);
  const take = ({ name, error, insns, cycles, failure }: FuzzOutcome) => {
    totals.insns += insns;
    totals.cycles += cycles;
    if (error !== null) totals.errors[error] = (totals.errors[error] ?? 0) + 1;
    if (failure === null) return;
    const { mismatch, small } = failure;
    const file = small === null ? null : writeCrash(options.output as string, small, mismatch, on);
    totals.failures.push({ name, file, mismatch });
  };
  const started = performance.now();
  const work = { task: 'fuzz', shared, items: slices(cases), jobs: jobsOf(options.jobs, COMMAND), show: progress.show } as const;
  await forEachInOrder(work, ({ outcomes, reached }, { first, last }) => {
    outcomes.forEach(take);
    if (reached !== null) census?.merge(reached, last - first);
    progress.show(`${last}/${cases}, ${totals.failures.length} failures`);
  }).finally(() => progress.clear());
  report(context, totals, (performance.now() - started) / 1000, census, shared, options.json === true);
  return totals.failures.length === 0 ? 0 : 1;
};
