import type { Retire } from '#isa/arch/device';
import { type MemorySettings, memoryText } from '#isa/arch/memory';
import type { Trace } from '#isa/arch/trace';
import { decodeInsn, INSN_BYTES } from '#isa/codec/codec';
import { disassembleInsn } from '#isa/asm/disassemble';
import type { VtaConfig } from '#isa/config/config';
import type { Unit } from '#isa/spec/tables';
import {
  type Difference,
  errorDifference,
  memoryDifference,
  recordDifference,
  tokenDifference,
  traceDifference,
} from '#simulator/compare/compare';
import type { Tokens } from '#simulator/values/tokens';
import type { FirstWrite } from './first-write.js';
import { traceText } from './trace-text.js';

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
  /** The diagnostic that ended each machine: why the RTL stopped, for instance; null where it went on to the end. */
  readonly ends: Readonly<Record<LockstepMachine, string | null>>;
  /** Of `writes`: the first element and lane in which functional simulator and RTL differ. */
  readonly first: FirstWrite | null;
  /** How to look at the place in the debugger, and how to see it in a waveform. */
  readonly look: string | null;
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

const WHAT: Readonly<Record<Divergence['kind'], string>> = {
  order: 'the order of retirement differs',
  writes: 'the values that it wrote differ',
  cycle: 'its retire cycle differs',
  trace: 'the traces differ',
  tokens: 'the tokens left differ',
  memory: 'memory differs afterwards',
  error: 'the machines end differently',
};

/** A value as it is shown: what a machine has at the place of the difference. */
function shown(d: Difference, trails: Trails, m: LockstepMachine): number | string | null {
  const value = d.values[m] ?? null;
  const { trace } = trails[m];
  if (d.kind === 'trace' && trace !== undefined) return traceText(d, trace);
  return d.kind === 'memory' ? `byte ${d.at} is ${value}` : value;
}

function describe(d: Difference<Divergence['kind']>, trails: Trails, subject: Subject): Divergence {
  const records = (m: LockstepMachine) => trails[m].records.filter((r) => r.unit === d.unit);
  // a trace counts instructions of the program, not of the unit
  const at = d.kind === 'trace' ? records('rtl').findIndex((r) => r.insn === d.insn) : d.at;
  const whole = d.kind === 'error' || d.kind === 'tokens' || d.kind === 'memory';
  const cycle = whole ? (trails.rtl.records.at(-1)?.cycle ?? 0) : d.cycle;
  return {
    kind: d.kind,
    what: WHAT[d.kind],
    unit: d.unit,
    insn: d.insn,
    text: textOf(subject, d.insn),
    values: perMachine((m) => shown(d, trails, m)),
    last: perMachine((m) => (d.unit === null ? [] : records(m).slice(Math.max(0, at - LAST + 1), at + 1))),
    ends: perMachine((m) => trails[m].error),
    first: null,
    look:
      d.insn === null
        ? null
        : `vta debug ${subject.name} --memory ${memoryText(subject.memory)} -c 'break insn ${d.insn} retire' -c continue`,
    reproduce: reproduce(subject, cycle),
  };
}

/**
 * The first difference between the machines: of all units the one that the RTL reaches first; then errors; then the times of everything else,
 * tokens, memory. Compared are, per unit, order, write hash and (cycle simulator and RTL) cycle of every retired instruction.
 */
export function firstDivergence(trails: Trails, subject: Subject): Divergence | null {
  const machines = LOCKSTEP.map((name) => ({ ...trails[name], name, hashes: true, timed: name !== 'functional' }));
  const ended = recordDifference(machines) ?? errorDifference(machines);
  const failed = trails.functional.error !== null;
  const d = ended ?? (failed ? null : (traceDifference(machines) ?? tokenDifference(machines) ?? memoryDifference(machines)));
  return d === null ? null : describe(d, trails, subject);
}
