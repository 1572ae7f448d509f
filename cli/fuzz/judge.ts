import { VtaError } from '#isa/diag/diagnostic';
import type { FuzzCase } from '#fuzz/case';
import { compareMachines, type Contestant, type Verdict } from '#fuzz/compare';
import { findRace, isSound } from '#fuzz/races';
import { shrink } from '#fuzz/shrink';
import type { BareRtl } from './bare-rtl.js';

/** What a case is run on. */
export interface Arena {
  readonly machines: readonly Contestant[];
  /** For programs that the simulators refuse; null where the RTL does not take part. */
  readonly bare: BareRtl | null;
}

/** Is the result of a case the same whatever the time? With an error there is only the error to compare. */
function racy(c: FuzzCase): boolean {
  try {
    return findRace(c) !== null;
  } catch (error) {
    if (error instanceof VtaError) return false;
    throw error;
  }
}

/** Runs a case that may be illegal. Where instructions race for data, machines need only come to an end. */
export async function judge(c: FuzzCase, { machines, bare }: Arena): Promise<Verdict> {
  const verdict = await compareMachines(c, machines);
  if (verdict.mismatch !== null && racy(c)) return { ...verdict, mismatch: null };
  if (verdict.error === null || bare === null) return verdict;
  return { ...verdict, mismatch: await bare.check(c, verdict.error, verdict.launches) };
}

/** A failing case made small, with its verdict: it still shows the same kind of difference, and is sound if it was. */
export async function shrinkCase(c: FuzzCase, arena: Arena, kind: string): Promise<{ readonly c: FuzzCase; readonly verdict: Verdict }> {
  const sound = isSound(c);
  const fails = async (x: FuzzCase) => x.launches.length > 0 && (!sound || isSound(x)) && (await judge(x, arena)).mismatch?.kind === kind;
  const small = await shrink(c, fails);
  return { c: small, verdict: await judge(small, arena) };
}
