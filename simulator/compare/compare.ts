import type { Retire } from '#isa/arch/device';
import { NO_CYCLE, type Trace } from '#isa/arch/trace';
import { TOKEN_CHANNELS, type TokenChannel, UNITS, type Unit } from '#isa/spec/tables';
import type { Tokens } from '../values/tokens.js';

/** What one machine did with one program. */
export interface Observed {
  readonly name: string;
  /** Retired instructions, each unit in its order. */
  readonly records: readonly Retire[];
  /** Are its write hashes those of what it wrote? */
  readonly hashes: boolean;
  /** Are its cycles those of the timing contract? */
  readonly timed: boolean;
  /** Memory afterwards. */
  readonly dram: Uint8Array;
  /** How it ended: a text of the diagnostic, or null. */
  readonly error: string | null;
  /** The cycle register; null without time. */
  readonly cycles?: number | null;
  readonly trace?: Trace;
  readonly tokens?: Partial<Readonly<Tokens>>;
}

/**
 * `error`: ended differently; `order`: another instruction retired, or none; `writes`: other values written; `cycle`: retired in another cycle;
 * `cycles`: the cycle register; `trace`: an instruction or burst in other cycles; `tokens`: others are left; `memory`: a byte.
 */
export type DifferenceKind = 'error' | 'order' | 'writes' | 'cycle' | 'cycles' | 'trace' | 'tokens' | 'memory';

/** The first difference of one kind. */
export interface Difference<Kind extends DifferenceKind = DifferenceKind> {
  readonly kind: Kind;
  /** Unit of the instruction, where known. */
  readonly unit: Unit | null;
  /** Program index of the instruction, where there is one. */
  readonly insn: number | null;
  /** The column of a trace; a column of the bursts is `burst NAME`. */
  readonly column?: string;
  /** Which record of the unit, row of the column, or byte of memory. */
  readonly at: number;
  /** When, as far as known; 0 otherwise. */
  readonly cycle: number;
  /** By name, of each machine that has a value to compare; null: it has none there. */
  readonly values: Readonly<Record<string, string | number | null>>;
}

type Value = string | number | null;

/** One value of each machine, if they are not all equal. */
function differing<T extends Observed>(machines: readonly T[], value: (m: T) => Value): Difference['values'] | null {
  if (machines.every((m) => value(m) === value(machines[0]))) return null;
  return Object.fromEntries(machines.map((m) => [m.name, value(m)]));
}

/** A difference that no instruction is known for. */
const overall = <K extends DifferenceKind>(kind: K, values: Difference['values'] | null, at = 0): Difference<K> | null =>
  values === null ? null : { kind, unit: null, insn: null, at, cycle: 0, values };

/** How the machines ended. */
export const errorDifference = (machines: readonly Observed[]): Difference<'error'> | null =>
  overall(
    'error',
    differing(machines, (m) => m.error),
  );

/** The cycle registers of the timed machines. */
export const cyclesDifference = (machines: readonly Observed[]): Difference<'cycles'> | null =>
  overall(
    'cycles',
    differing(
      machines.filter((m) => m.timed),
      (m) => m.cycles ?? null,
    ),
  );

type RecordKind = 'order' | 'writes' | 'cycle';

/** What retired: per unit its order, write hashes and (timed machines) cycles; of all units the difference that comes first in time. */
export function recordDifference(machines: readonly Observed[]): Difference<RecordKind> | null {
  return UNITS.flatMap((unit) => unitDifference(unit, machines) ?? []).sort((a, b) => a.cycle - b.cycle)[0] ?? null;
}

