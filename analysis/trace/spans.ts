/** What a unit does in a cycle. Every cycle of a launch is in exactly one of them, for every unit (docs/reference/accounts.md). */
export const STATES = ['busy', 'token', 'memory', 'hazard', 'queue', 'idle'] as const;
export type State = (typeof STATES)[number];

/** The units that accounts are kept for, and the two directions of the bus. */
export const UNIT_IDS = ['fetch', 'load', 'loader', 'gemm', 'alu', 'store', 'read', 'write'] as const;
export type UnitId = (typeof UNIT_IDS)[number];

/** Names for people. */
export const UNIT_NAMES: Readonly<Record<UnitId, string>> = {
  fetch: 'fetch',
  load: 'load',
  loader: 'compute loader',
  gemm: 'GEMM',
  alu: 'ALU',
  store: 'store',
  read: 'bus read',
  write: 'bus write',
};

/** No instruction. */
export const NO_INSN = -1;

/**
 * A stretch of cycles `[from, to)` of one unit. A busy one is the work of one instruction (of several for fetch), in which the unit may
 * have waited: then `waits` says for how many of its cycles, and the rest were busy.
 */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly state: State;
  /** The instruction that works, or that the unit waits for; {@link NO_INSN} where there is none. */
  readonly insn: number;
  readonly waits: Waits | null;
}

export interface Waits {
  readonly memory: number;
  readonly hazard: number;
  readonly queue: number;
}

/** Spans of one unit, appended in the order of time without a hole; empty ones are left out. */
export class SpanList {
  readonly spans: Span[] = [];
  /** End of the last span: the next one begins here. */
  at = 0;

  /** A wait up to cycle `to` (exclusive); nothing if that is past. Joined with the span before if nothing changes. */
  wait(to: number, state: State, insn: number): void {
    if (to <= this.at) return;
    const last = this.spans.at(-1);
    if (last !== undefined && last.state === state && last.insn === insn && last.waits === null) {
      this.spans[this.spans.length - 1] = { ...last, to };
    } else this.spans.push({ from: this.at, to, state, insn, waits: null });
    this.at = to;
  }

  /** Work up to cycle `to` (exclusive), with the cycles in it that were spent waiting. */
  work(to: number, insn: number, waits: Waits | null = null): void {
    if (to <= this.at) throw new Error(`internal error: the work of instruction ${insn} ends in cycle ${to}, before it begins`);
    this.spans.push({ from: this.at, to, state: 'busy', insn, waits });
    this.at = to;
  }

  /** Idle up to cycle `to`. */
  close(to: number): readonly Span[] {
    this.wait(to, 'idle', NO_INSN);
    return this.spans;
  }
}

/** Waits inside a busy span, or null if there are none. */
export const waits = (memory: number, hazard = 0, queue = 0): Waits | null =>
  memory === 0 && hazard === 0 && queue === 0 ? null : { memory, hazard, queue };

/** How many cycles of a span the unit really worked. */
export const busyIn = ({ from, to, state, waits: w }: Span): number =>
  state !== 'busy' ? 0 : to - from - (w === null ? 0 : w.memory + w.hazard + w.queue);
