/**
 * When everything of one launch happened: what the cycle simulator and the RTL both record, in the same terms
 * (docs/reference/timing.md, Trace), and what every picture and account is derived from.
 */

/** Marks a point that an instruction does not have. */
export const NO_CYCLE = -1;

/** Points in the life of each instruction, by its position in the program; cycles from launch, {@link NO_CYCLE} where there is none. */
export interface InsnTimes {
  /** First cycle in which it is seen in its unit's command queue (not necessarily as the head). */
  readonly queued: Int32Array;
  /** Cycle in which it leaves the queue and takes its tokens: accept of load and store, issue of compute. */
  readonly accepted: Int32Array;
  /**
   * First cycle of its own work: loads: the first step of the walker (that is taken; an empty step is one); GEMM: the first micro-op (or reset row)
   * issues; ALU: the first vector issues, that is, the sequencer moves on from it; stores: the AW handshake of the first burst. None for compute
   * entries of kind `nop` and for stores without data.
   */
  readonly started: Int32Array;
  /** Last cycle of that work: last step; last micro-op issues; last vector issues; transfer of the last W beat. None where `started` has none. */
  readonly finished: Int32Array;
  readonly retired: Int32Array;
}

/** Who asked for a burst. Order and numbers are those of the read engine's clients in timing.md; store is the only writer. */
export const BURST_CLIENTS = ['fetch', 'compute', 'load', 'store'] as const;

/** Bursts on the bus, one column each, in order of their address handshake (reads and writes merged, a read first where both fall in one cycle). */
export interface BurstTimes {
  readonly count: number;
  /** Index into {@link BURST_CLIENTS}. The n-th burst of a client is the n-th that timing.md's splitting rules make of its instructions in order. */
  readonly client: Uint8Array;
  readonly beats: Uint16Array;
  /** Cycle of the AR or AW handshake. */
  readonly handshake: Int32Array;
  /** Cycles in which the first and the last beat transfer on R or W. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export interface Trace {
  /** The cycle register: FINISH retired in this cycle. */
  readonly cycles: number;
  readonly insns: InsnTimes;
  readonly bursts: BurstTimes;
}
