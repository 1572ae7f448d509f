import { VtaError } from '#isa/diag/diagnostic';
import type { FuzzCase } from '#simulator/fuzz/case';
import { compareMachines, type Contestant, type Verdict } from '#simulator/fuzz/compare';
import { findRace } from '#simulator/fuzz/races';
import { shrink } from '#simulator/fuzz/shrink';

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
export async function judge(c: FuzzCase, machines: readonly Contestant[]): Promise<Verdict> {
  const verdict = await compareMachines(c, machines);
  return verdict.mismatch !== null && racy(c) ? { ...verdict, mismatch: null } : verdict;
}

/** A failing case made small: it still shows the same kind of difference, and is as legal as before. */
export async function shrinkCase(
  c: FuzzCase,
  machines: readonly Contestant[],
  kind: string,
): Promise<{ readonly c: FuzzCase; readonly verdict: Verdict }> {
  const fails = async (x: FuzzCase) => x.launches.length > 0 && (await judge(x, machines)).mismatch?.kind === kind;
  const small = await shrink(c, fails);
  return { c: small, verdict: await compareMachines(small, machines) };
}
