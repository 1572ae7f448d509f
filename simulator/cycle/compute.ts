import { Alu } from './alu.js';
import { ComputeLoader } from './compute-loader.js';
import { accsConflict, Entry, NEVER, uopsConflict } from './entry.js';
import { Gemm } from './gemm.js';
import type { Machine } from './machine.js';
import { ROB_DEPTH } from './parameters.js';
import { ALU, COMPUTE_UNIT, GEMM, LOAD, NEXT, NOP, PREV, type TimingInsn } from './program.js';
import { L2C, S2C } from './tokens.js';

const MASK = ROB_DEPTH - 1;

/** timing.md, Compute: issue, reorder buffer, hazards, scanner, and the starts of GEMM and ALU. Entries are numbered from launch. */
export class Compute {
  /** Next cycle in which something can change. */
  at = NEVER;
  readonly gemm: Gemm;
  readonly alu: Alu;
  readonly loader: ComputeLoader;
  private readonly entries: Entry[];
  private readonly retiredAt = new Float64Array(ROB_DEPTH).fill(-1);
  private head = 0;
  private tail = 0;
  /**
   * The next entry to look at for each of the engines; everything before is taken or of another kind. Where only nops were issued
   * nobody looked, so it may be behind the head; slots of entries behind the head hold younger ones.
   */
  private scanNext = 0;
  private gemmNext = 0;
  private aluNext = 0;
  private loadNext = 0;
  /** Scanner, GEMM, ALU and loader are to be looked at again: an entry was issued or done, or the ALU moved on. */
  private changed = false;
  /** Next cycle in which scanner, GEMM or ALU can start something. */
  private startAt = NEVER;
  private scannerFreeAt = 0;
  private lastRetire = -1;

  constructor(
    private readonly machine: Machine,
    placeholder: TimingInsn,
  ) {
    this.entries = Array.from({ length: ROB_DEPTH }, () => new Entry(placeholder));
    this.gemm = new Gemm(machine.recorder);
    this.alu = new Alu(this.gemm, machine.p.bankOf, machine.recorder);
    this.loader = new ComputeLoader(machine, this, placeholder);
  }

  entryAt(sequence: number): Entry {
    return this.entries[sequence & MASK];
  }

  step(t: number): void {
    const { loader } = this;
    if (this.alu.at <= t) {
      const written = this.alu.step(t);
      // The entry is done in the cycle after its last write.
      if (written !== null) written.doneAt = t + 1;
      this.changed = true;
    }
    if (this.retireAt() <= t) this.retire(t);
    if (this.changed || this.startAt <= t) {
      this.changed = false;
      const scanAt = this.scan(t);
      const gemmAt = this.startGemm(t);
      this.startAt = Math.min(scanAt, gemmAt, this.startAlu(t));
      if (loader.waits) loader.at = Math.min(loader.at, t);
    }
    const issueAt = this.issue(t);
    this.at = Math.min(this.retireAt(), this.startAt, issueAt, this.alu.at);
  }

  /** The oldest entry retires in the first cycle in which it is visible, done and scanned; one per cycle. */
  private retireAt(): number {
    if (this.head === this.tail) return NEVER;
    const e = this.entries[this.head & MASK];
    return Math.max(e.visibleAt, e.doneAt, e.scannedAt, this.lastRetire + 1);
  }

  private retire(t: number): void {
    const e = this.entries[this.head & MASK];
    this.retiredAt[this.head & MASK] = t;
    this.lastRetire = t;
    this.head++;
    this.machine.retire(e.insn, t, e.hash);
  }

  /** Scanner: one entry at a time, in program order. @returns when the next can begin, as far as known */
  private scan(t: number): number {
    this.scanNext = Math.max(this.scanNext, this.head);
    while (this.scanNext < this.tail && this.entries[this.scanNext & MASK].insn.kind < GEMM) this.scanNext++;
    if (this.scanNext === this.tail) return NEVER;
    const e = this.entries[this.scanNext & MASK];
    let ready = Math.max(e.visibleAt, this.scannerFreeAt);
    for (let s = this.head; s < this.scanNext; s++) {
      const o = this.entries[s & MASK];
      if (o.insn.writesUop && uopsConflict(o, e)) ready = Math.max(ready, o.doneAt);
    }
    if (ready > t) return ready;
    this.scannerFreeAt = t + e.insn.uopCount;
    e.scannedAt = t + e.insn.uopCount + 3;
    this.scanNext++;
    return t + 1;
  }

