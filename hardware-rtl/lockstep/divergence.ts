import type { Retire } from '#isa/arch/device';
import { type MemorySettings, memoryText } from '#isa/arch/memory';
import type { Trace } from '#isa/arch/trace';
import { decodeInsn, INSN_BYTES } from '#isa/codec/codec';
import { disassembleInsn } from '#isa/asm/disassemble';
import type { VtaConfig } from '#isa/config/config';
import { UNITS, type Unit } from '#isa/spec/tables';
import type { Tokens } from '#simulator/values/tokens';
import { firstTraceDifference } from './traces.js';

/** The machines compared; the first that has a value is the one the others are held against. */
export const LOCKSTEP = ['functional', 'cycle', 'rtl'] as const;
export type LockstepMachine = (typeof LOCKSTEP)[number];

/** The first thing on which the machines do not agree. */
export interface Divergence {
  /**
   * `order`: another instruction retired, or none; `writes`: other values written; `cycle`: retired at another time; `trace`: something else
   * happened at another time; `tokens`: others are left; `memory`; `error`.
   */
  readonly kind: 'order' | 'writes' | 'cycle' | 'trace' | 'tokens' | 'memory' | 'error';
  /** One sentence. */
  readonly what: string;
  readonly unit: Unit | null;
  /** Program index of the instruction, and its text. */
  readonly insn: number | null;
  readonly text: string | null;
  /** What each machine has there: a cycle, a hash, a byte, a program index or a message. */
  readonly values: Readonly<Record<LockstepMachine, number | string | null>>;
  /** The last records of that unit on each machine, up to and including the one that differs. */
  readonly last: Readonly<Record<LockstepMachine, readonly Retire[]>>;
  /** How to see it in a waveform. */
  readonly reproduce: string;
}

/** What one machine did with the program. */
export interface Trail {
  readonly records: readonly Retire[];
  readonly dram: Uint8Array;
  /** The diagnostic that ended it, or null. */
  readonly error: string | null;
  /** Of machines with time. */
  readonly trace?: Trace;
  readonly tokens?: Readonly<Tokens>;
}
export type Trails = Readonly<Record<LockstepMachine, Trail>>;

/** What is being run, for the texts. */
export interface Subject {
  readonly name: string;
  readonly config: VtaConfig;
  readonly memory: MemorySettings;
  readonly program: Uint8Array;
}

const LAST = 10;
/** Cycles before and after an event in the suggested waveform window. */
const BEFORE = 200;
const AFTER = 50;

const perMachine = <T>(value: (m: LockstepMachine) => T): Record<LockstepMachine, T> => ({
  functional: value('functional'),
  cycle: value('cycle'),
  rtl: value('rtl'),
});

function reproduce(subject: Subject, cycle: number): string {
  return `vta cosim ${subject.name} --memory ${memoryText(subject.memory)} --waveform vta.fst --from ${Math.max(0, cycle - BEFORE)} --to ${cycle + AFTER}`;
}

function textOf(subject: Subject, insn: number | null): string | null {
  if (insn === null) return null;
  const decoded = decodeInsn(subject.program, subject.config, insn * INSN_BYTES);
  return decoded === null ? 'undefined opcode' : disassembleInsn(decoded, subject.config);
}

interface Found {
  readonly kind: Divergence['kind'];
  readonly unit: Unit | null;
  readonly insn: number | null;
  readonly at: number;
  readonly cycle: number;
  readonly values: Divergence['values'];
}

const WHAT: Readonly<Record<Divergence['kind'], string>> = {
  order: 'the machines retire different instructions',
  writes: 'the machines write different values',
  cycle: 'the machines retire it in different cycles',
  trace: 'the machines do something else at different times',
  tokens: 'the machines leave different tokens',
  memory: 'the machines leave different memory',
  error: 'the machines end differently',
};

function describe(found: Found, trails: Trails, subject: Subject): Divergence {
  const records = (m: LockstepMachine) => trails[m].records.filter((r) => r.unit === found.unit);
  return {
    kind: found.kind,
    what: WHAT[found.kind],
    unit: found.unit,
    insn: found.insn,
    text: textOf(subject, found.insn),
    values: found.values,
    last: perMachine((m) => (found.unit === null ? [] : records(m).slice(Math.max(0, found.at - LAST + 1), found.at + 1))),
    reproduce: reproduce(subject, found.cycle),
  };
}

