import { disassembleAt } from '#isa/asm/disassemble';
import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { TokenChannel, Unit } from '#isa/spec/tables';
import type { Range } from '#simulator/values/element-set';
import { type RuleName, RULES, type Severity } from './rules.js';

/** An instruction that a finding is about. */
export interface InsnRef {
  /** Position in the launch, from 0. */
  readonly insn: number;
  readonly unit: Unit;
  /** Assembly. */
  readonly text: string;
}

/** A unit in a deadlock: what it waits for. */
export interface WaitRef extends InsnRef {
  readonly channel: TokenChannel;
  readonly on: Unit;
  /** Has the unit that would have to push executed all its instructions? */
  readonly ended: boolean;
}

/** What is specific to one finding; see docs/reference/lint.md for the JSON form. */
export interface Details {
  /** The diagnostic with which the machines refuse the program (rule `illegal`, `deadlock`, `queue-overflow`). */
  readonly code?: string;
  readonly memory?: 'dram' | 'uop' | 'inp' | 'wgt' | 'acc';
  /** Bytes of DRAM or elements of the scratchpad. */
  readonly ranges?: readonly Range[];
  readonly waits?: readonly WaitRef[];
  readonly channel?: TokenChannel;
  readonly tokens?: number;
  /** Replaces the rule's text. */
  readonly why?: string;
  readonly do?: string;
}

export interface Finding extends Omit<Details, 'why' | 'do'> {
  readonly rule: RuleName;
  readonly severity: Severity;
  /** Number of the launch in the program, from 0, and its name. */
  readonly launch: number;
  readonly launchName: string;
  readonly insns: readonly InsnRef[];
  readonly what: string;
  readonly why: string;
  readonly do: string;
}

/** How often a rule was broken in a launch, apart for each diagnostic; findings beyond a limit are counted only. */
export interface Total {
  readonly rule: RuleName;
  readonly code?: string;
  readonly severity: Severity;
  readonly launch: number;
  count: number;
}

/** Findings of one rule in one launch that are kept. */
export const KEPT = 100;

/** The launch that is being looked at, as findings name it. */
export interface Scene {
  readonly launch: number;
  readonly name: string;
  readonly code: Uint8Array;
  readonly unitOf: (insn: number) => Unit;
}

/** Collects findings. */
export class Findings {
  readonly list: Finding[] = [];
  readonly totals: Total[] = [];
  private readonly byKey = new Map<string, Total>();

  constructor(
    private readonly config: VtaConfig,
    private readonly ignored: ReadonlySet<RuleName>,
  ) {}

  ref(scene: Scene, insn: number): InsnRef {
    return { insn, unit: scene.unitOf(insn), text: disassembleAt(scene.code, this.config, insn * INSN_BYTES) };
  }

  /** @param what a whole sentence without a full stop, or a function that makes it */
  add(rule: RuleName, scene: Scene, insns: readonly number[], what: string | (() => string), details: Details = {}): void {
    if (this.ignored.has(rule)) return;
    const { severity, why, do: remedy } = RULES[rule];
    const { code } = details;
    const key = `${scene.launch} ${rule} ${code}`;
    let total = this.byKey.get(key);
    if (total === undefined) {
      total = { rule, ...(code === undefined ? {} : { code }), severity, launch: scene.launch, count: 0 };
      this.byKey.set(key, total);
      this.totals.push(total);
    }
    if (++total.count > KEPT) return;
    this.list.push({
      rule,
      severity,
      launch: scene.launch,
      launchName: scene.name,
      insns: insns.map((i) => this.ref(scene, i)),
      what: typeof what === 'string' ? what : what(),
      why,
      do: remedy,
      ...details,
    });
  }
}

/** `inp[0..15]`, `inp[3]`, `bytes 0x100..0x1ff`: the first few ranges. */
export function describeRanges(memory: string, ranges: readonly Range[]): string {
  const hex = (n: number) => `0x${n.toString(16)}`;
  const one = ([low, high]: Range) =>
    memory === 'dram' ? `bytes ${hex(low)}..${hex(high)} of DRAM` : low === high ? `${memory}[${low}]` : `${memory}[${low}..${high}]`;
  const shown = ranges.slice(0, 4).map(one);
  return ranges.length > shown.length ? `${shown.join(', ')} and ${ranges.length - shown.length} more ranges` : shown.join(', ');
}
