import type { Device, Retire } from '#isa/arch/device';
import { VtaError } from '#isa/diag/diagnostic';
import {
  cyclesDifference,
  type Difference,
  type DifferenceKind,
  errorDifference,
  memoryDifference,
  type Observed,
  recordDifference,
  tokenDifference,
  traceDifference,
} from '#simulator/compare/compare';
import type { FuzzCase } from './case.js';

/** A machine in a comparison. */
export interface Contestant {
  readonly name: string;
  readonly device: Device;
  /** Ask it for write hashes; without, only order, cycles and memory are compared. */
  readonly hashes: boolean;
  /** Are its retire cycles to be compared with those of the other timed machines? */
  readonly timed: boolean;
}

/** The first difference found. */
export interface Mismatch {
  readonly kind: DifferenceKind;
  readonly launch: number;
  /** Program index of the instruction, where there is one. */
  readonly insn: number | null;
  /** What each machine has there. */
  readonly values: Readonly<Record<string, string | number | null>>;
}

/** What one machine made of one launch. */
interface Outcome extends Observed {
  /** The code of the diagnostic with which it ended; `error` names the instruction, too. */
  readonly code: string | null;
}

async function play(who: Contestant, c: FuzzCase, launch: number, dram: Uint8Array): Promise<Outcome> {
  const { name, hashes, timed } = who;
  const records: Retire[] = [];
  const onRetire = (r: Retire): void => void records.push(r);
  const request = { ...c.launches[launch], dram, memory: c.memory, hashes, trace: timed, onRetire };
  const observed = { name, hashes, timed, records, dram };
  try {
    const { cycles, trace, tokens } = await who.device.launch(request);
    return { ...observed, error: null, code: null, cycles, ...(trace && { trace }), ...(tokens && { tokens }) };
  } catch (error) {
    // a machine that breaks down differs from the others, too
    const code = error instanceof VtaError ? error.code : String(error);
    const at = error instanceof VtaError ? (error.diagnostics[0].where?.at ?? '') : '';
    return { ...observed, error: `${code} ${at}`, code };
  }
}

/** What differs, as it is reported: the values of the machines, and where they stand. */
function mismatchOf(d: Difference, launch: number): Mismatch {
  const place: Mismatch['values'] =
    d.kind === 'memory' ? { byte: d.at } : d.kind === 'trace' ? { column: d.column ?? null, row: d.at } : {};
  return { kind: d.kind, launch, insn: d.insn, values: { ...place, ...d.values } };
}

/** What comes after the instructions: the cycle register, tokens, traces, memory. */
const afterwards = (machines: readonly Outcome[], values: boolean): Difference | null =>
  cyclesDifference(machines) ?? tokenDifference(machines) ?? traceDifference(machines) ?? (values ? memoryDifference(machines) : null);

/** How a case ended: the same on all machines, with the diagnostic if there was one, or differently. */
export interface Verdict {
  readonly mismatch: Mismatch | null;
  /** The code with which all machines ended, or null. */
  readonly error: string | null;
  /** Launches that ran to their end. */
  readonly launches: number;
  /** Of all launches: instructions, and cycles of the first timed machine. */
  readonly insns: number;
  readonly cycles: number;
}

/**
 * Runs a case on every machine, each from power-up on its own copy of memory, launch after launch, and compares after each launch:
 * the diagnostic, per unit the order of retirement with write hashes and cycles, the cycle register, tokens left, traces, memory. After an error
 * there is nothing more to compare: it may strike while other units are anywhere.
 * @param values compare hashes and memory too (not where instructions race for data)
 */
export async function compareMachines(c: FuzzCase, machines: readonly Contestant[], values = true): Promise<Verdict> {
  const drams = machines.map(() => c.dram.slice());
  const contestants = values ? machines : machines.map((m) => ({ ...m, hashes: false }));
  for (const m of machines) m.device.reset();
  let [insns, cycles] = [0, 0];
  for (let launch = 0; launch < c.launches.length; launch++) {
    const outcomes: Outcome[] = [];
    for (const [i, who] of contestants.entries()) outcomes.push(await play(who, c, launch, drams[i]));
    const verdict = (found: Difference | null, error: string | null): Verdict => ({
      mismatch: found === null ? null : mismatchOf(found, launch),
      error,
      launches: launch,
      insns,
      cycles,
    });
    const ends = errorDifference(outcomes);
    if (ends !== null) return verdict(ends, null);
    if (outcomes[0].code !== null) return verdict(null, outcomes[0].code);
    insns += outcomes[0].records.length;
    cycles += outcomes.find((o) => o.timed)?.cycles ?? 0;
    const found = recordDifference(outcomes) ?? afterwards(outcomes, values);
    if (found !== null) return verdict(found, null);
  }
  return { mismatch: null, error: null, launches: c.launches.length, insns, cycles };
}
