import { join } from 'node:path';
import { parseMemory } from '#isa/arch/memory';
import type { FuzzCase } from '#simulator/fuzz/case';
import type { Mismatch } from '#simulator/fuzz/compare';
import type { Context, Run } from '../context.js';
import type { Machine } from '../devices.js';
import { caseOfRun, type Recipe } from '../fuzz/cases.js';
import { caseOf, encodeCase, listingOf, memoryText } from '../fuzz/crash-file.js';
import { judge, shrinkCase } from '../fuzz/judge.js';
import { arenas } from '../fuzz/machines.js';
import { poolModels, type RtlModel } from '../fuzz/rtl-pool.js';
import { readArtifact } from '../io/artifacts.js';
import { loadConfig } from '../io/config.js';
import { makeFolder, writeWhole } from '../io/files.js';
import { countOf, machinesOf } from '../io/options.js';
import { progressOf } from '../io/progress.js';
import { jsonDocument } from '../report/json.js';

type Options = Readonly<Record<string, unknown>>;

const COMMAND = 'vta fuzz';
/** Bus widths in the order in which a run with one configuration builds models. */
const WIDTHS: readonly RtlModel['width'][] = [64, 512, 128, 256];

/** A case on which machines did not agree. */
interface Failure {
  readonly name: string;
  readonly file: string | null;
  readonly mismatch: Mismatch;
}

/** Sums over a run. */
interface Totals {
  cases: number;
  insns: number;
  cycles: number;
  /** How many cases ended with which diagnostic, on all machines. */
  readonly errors: Record<string, number>;
  readonly failures: Failure[];
}

function modelsOf(options: Options, on: readonly Machine[], recipe: Omit<Recipe, 'models'>): readonly RtlModel[] {
  if (!on.includes('rtl')) return [];
  const count = Math.max(1, countOf(options.rtlConfigs, COMMAND, '--rtl-configs'));
  if (recipe.config === null) return poolModels(recipe.seed, count);
  const { config, memory } = recipe;
  if (memory !== null) return [{ config, width: memory.width }];
  return WIDTHS.slice(0, count).map((width) => ({ config, width }));
}

function recipeOf(options: Options, on: readonly Machine[]): Recipe {
  const common = {
    seed: countOf(options.seed, COMMAND, '--seed'),
    config: options.config === 'random' ? null : loadConfig(options.config as string),
    memory: options.memory === 'random' ? null : parseMemory(options.memory as string),
    illegal: options.illegal === true,
  };
  const models = modelsOf(options, on, common);
  // a given memory has a given bus: models of other widths would never run
  return { ...common, models: common.memory === null ? models : models.map((m) => ({ ...m, width: common.memory!.width })) };
}

/** Writes a shrunk case: the program, and what it shows for people to read. */
function writeCrash(folder: string, c: FuzzCase, mismatch: Mismatch, on: readonly Machine[]): string {
  makeFolder(folder);
  const file = join(folder, `${c.name}.vta`);
  writeWhole(file, encodeCase(c));
  const header = {
    schema: 1,
    name: c.name,
    replay: `vta fuzz ${file} --on ${on.join(',')}`,
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

/** The cases of a run: those of the files, or generated ones. */
function casesOf(
  args: readonly string[],
  options: Options,
  on: readonly Machine[],
): { readonly count: number; readonly at: (i: number) => FuzzCase } {
  if (args.length > 0) return { count: args.length, at: (i) => caseOf(readArtifact(args[i]), args[i]) };
  const recipe = recipeOf(options, on);
  return { count: countOf(options.count, COMMAND, '--count'), at: (i) => caseOfRun(recipe, i) };
}

/** `vta fuzz [FILE.vta...]` */
export const run: Run = async (context: Context, args, options) => {
  const on = machinesOf(options.on, COMMAND, '--on');
  const cases = casesOf(args, options, on);
  const arenaOf = arenas(on, 1);
  const progress = progressOf(context);
  const totals: Totals = { cases: cases.count, insns: 0, cycles: 0, errors: {}, failures: [] };
  const started = performance.now();
  for (let i = 0; i < cases.count; i++) {
    const c = cases.at(i);
    if (i % 10 === 0) progress.show(`${i}/${cases.count} ${c.config.name}, ${totals.failures.length} failures`);
    const arena = await arenaOf(c.config);
    const { mismatch, error, insns, cycles } = await judge(c, arena);
    totals.insns += insns;
    totals.cycles += cycles;
    if (error !== null) totals.errors[error] = (totals.errors[error] ?? 0) + 1;
    if (mismatch === null) continue;
    progress.show(`${c.name}: making the failing program smaller`);
    const small = args.length > 0 ? null : await shrinkCase(c, arena, mismatch.kind);
    const file = small === null ? null : writeCrash(options.out as string, small.c, small.verdict.mismatch ?? mismatch, on);
    totals.failures.push({ name: c.name, file, mismatch: small?.verdict.mismatch ?? mismatch });
  }
  progress.clear();
  const seconds = (performance.now() - started) / 1000;
  context.out(
    options.json === true
      ? jsonDocument({ schema: 1, machines: ['plain', ...on], passed: totals.cases - totals.failures.length, ...totals, seconds })
      : human(totals, seconds, on),
  );
  return totals.failures.length === 0 ? 0 : 1;
};