function unitDifference(unit: Unit, machines: readonly Observed[]): Difference<RecordKind> | null {
  const having = machines.map((m) => ({ ...m, list: m.records.filter((r) => r.unit === unit) }));
  const [hashed, timed] = [having.filter((m) => m.hashes), having.filter((m) => m.timed)];
  const longest = Math.max(...having.map((m) => m.list.length));
  for (let at = 0; at < longest; at++) {
    const found = (kind: RecordKind, values: Difference['values']): Difference<RecordKind> => {
      const insn = having.find((m) => at < m.list.length)?.list[at].insn ?? null;
      const cycle = timed.findLast((m) => at < m.list.length)?.list[at].cycle ?? 0;
      return { kind, unit, insn, at, cycle, values };
    };
    const order = differing(having, (m) => m.list[at]?.insn ?? null);
    if (order !== null) return found('order', order);
    const writes = differing(hashed, (m) => m.list[at].hash >>> 0);
    if (writes !== null) return found('writes', writes);
    const cycles = differing(timed, (m) => m.list[at].cycle);
    if (cycles !== null) return found('cycle', cycles);
  }
  return null;
}

const INSN_COLUMNS = ['queued', 'accepted', 'started', 'finished', 'retired'] as const;
const BURST_COLUMNS = ['client', 'beats', 'handshake', 'first', 'last'] as const;

/** The earliest of some times. */
const earliest = (times: readonly number[]): number => Math.min(...times.map((t) => (t === NO_CYCLE ? Number.MAX_SAFE_INTEGER : t)));

type Traced = Observed & { readonly trace: Trace };

/** What happened in other cycles, of all instructions and bursts of the machines that recorded a trace: the first in time. */
export function traceDifference(machines: readonly Observed[]): Difference<'trace'> | null {
  const traced = machines.filter((m): m is Traced => m.trace !== undefined);
  if (traced.length < 2) return null;
  let best: Difference<'trace'> | null = null;
  for (const found of [...insnDifferences(traced), ...burstDifferences(traced)])
    if (best === null || found.cycle < best.cycle) best = found;
  return best;
}

function* insnDifferences(traced: readonly Traced[]): Iterable<Difference<'trace'>> {
  for (const column of INSN_COLUMNS) {
    const rows = Math.max(...traced.map((m) => m.trace.insns[column].length));
    for (let at = 0; at < rows; at++) {
      const value = (m: Traced): number => m.trace.insns[column][at] ?? NO_CYCLE;
      const values = differing(traced, value);
      if (values === null) continue;
      yield { kind: 'trace', unit: unitOf(traced, at), insn: at, column, at, cycle: earliest(traced.map(value)), values };
    }
  }
}

const unitOf = (machines: readonly Observed[], insn: number): Unit | null =>
  machines.flatMap((m) => m.records).find((r) => r.insn === insn)?.unit ?? null;

/** The first burst that is not the same: all behind it may only be shifted. */
function* burstDifferences(traced: readonly Traced[]): Iterable<Difference<'trace'>> {
  const rows = Math.max(...traced.map((m) => m.trace.bursts.count));
  for (let at = 0; at < rows; at++) {
    for (const name of BURST_COLUMNS) {
      const value = (m: Traced): number | null => (at < m.trace.bursts.count ? m.trace.bursts[name][at] : null);
      const values = differing(traced, value);
      if (values === null) continue;
      const cycle = earliest(traced.map((m) => (at < m.trace.bursts.count ? m.trace.bursts.handshake[at] : NO_CYCLE)));
      yield { kind: 'trace', unit: null, insn: null, column: `burst ${name}`, at, cycle, values };
      return;
    }
  }
}

const CHANNELS = Object.keys(TOKEN_CHANNELS) as TokenChannel[];

/** Tokens left, on the machines that count them. */
export const tokenDifference = (machines: readonly Observed[]): Difference<'tokens'> | null =>
  overall(
    'tokens',
    differing(
      machines.filter((m) => m.tokens !== undefined),
      (m) => CHANNELS.map((c) => `${c} ${m.tokens?.[c] ?? 0}`).join(' '),
    ),
  );

/** The first byte of memory that is not the same. */
export function memoryDifference(machines: readonly Observed[]): Difference<'memory'> | null {
  const [first, ...others] = machines.map((m) => m.dram);
  let at = first.length;
  for (const dram of others) {
    let i = 0;
    while (i < at && dram[i] === first[i]) i++;
    at = i;
  }
  if (at === first.length) return null;
  return overall('memory', Object.fromEntries(machines.map((m) => [m.name, m.dram[at]])), at);
}
