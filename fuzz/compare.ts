import type { Device, LaunchResult, Retire } from '#isa/arch/device';
import type { Trace } from '#isa/arch/trace';
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
  readonly kind: 'error' | 'order' | 'writes' | 'cycle' | 'cycles' | 'tokens' | 'trace' | 'memory';
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
  /** The code of the diagnostic, and the instruction that it names. */
  readonly error: string | null;
  readonly at: string;
  readonly result: LaunchResult | null;
  readonly dram: Uint8Array;
}

async function play(who: Contestant, c: FuzzCase, launch: number, dram: Uint8Array): Promise<Outcome> {
  const records: Retire[] = [];
  const onRetire = (r: Retire): void => void records.push(r);
  const request = { ...c.launches[launch], dram, memory: c.memory, hashes: who.hashes, trace: who.timed, onRetire };
  try {
    const result = await who.device.launch(request);
    return { who, records, dram, result, error: null, at: '' };
  } catch (error) {
    // a machine that breaks down differs from the others, too
    const known = error instanceof VtaError;
    const at = known ? (error.diagnostics[0].where?.at ?? '') : '';
    return { who, records, dram, result: null, error: known ? error.code : String(error), at };
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

/** The columns of a trace by name. */
const columnsOf = ({ insns, bursts }: Trace): Readonly<Record<string, ArrayLike<number>>> => {
  const { count, ...times } = bursts;
  const used = Object.entries(times).map(([name, column]) => [`burst ${name}`, column.subarray(0, count)] as const);
  return { ...insns, ...Object.fromEntries(used) };
};

/** Compares the traces of the machines that recorded one, column by column. */
function inTraces(outcomes: readonly Outcome[]): Found | null {
  const traced = outcomes.flatMap(({ who, result }) => (result?.trace === undefined ? [] : [{ who, columns: columnsOf(result.trace) }]));
  if (traced.length < 2) return null;
  for (const name of Object.keys(traced[0].columns)) {
    const lists = traced.map((t) => t.columns[name]);
    for (let at = 0; at < Math.max(...lists.map((l) => l.length)); at++) {
      if (lists.every((l) => l[at] === lists[0][at])) continue;
      const values = Object.fromEntries(traced.map((t, i) => [t.who.name, lists[i][at] ?? null]));
      return { kind: 'trace', insn: name.startsWith('burst') ? null : at, values: { column: name, row: at, ...values } };
    }
  }
  return null;
}

/** Compares what machines with counters of their own, and those that know from the program, say of the tokens that are left. */
function inTokens(outcomes: readonly Outcome[]): Found | null {
  const having = outcomes.filter((o) => o.result?.tokens !== undefined);
  const values = differ(having, ({ result }) => Object.values({ l2c: 0, c2l: 0, c2s: 0, s2c: 0, ...result?.tokens }).join(' '));
  return values === null ? null : { kind: 'tokens', insn: null, values };
}

/** What comes after the instructions: the cycle register, tokens, traces, memory. */
function afterwards(outcomes: readonly Outcome[], values: boolean): Found | null {
  const registers = differ(
    outcomes.filter((o) => o.who.timed),
    (o) => o.result?.cycles ?? null,
  );
  if (registers !== null) return { kind: 'cycles', insn: null, values: registers };
  return inTokens(outcomes) ?? inTraces(outcomes) ?? (values ? inMemory(outcomes) : null);
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
    const errors = differ(outcomes, (o) => (o.error === null ? null : `${o.error} ${o.at}`));
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
    cycles += outcomes.find((o) => o.who.timed)?.result?.cycles ?? 0;
    const found = inRecords(outcomes) ?? afterwards(outcomes, values);
    if (found !== null) return verdict(found, null);
  }
  return { mismatch: null, error: null, launches: c.launches.length, insns, cycles };
}
