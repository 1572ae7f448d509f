/**
 * What the timeline page holds, as JSON. Cycles of launches are counted from the launch, those of spans, flows and counters from the begin of the run;
 * instructions are numbered through the run.
 */
export interface PageData {
  readonly name: string;
  readonly on: string;
  readonly config: string;
  readonly memory: string;
  readonly cycles: number;
  readonly states: readonly string[];
  readonly clients: readonly string[];
  readonly channels: readonly string[];
  readonly layers: readonly PageLayer[];
  /** Per unit, cycles by state. */
  readonly accounts: readonly (readonly number[])[];
  readonly units: readonly PageUnit[];
  readonly insns: PageInsns;
  /** Four numbers per token: channel, the instructions that push and pop it, and the cycle of the push. */
  readonly flows: readonly number[];
  readonly counters: readonly PageCounter[];
}

export interface PageLayer {
  readonly name: string;
  readonly start: number;
  readonly cycles: number;
  /** Number of its first instruction. */
  readonly insn: number;
  readonly accounts: readonly (readonly number[])[];
}

export interface PageUnit {
  readonly name: string;
  readonly text: string;
  /**
   * Spans from cycle 0 on without a hole: length, code, instruction; and, where the code has {@link HAS_WAITS}, the cycles in it that were spent waiting
   * for memory, hazards and queues. The code's low bits are the state, the high ones ({@link CLIENT_SHIFT}) a burst's client.
   */
  readonly spans: readonly number[];
}
export const STATE_MASK = 7;
export const HAS_WAITS = 8;
export const CLIENT_SHIFT = 4;

export interface PageInsns {
  /** Unit of each: 0 load, 1 compute, 2 store; row of {@link PageData.units} that it works in, or -1. */
  readonly row: readonly number[];
  readonly unit: readonly number[];
  readonly texts: readonly string[];
  /** Index into texts. */
  readonly text: readonly number[];
  /** Five numbers each: queued, accepted, started, finished, retired. */
  readonly times: readonly number[];
}

export interface PageCounter {
  readonly name: string;
  readonly unit: string;
  readonly at: readonly number[];
  readonly value: readonly number[];
}