  /**
   * Hazards: the first cycle in which entry `sequence` is clear; {@link NEVER} while that is not known. Of two entries of which one
   * is not scanned, the younger waits until both are or until the older is done.
   */
  clearAt(sequence: number): number {
    const e = this.entries[sequence & MASK];
    const { kind } = e.insn;
    let at = 0;
    for (let s = this.head; s < sequence; s++) {
      const o = this.entries[s & MASK];
      if (o.insn.kind === kind || o.insn.kind === NOP) continue;
      if (uopsConflict(o, e)) at = Math.max(at, o.doneAt);
      else if (o.touchesAcc && e.touchesAcc) {
        at = Math.max(at, accsConflict(o, e) ? o.doneAt : Math.min(o.doneAt, Math.max(o.scannedAt, e.scannedAt)));
      }
    }
    return at;
  }

  private startGemm(t: number): number {
    this.gemmNext = Math.max(this.gemmNext, this.head);
    while (this.gemmNext < this.tail && this.entries[this.gemmNext & MASK].insn.kind !== GEMM) this.gemmNext++;
    if (this.gemmNext === this.tail) return NEVER;
    const e = this.entries[this.gemmNext & MASK];
    const ready = Math.max(e.visibleAt, this.gemm.freeAt, this.clearAt(this.gemmNext));
    if (ready > t) return ready;
    this.gemmNext++;
    this.alu.startGemm(e, t);
    return t + 1;
  }

  private startAlu(t: number): number {
    this.aluNext = Math.max(this.aluNext, this.head);
    while (this.aluNext < this.tail && this.entries[this.aluNext & MASK].insn.kind !== ALU) this.aluNext++;
    if (this.aluNext === this.tail || !this.alu.free) return NEVER;
    const e = this.entries[this.aluNext & MASK];
    const ready = Math.max(e.visibleAt, this.clearAt(this.aluNext));
    if (ready > t) return ready;
    this.aluNext++;
    this.alu.start(e, t);
    return NEVER;
  }

  /** The loader has set when an entry is done. */
  loadDone(entry: Entry, at: number): void {
    entry.doneAt = at;
    this.changed = true;
    this.at = Math.min(this.at, at);
  }

  /** Number of the oldest load entry the loader has not accepted, or -1. */
  nextLoad(): number {
    this.loadNext = Math.max(this.loadNext, this.head);
    while (this.loadNext < this.tail && this.entries[this.loadNext & MASK].insn.kind !== LOAD) this.loadNext++;
    return this.loadNext < this.tail ? this.loadNext : -1;
  }
  loadAccepted(): void {
    this.loadNext++;
  }

  private issue(t: number): number {
    const { machine } = this;
    const queue = machine.queues[COMPUTE_UNIT];
    if (this.tail - this.head >= ROB_DEPTH) return NEVER;
    const ready = Math.max(queue.headAt(), this.retiredAt[this.tail & MASK] + 1);
    if (ready > t) return ready;
    const insn = machine.insns[queue.head()];
    const { tokens } = machine;
    // Both tokens are taken in the same cycle.
    if (insn.pops !== 0) {
      const seen = Math.max(insn.pops & PREV ? tokens.seenAt(L2C, t) : 0, insn.pops & NEXT ? tokens.seenAt(S2C, t) : 0);
      if (seen > t) return seen;
      if (insn.pops & PREV) tokens.pop(L2C);
      if (insn.pops & NEXT) tokens.pop(S2C);
    }
    machine.take(COMPUTE_UNIT, t);
    const e = this.entries[this.tail & MASK];
    e.hash = machine.values.execute(insn);
    e.issue(insn, t, machine.values.state.uop, machine.uopFields);
    this.tail++;
    if (insn.kind !== NOP) {
      this.changed = true;
      if (insn.kind === LOAD) this.loader.at = Math.min(this.loader.at, t + 1);
    }
    return t + 1;
  }

  /** Does GEMM or ALU write the bank of one of `count` elements from `index` in cycle c? */
  writesBank(index: number, count: number, c: number): boolean {
    const { bankOf } = this.machine.p;
    const gemm = this.gemm.writes(c);
    const alu = this.alu.idle(c) ? -1 : this.alu.bank(c);
    if (gemm < 0 && alu < 0) return false;
    for (let n = 0; n < count; n++) {
      const bank = bankOf[index + n];
      if (bank === alu || (gemm >= 0 && bank === bankOf[gemm])) return true;
    }
    return false;
  }
}
