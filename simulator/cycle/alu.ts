import { AluPipeline, SEQUENCED, WRITTEN } from './alu-pipeline.js';
import type { Chain } from './chain.js';
import type { Entry, EntryChain } from './entry.js';
import { NEVER } from './time.js';
import { EVERY, type Gemm } from './gemm.js';
import { GEMM_WRITE } from './parameters.js';
import type { Recorder } from './recorder.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';

const IN_FLIGHT = 16;

/**
 * timing.md, ALU. `now` is the state at some cycle in the past or present. What happens next is known only as a cycle before which it does not, since
 * GEMM may start and hold the ALU up: then the state is brought there, and it has happened or there is a later such cycle.
 */
export class Alu {
  /** A cycle before which there is no event. */
  at = NEVER;
  /** The sequencer can take a new chain. */
  free = true;
  /** Vectors executed. */
  steps = 0;
  private readonly now: AluPipeline;
  /** Chains by their number in the pipeline, which holds fewer than these. */
  private readonly chains: (Chain | null)[] = new Array(IN_FLIGHT).fill(null);
  private started = 0;

  constructor(
    private readonly gemm: Gemm,
    private readonly bankOf: Uint8Array,
    private readonly recorder: Recorder | null,
  ) {
    this.now = new AluPipeline(gemm, bankOf);
  }

  /** To be called in cycle {@link at}. @returns whether something happened: the last vector of a chain issued or was written */
  step(t: number): boolean {
    const events = this.now.run(t);
    if (events & SEQUENCED) this.sequenced(t);
    // The entries are done in the cycle after their last write.
    if (events & WRITTEN) this.chains[this.now.written % IN_FLIGHT]?.done(t + 1);
    this.at = this.now.eventFrom();
    return events !== 0;
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
    this.at = this.now.eventFrom();
  }

  /**
   * An accumulator up to which an ascending chain has written before cycle e: at least `enough`, or the last one; -1 if it did not write the last
   * vector. Nothing may happen to ALU and GEMM before e.
   */
  writtenBefore(e: number, chain: EntryChain, enough: number): number {
    const known = this.knownBefore(e, chain);
    if (known >= enough || this.now.cycle >= e - 1) return known;
    this.settle(e - 1);
    return this.knownBefore(e, chain);
  }

  /**
   * A cycle from e on before which a reset writes every bank, whatever happens from `horizon` on: a GEMM that starts then puts off rows that issue later, and
   * the ALU goes on between them.
   */
  frozenTo(e: number, horizon: number): number {
    return this.gemm.writes(e) === EVERY ? Math.max(e, Math.min(this.gemm.segmentAt(e).last, horizon + GEMM_WRITE) + 1) : e;
  }

  /** The same, as far as it is worked out already. */
  knownBefore(e: number, chain: EntryChain): number {
    const { now } = this;
    if (this.chains[now.writing % IN_FLIGHT] !== chain) return -1;
    return now.wroteAt < e ? now.wroteDst : now.wroteDst - 1;
  }

  /** Starts a GEMM entry in cycle t: it writes from `GEMM_WRITE` + 1 cycles later on, which the ALU has not come to. */
  startGemm(entry: Entry, t: number): void {
    this.gemm.start(entry, t);
    this.now.forget();
    this.at = this.now.eventFrom();
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

  /** The last cycle that is worked out. */
  get settledTo(): number {
    return this.now.cycle;
  }

  visit(w: StateWalk, rob: Rob): void {
    this.at = w.cycle(this.at);
    this.steps = w.total(this.steps);
    w.plain(this.free);
    this.now.visit(w, rob);
    for (let n = this.now.written + 1; n <= this.started; n++) this.chains[n % IN_FLIGHT]?.visit(w, rob);
  }

  /** Brings `now` to cycle t; there is no event before. */
  settle(t: number): void {
    if (this.now.inFlight === 0) this.now.cycle = Math.max(this.now.cycle, t);
    else if (this.now.run(t) !== 0) throw new Error('internal error: an event of the ALU was passed over');
  }
}
