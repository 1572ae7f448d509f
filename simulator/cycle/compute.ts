import { Alu } from './alu.js';
import { ChainBuilder } from './chain-builder.js';
import { ComputeLoader, type ComputeLoaderPorts, type LoadEntries } from './compute-loader.js';
import type { Entry } from './entry.js';
import { NEVER } from './time.js';
import { EVERY, Gemm, NONE } from './gemm.js';
import type { UopFields } from './entry.js';
import { ROB_DEPTH } from './parameters.js';
import type { CommandPorts, WakePorts } from './ports.js';
import { COMPUTE_UNIT, GEMM, LOAD, NEXT, NOP, PREV, type TimingInsn } from './program.js';
import { Promises } from './promises.js';
import { ROB_MASK, Rob } from './rob.js';
import type { Scratch } from './scratch.js';
import { StoreGuard } from './store-guard.js';
import type { StateWalk } from './state-walk.js';
import { L2C, S2C } from './tokens.js';

/** What compute asks of its surroundings. */
export interface ComputePorts extends CommandPorts, ComputeLoaderPorts, WakePorts {
  /** The micro-op scratchpad, and where the fields of a micro-op are. */
  readonly uops: Uint32Array;
  readonly uopFields: UopFields;
  /** Compute moved on in cycle t: a store burst that waits for it may go. */
  wakeBlockedStore(t: number): void;
}

/** timing.md, Compute: issue, retirement, scanner, and the starts of GEMM. */
export class Compute implements LoadEntries {
  /** Next cycle in which something can change. */
  at = NEVER;
  readonly rob: Rob;
  readonly gemm: Gemm;
  readonly alu: Alu;
  readonly loader: ComputeLoader;
  readonly guard: StoreGuard;
  private readonly promises: Promises;
  private readonly builder: ChainBuilder;
  /** Cycle in which the entry in each slot of the reorder buffer retired. */
  private readonly retiredAt = new Float64Array(ROB_DEPTH).fill(-1);
  /**
   * The next entry to look at for each of the engines; everything before is taken or of another kind. Where only nops were issued
   * nobody looked, so it may be behind the head; slots of entries behind the head hold younger ones.
   */
  private scanNext = 0;
  private gemmNext = 0;
  private loadNext = 0;
  /** Scanner, GEMM, ALU and loader are to be looked at again: an entry was issued or done, or the ALU moved on. */
  private changed = false;
  /** Next cycle in which scanner, GEMM or ALU can start something. */
  private startAt = NEVER;
  private scannerFreeAt = 0;
  private lastRetire = -1;

  constructor(
    private readonly ports: ComputePorts,
    placeholder: TimingInsn,
    scratch: Scratch,
  ) {
    const { p, recorder } = ports;
    this.rob = new Rob(scratch.entries);
    this.gemm = new Gemm(p, recorder, scratch.segments);
    this.alu = new Alu(this.gemm, p.bankOf, recorder);
    this.loader = new ComputeLoader(ports, this, placeholder);
    this.guard = new StoreGuard(this.rob, this.alu);
    this.promises = new Promises(ports, this.rob, this.guard);
    this.builder = new ChainBuilder(this.rob, this.alu);
  }

  step(t: number): void {
    const { loader, ports } = this;
    if (this.alu.at <= t && this.alu.step(t)) this.changed = true;
    if (this.retireAt() <= t) this.retire(t);
    if (this.changed || this.startAt <= t) {
      this.changed = false;
      if (this.gemm.resetEndsAt <= t) this.gemm.endReset();
      const scanAt = this.scan(t);
      const gemmAt = this.startGemm(t);
      this.startAt = Math.min(scanAt, gemmAt, this.builder.step(t), this.gemm.resetEndsAt);
      if (loader.waits && t < loader.at) loader.at = t;
      ports.wakeBlockedStore(t);
    }
    const issueAt = this.issue(t);
    this.at = Math.min(this.retireAt(), this.startAt, issueAt, this.alu.at);
  }

  /** The oldest entry retires in the first cycle in which it is visible, done and scanned; one per cycle. */
  private retireAt(): number {
    const { head, tail } = this.rob;
    if (head === tail) return NEVER;
    const e = this.rob.at(head);
    return Math.max(e.visibleAt, e.doneAt, e.scannedAt, this.lastRetire + 1);
  }

  private retire(t: number): void {
    const { rob, ports } = this;
    const e = rob.at(rob.head);
    this.retiredAt[rob.head++ & ROB_MASK] = t;
    this.lastRetire = t;
    ports.retire(e.insn, t);
    if (rob.head === rob.tail) ports.wakeFetch(t + 1);
  }

