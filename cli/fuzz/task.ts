import type { FuzzCase } from '#fuzz/case';
import { Census, type Histogram } from '#fuzz/census/census';
import type { Mismatch } from '#fuzz/compare';
import type { Machine } from '../devices.js';
import { readArtifact } from '../io/artifacts.js';
import type { Handler } from '../parallel/handler.js';
import { caseOfRun, type Recipe } from './cases.js';
import { caseOf } from './crash-file.js';
import { judge, shrinkCase } from './judge.js';
import { arenas } from './machines.js';

/** What all programs of a run share: where they come from, and the machines. */
export interface FuzzRun {
  readonly source: { readonly files: readonly string[] } | { readonly recipe: Recipe };
  readonly on: readonly Machine[];
  /** Count what the programs reach. */
  readonly stats: boolean;
}

export const isIllegal = ({ source }: FuzzRun): boolean => 'recipe' in source && source.recipe.illegal;

/** Programs `first` to `last - 1` of a run. */
export interface FuzzSlice {
  readonly first: number;
  readonly last: number;
}

/** How one program went. */
export interface FuzzOutcome {
  readonly name: string;
  /** The diagnostic with which all machines ended, if they did. */
  readonly error: string | null;
  readonly insns: number;
  readonly cycles: number;
  /** Where machines differ: how, and the program made small (generated programs only). */
  readonly failure: { readonly mismatch: Mismatch; readonly small: FuzzCase | null } | null;
}

export interface FuzzSliceResult {
  readonly outcomes: readonly FuzzOutcome[];
  readonly reached: Readonly<Record<string, Histogram>> | null;
}

/** The machines are made once and serve all slices. */
export async function start(run: FuzzRun): Promise<Handler<FuzzSlice, FuzzSliceResult>> {
  const { source, on, stats } = run;
  const arenaOf = arenas(on, 1);
  const at = (i: number): FuzzCase =>
    'files' in source ? caseOf(readArtifact(source.files[i]), source.files[i]) : caseOfRun(source.recipe, i);
  const one = async (c: FuzzCase, show: (text: string) => void): Promise<FuzzOutcome> => {
    const arena = await arenaOf(c.config);
    const { mismatch, error, insns, cycles } = await judge(c, arena);
    const outcome = { name: c.name, error, insns, cycles };
    if (mismatch === null) return { ...outcome, failure: null };
    if ('files' in source) return { ...outcome, failure: { mismatch, small: null } };
    show(`${c.name}: making the failing program smaller`);
    const small = await shrinkCase(c, arena, mismatch.kind);
    return { ...outcome, failure: { mismatch: small.verdict.mismatch ?? mismatch, small: small.c } };
  };
  return async ({ first, last }, show) => {
    const census = stats ? new Census(isIllegal(run)) : null;
    const outcomes: FuzzOutcome[] = [];
    for (let i = first; i < last; i++) {
      const c = at(i);
      census?.add(c);
      outcomes.push(await one(c, show));
    }
    return { outcomes, reached: census?.histograms ?? null };
  };
}