/** Do the values of the machines that have one agree? */
const differ = (values: readonly (number | string | null)[]): boolean => new Set(values).size > 1;

function inUnit(unit: Unit, trails: Trails): Found | null {
  const lists = perMachine((m) => trails[m].records.filter((r) => r.unit === unit));
  const length = Math.max(...LOCKSTEP.map((m) => lists[m].length));
  for (let at = 0; at < length; at++) {
    const here = perMachine<Retire | undefined>((m) => lists[m][at]);
    const cycle = here.rtl?.cycle ?? here.cycle?.cycle ?? 0;
    const some = (here.functional ?? here.cycle ?? here.rtl)!;
    const base = { unit, at, cycle, insn: some.insn };
    const order = perMachine((m) => here[m]?.insn ?? null);
    if (differ(Object.values(order))) return { ...base, kind: 'order', values: order };
    const hash = perMachine((m) => here[m]!.hash >>> 0);
    if (differ(Object.values(hash))) return { ...base, kind: 'writes', values: hash };
    if (here.cycle!.cycle !== here.rtl!.cycle) {
      return { ...base, kind: 'cycle', values: { functional: null, cycle: here.cycle!.cycle, rtl: here.rtl!.cycle } };
    }
  }
  return null;
}

/** Times of cycle simulator and RTL: what differs first, if both were recorded. */
function inTrace(trails: Trails): Found | null {
  const { cycle, rtl } = trails;
  if (cycle.trace === undefined || rtl.trace === undefined) return null;
  const d = firstTraceDifference(cycle.trace, rtl.trace);
  if (d === null) return null;
  const unit = rtl.records.find((r) => r.insn === d.insn)?.unit ?? null;
  const at = rtl.records.filter((r) => r.unit === unit).findIndex((r) => r.insn === d.insn);
  return { kind: 'trace', unit, insn: d.insn, at, cycle: d.cycle, values: { functional: null, cycle: d.values[0], rtl: d.values[1] } };
}

const tokensText = (tokens: Readonly<Tokens>): string =>
  Object.entries(tokens)
    .map(([channel, n]) => `${channel} ${n}`)
    .join(' ');

/** Tokens left, on the machines that count them. */
function inTokens(trails: Trails): Found | null {
  const values = perMachine((m) => (trails[m].tokens === undefined ? null : tokensText(trails[m].tokens)));
  if (!differ(Object.values(values).filter((v) => v !== null))) return null;
  return { kind: 'tokens', unit: null, insn: null, at: 0, cycle: trails.rtl.records.at(-1)?.cycle ?? 0, values };
}

function inMemory(trails: Trails): Found | null {
  const { functional, cycle, rtl } = trails;
  for (let i = 0; i < functional.dram.length; i++) {
    if (functional.dram[i] !== cycle.dram[i] || functional.dram[i] !== rtl.dram[i]) {
      const values = perMachine((m) => `byte ${i} is ${trails[m].dram[i]}`);
      return { kind: 'memory', unit: null, insn: null, at: 0, cycle: rtl.records.at(-1)?.cycle ?? 0, values };
    }
  }
  return null;
}

/**
 * The first difference between the machines: of all units the one that the RTL reaches first; then errors; then the times of everything else,
 * tokens, memory. Compared are, per unit, order, write hash and (cycle simulator and RTL) cycle of every retired instruction.
 */
export function firstDivergence(trails: Trails, subject: Subject): Divergence | null {
  const found = UNITS.flatMap((u) => inUnit(u, trails) ?? []).sort((a, b) => a.cycle - b.cycle)[0];
  if (found !== undefined) return describe(found, trails, subject);
  const errors = perMachine((m) => trails[m].error);
  if (differ(Object.values(errors))) {
    const cycle = trails.rtl.records.at(-1)?.cycle ?? 0;
    return describe({ kind: 'error', unit: null, insn: null, at: 0, cycle, values: errors }, trails, subject);
  }
  if (errors.functional !== null) return null;
  const rest = inTrace(trails) ?? inTokens(trails) ?? inMemory(trails);
  return rest === null ? null : describe(rest, trails, subject);
}
