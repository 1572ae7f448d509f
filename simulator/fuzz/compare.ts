import type { Device, Retire } from '#isa/arch/device';
import { VtaError } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
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
  readonly kind: 'error' | 'order' | 'writes' | 'cycle' | 'cycles' | 'memory';
  readonly launch: number;
  /** Program index of the instruction, where there is one. */
  readonly insn: number | null;
  /** What each machine has there. */
  readonly values: Readonly<Record<string, string | number | null>>;
}

/** What one machine made of one launch. */
interface Outcome {
  readonly who: Contestant;
  readonly records: readonly Retire[];
  readonly error: string | null;
  readonly cycles: number | null;
  readonly dram: Uint8Array;
}

async function play(who: Contestant, c: FuzzCase, launch: number, dram: Uint8Array): Promise<Outcome> {
  const records: Retire[] = [];
  const request = { ...c.launches[launch], dram, memory: c.memory, hashes: who.hashes, onRetire: (r: Retire) => void records.push(r) };
  try {
    const { cycles } = await who.device.launch(request);
    return { who, records, dram, cycles, error: null };
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    return { who, records, dram, cycles: null, error: error.code };
  }
}

type Found = Omit<Mismatch, 'launch'>;

/** Compares a value of each machine that has one. */
function differ<T extends string | number | null>(outcomes: readonly Outcome[], value: (o: Outcome) => T): Mismatch['values'] | null {
  const values = outcomes.map((o) => [o.who.name, value(o)] as const);
  return values.every(([, v]) => v === values[0][1]) ? null : Object.fromEntries(values);
}

function inRecords(outcomes: readonly Outcome[]): Found | null {
  for (const unit of UNITS) {
    const lists = new Map(outcomes.map((o) => [o, o.records.filter((r) => r.unit === unit)]));
    const longest = Math.max(...[...lists.values()].map((l) => l.length));
    for (let at = 0; at < longest; at++) {
      const record = (o: Outcome) => lists.get(o)?.[at];
      const insn = outcomes.map(record).find((r) => r !== undefined)?.insn ?? null;
      const order = differ(outcomes, (o) => record(o)?.insn ?? null);
      if (order !== null) return { kind: 'order', insn, values: order };
      const hashes = differ(
        outcomes.filter((o) => o.who.hashes),
        (o) => (record(o)?.hash ?? 0) >>> 0,
      );
      if (hashes !== null) return { kind: 'writes', insn, values: hashes };
      const cycles = differ(
        outcomes.filter((o) => o.who.timed),
        (o) => record(o)?.cycle ?? null,
      );
      if (cycles !== null) return { kind: 'cycle', insn, values: cycles };
    }
  }
  return null;
}

function firstByte(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return i;
  return -1;
}

function inMemory(outcomes: readonly Outcome[]): Found | null {
  for (const o of outcomes.slice(1)) {
    const at = firstByte(outcomes[0].dram, o.dram);
    if (at >= 0)
      return { kind: 'memory', insn: null, values: { byte: at, ...Object.fromEntries(outcomes.map((x) => [x.who.name, x.dram[at]])) } };
  }
  return null;
}

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
 * the diagnostic, per unit the order of retirement with write hashes and cycles, the cycle register, memory. After an error
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
    const errors = differ(outcomes, (o) => o.error);
    const verdict = (found: Found | null, error: string | null): Verdict => ({
      mismatch: found === null ? null : { ...found, launch },
      error,
      launches: launch,
      insns,
      cycles,
    });
    if (errors !== null) return verdict({ kind: 'error', insn: null, values: errors }, null);
    if (outcomes[0].error !== null) return verdict(null, outcomes[0].error);
    insns += outcomes[0].records.length;
    const timed = outcomes.filter((o) => o.who.timed);
    cycles += timed[0]?.cycles ?? 0;
    const registers = differ(timed, (o) => o.cycles);
    const found =
      inRecords(outcomes) ??
      (registers === null ? null : { kind: 'cycles' as const, insn: null, values: registers }) ??
      (values ? inMemory(outcomes) : null);
    if (found !== null) return verdict(found, null);
  }
  return { mismatch: null, error: null, launches: c.launches.length, insns, cycles };
}
