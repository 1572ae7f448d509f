import { AluPipeline, SEQUENCED, WRITTEN } from './alu-pipeline.js';
import type { Chain } from './chain.js';
import { type Entry, NEVER } from './entry.js';
import { EVERY, type Gemm } from './gemm.js';
import { GEMM_WRITE } from './parameters.js';
import type { Recorder } from './recorder.js';

const IN_FLIGHT = 16;

/**
 * timing.md, ALU. `now` is the state at some cycle in the past or present; `ahead` is the state at its next event under
 * what is known of GEMM's writes. A GEMM start can only change what happens GEMM_WRITE + 1 cycles later.
 */
export class Alu {
  /** Cycle of the next event. */
  at = NEVER;
  /** The sequencer can take a new chain. */
  free = true;
  /** Vectors executed. */
  steps = 0;
  private now: AluPipeline;
  private ahead: AluPipeline;
  private aheadEvents = 0;
  /** Chains by their number in the pipeline, which holds fewer than these. */
  private readonly chains: (Chain | null)[] = new Array(IN_FLIGHT).fill(null);
  private started = 0;

  constructor(
    private readonly gemm: Gemm,
    private readonly bankOf: Uint8Array,
    private readonly recorder: Recorder | null,
  ) {
    this.now = new AluPipeline(gemm, bankOf);
    this.ahead = new AluPipeline(gemm, bankOf);
  }

  /** To be called in cycle {@link at}. @returns the chain whose last vector is written, or null */
  step(t: number): Chain | null {
    const { now } = this;
    this.now = this.ahead;
    this.ahead = now;
    if (this.aheadEvents & SEQUENCED) this.sequenced(t);
    const written = this.aheadEvents & WRITTEN ? this.chains[this.now.written % IN_FLIGHT] : null;
    this.predict(t);
    return written;
  }

  /** The last vector of the newest chain issued in cycle t. */
  private sequenced(t: number): void {
    this.free = true;
    const chain = this.chains[this.started % IN_FLIGHT];
    if (this.recorder === null || chain === null) return;
    for (const { insn } of chain.members) {
      this.recorder.insns.started[insn.index] = this.now.firstIssue;
      this.recorder.insns.finished[insn.index] = t;
    }
  }

  start(chain: Chain, t: number): void {
    chain.startedAt = t;
    this.steps += chain.lead.insn.steps;
    this.free = false;
    this.settle(t);
    this.started++;
    this.chains[this.started % IN_FLIGHT] = chain;
    this.now.start(chain.lead, this.started);
    this.predict(t);
  }

  /**
   * An accumulator up to which an ascending chain has written before cycle e: at least `enough`, or the last one; -1 if it did not write the last
   * vector. Nothing may happen to ALU and GEMM before e.
   */
  writtenBefore(e: number, chain: Chain, enough: number): number {
    const known = this.knownBefore(e, chain);
    if (known >= enough || this.now.cycle >= e - 1) return known;
    this.settle(e - 1);
    return this.knownBefore(e, chain);
  }

  /** The first cycle from e on in which a reset does not write every bank, under what is known. */
  unfrozenFrom(e: number): number {
    return this.gemm.writes(e) === EVERY ? this.gemm.segmentAt(e).last + 1 : e;
  }

  private knownBefore(e: number, chain: Chain): number {
    const { now } = this;
    if (this.chains[now.writing % IN_FLIGHT] !== chain) return -1;
    return now.wroteAt < e ? now.wroteDst : now.wroteDst - 1;
  }

  /** Starts a GEMM entry in cycle t: what the ALU does from its first write on may change. */
  startGemm(entry: Entry, t: number): void {
    const unaffected = this.at <= t + GEMM_WRITE;
    if (!unaffected) this.settle(t);
    this.gemm.start(entry, t);
    this.now.forget();
    this.ahead.forget();
    if (!unaffected) this.predict(t);
  }

  /** Is any chain started and not completely written? */
  get inFlight(): boolean {
    return this.now.inFlight > 0;
  }

  /** No vector can be written in cycle t or one of the next `GEMM_WRITE`. */
  idle(t: number): boolean {
    return this.now.inFlight === 0 && this.now.wroteAt < t;
  }

  /** The bank written in cycle t (after everything else of cycle t), or -1. */
  bank(t: number): number {
    this.settle(t);
    return this.now.wroteAt === t ? this.bankOf[this.now.wroteDst] : -1;
  }

  /** Brings `now` to cycle t; there is no event before. */
  private settle(t: number): void {
    if (this.now.inFlight > 0) this.now.run(t);
    else this.now.cycle = Math.max(this.now.cycle, t);
  }

  private predict(t: number): void {
    if (this.now.inFlight === 0) {
      this.at = NEVER;
      return;
    }
    if (this.now.cycle < t) throw new Error('internal error: the ALU is behind its event');
    this.ahead.copyFrom(this.now);
    this.aheadEvents = this.ahead.run(NEVER);
    this.at = this.ahead.cycle;
  }
}