  /** Scanner: one entry at a time, in program order. @returns when the next can begin, as far as known */
  private scan(t: number): number {
    const { rob } = this;
    if (this.scanNext < rob.head) this.scanNext = rob.head;
    while (this.scanNext < rob.tail && rob.at(this.scanNext).insn.kind < GEMM) this.scanNext++;
    if (this.scanNext === rob.tail) return NEVER;
    const e = rob.at(this.scanNext);
    const ready = Math.max(e.visibleAt, this.scannerFreeAt, rob.uopsClearAt(this.scanNext));
    if (ready > t) return ready;
    this.scannerFreeAt = t + e.insn.uopCount;
    e.scannedAt = t + e.insn.uopCount + 3;
    this.scanNext++;
    return t + 1;
  }

  private startGemm(t: number): number {
    const { rob } = this;
    if (this.gemmNext < rob.head) this.gemmNext = rob.head;
    while (this.gemmNext < rob.tail && rob.at(this.gemmNext).insn.kind !== GEMM) this.gemmNext++;
    if (this.gemmNext === rob.tail) return NEVER;
    const e = rob.at(this.gemmNext);
    const { simple, resets } = e.insn;
    const ready = Math.max(e.visibleAt, this.gemm.startAt(e), simple && resets ? e.scannedAt : 0, rob.clearAt(this.gemmNext));
    if (ready > t) return ready;
    this.gemmNext++;
    this.alu.startGemm(e, t);
    this.promises.advance();
    return t + 1;
  }

  /** The loader has found when an entry is done. */
  loadDone(entry: Entry, at: number): void {
    entry.doneAt = at;
    this.promises.advance();
    this.changed = true;
    if (at < this.at) this.at = at;
  }

  /** Number of the oldest load entry the loader has not accepted, or -1. */
  nextLoad(): number {
    const { rob } = this;
    if (this.loadNext < rob.head) this.loadNext = rob.head;
    while (this.loadNext < rob.tail && rob.at(this.loadNext).insn.kind !== LOAD) this.loadNext++;
    return this.loadNext < rob.tail ? this.loadNext : -1;
  }
  loadAccepted(): void {
    this.loadNext++;
  }

  private issue(t: number): number {
    const { ports, rob } = this;
    const queue = ports.queues[COMPUTE_UNIT];
    if (rob.tail - rob.head >= ROB_DEPTH) return NEVER;
    const ready = Math.max(queue.headAt(), this.retiredAt[rob.tail & ROB_MASK] + 1);
    if (ready > t) return ready;
    const insn = ports.insns[queue.head()];
    const { tokens } = ports;
    // Both tokens are taken in the same cycle.
    if (insn.pops !== 0) {
      const seen = Math.max(insn.pops & PREV ? tokens.seenAt(L2C, t) : 0, insn.pops & NEXT ? tokens.seenAt(S2C, t) : 0);
      if (seen > t) return seen;
      if (insn.pops & PREV) tokens.pop(L2C);
      if (insn.pops & NEXT) tokens.pop(S2C);
    }
    ports.take(COMPUTE_UNIT, t);
    const e = rob.at(rob.tail);
    ports.execute(insn);
    e.issue(insn, t, ports.uops, ports.uopFields);
    rob.tail++;
    this.promises.advance();
    if (insn.kind !== NOP) {
      this.changed = true;
      if (insn.kind === LOAD && t + 1 < this.loader.at) this.loader.at = t + 1;
    }
    return t + 1;
  }

  visit(w: StateWalk): void {
    const { rob, retiredAt } = this;
    this.at = w.cycle(this.at);
    this.startAt = w.cycle(this.startAt);
    this.scannerFreeAt = w.cycle(this.scannerFreeAt);
    this.lastRetire = w.cycle(this.lastRetire);
    w.plain(this.changed);
    for (const next of [this.scanNext, this.gemmNext, this.loadNext]) w.plain(Math.max(0, next - rob.head));
    for (let n = 0; n < ROB_DEPTH; n++) {
      const slot = (rob.tail + n) & ROB_MASK;
      retiredAt[slot] = w.cycle(retiredAt[slot]);
    }
    this.promises.visit(w);
    this.gemm.visit(w, this.alu.settledTo);
    this.loader.visit(w);
    this.builder.visit(w);
    this.alu.visit(w, rob);
    if (w.differs) return;
    rob.visit(w);
    this.guard.visit(w);
  }

  /** Does GEMM or ALU write the bank of one of `count` elements from `index` in cycle c? */
  writesBank(index: number, count: number, c: number): boolean {
    const { bankOf } = this.ports.p;
    const gemm = this.gemm.writes(c);
    if (gemm === EVERY) return true;
    const alu = this.alu.idle(c) ? -1 : this.alu.bank(c);
    if (gemm === NONE && alu < 0) return false;
    for (let n = 0; n < count; n++) {
      const bank = bankOf[index + n];
      if (bank === alu || (gemm >= 0 && bank === bankOf[gemm])) return true;
    }
    return false;
  }
}
