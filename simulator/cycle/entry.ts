import type { VtaConfig } from '#isa/config/config';
import { ALU, GEMM, LOAD, type TimingInsn } from './program.js';
import { SPARSE, shapeOf } from './shape.js';
import type { StateWalk } from './state-walk.js';
import { NEVER } from './time.js';

export const NO_INDICES = new Int32Array(0);

/** The chain of an ALU entry, as far as hazards depend on it. */
export interface EntryChain {
  /** Its vectors write neighbouring accumulators one after the other. */
  readonly ascends: boolean;
  /** Cycle in which it starts; {@link NEVER} until known. */
  readonly startedAt: number;
}

/** Where the fields of a micro-op are. */
export interface UopFields {
  readonly dstMask: number;
  readonly srcShift: number;
  readonly srcMask: number;
}
export const uopFields = (c: VtaConfig): UopFields => ({
  dstMask: 2 ** c.logAccDepth - 1,
  srcShift: c.logAccDepth,
  srcMask: 2 ** Math.max(c.logAccDepth, c.logInpDepth) - 1,
});

/**
 * An entry of the reorder buffer (timing.md, Compute). Its micro-ops are copied at issue, when program order says what they
 * are; when the hardware would know the intervals is told by `scannedAt`.
 */
export class Entry {
  insn: TimingInsn;
  hash = 0;
  /** First cycle in which the entry is seen, done, scanned; {@link NEVER} until known. */
  visibleAt = NEVER;
  doneAt = NEVER;
  scannedAt = NEVER;
  started = false;
  /** Of an alu entry, once it is in one. */
  chain: EntryChain | null = null;
  /** First cycle in which the store unit sees that it has pushed a c2s token; {@link NEVER} until known, or where it pushes none. */
  guardFrom = NEVER;
  /** Accumulator intervals, inclusive; empty where lowest > highest. `read` is the ALU's register operand. */
  writeLow = 0;
  writeHigh = -1;
  readLow = 0;
  readHigh = -1;
  touchesAcc = false;
  /** Of a simple gemm or alu: {@link shapeOf}. */
  shape = SPARSE;
  /** Micro-op range `[low, high)` written (load) or read (gemm, alu). */
  uopLow = 0;
  uopHigh = 0;
  /** Destination and source index of each micro-op. */
  dst = NO_INDICES;
  src = NO_INDICES;

  constructor(placeholder: TimingInsn) {
    this.insn = placeholder;
  }

  issue(insn: TimingInsn, cycle: number, uops: Uint32Array, fields: UopFields): void {
    this.insn = insn;
    this.visibleAt = cycle + 1;
    this.started = false;
    this.chain = null;
    this.guardFrom = NEVER;
    this.scannedAt = NEVER;
    this.doneAt = NEVER;
    this.writeLow = this.readLow = this.uopLow = this.uopHigh = 0;
    this.writeHigh = this.readHigh = -1;
    this.touchesAcc = false;
    this.shape = SPARSE;
    if (insn.kind === GEMM || insn.kind === ALU) this.copyUops(insn, uops, fields);
    else {
      this.scannedAt = cycle + 1;
      if (insn.kind === LOAD) {
        if (insn.elements > 0) this.setLoad(insn);
      } else this.doneAt = cycle + 1;
    }
  }

  /** What is not visited here follows from the instruction and its micro-ops, or is visited with its chain. */
  visit(w: StateWalk): void {
    this.insn = w.insn(this.insn);
    this.visibleAt = w.cycle(this.visibleAt);
    this.doneAt = w.cycle(this.doneAt);
    this.scannedAt = w.cycle(this.scannedAt);
    this.guardFrom = w.cycle(this.guardFrom);
    for (const x of [this.writeLow, this.writeHigh, this.readLow, this.readHigh, this.shape]) w.plain(x);
    w.plain(this.started);
    w.plain(this.chain !== null);
    const { kind, uopCount, readsSource } = this.insn;
    // A GEMM that is started has given its destinations away.
    if (w.differs || kind < GEMM || this.started) return;
    for (let k = 0; k < uopCount; k++) w.plain(this.dst[k]);
    if (readsSource) for (let k = 0; k < uopCount; k++) w.plain(this.src[k]);
  }

  /** timing.md, Chains: once scanned. */
  get chainable(): boolean {
    return this.shape !== SPARSE && this.insn.chains && this.isApart;
  }
  /** A reset that takes a row of banks per step: once scanned. */
  get resetsRows(): boolean {
    return this.shape !== SPARSE && this.insn.resets;
  }

  /** Sources and destinations cannot meet. */
  get isApart(): boolean {
    return !this.insn.readsSource || this.readHigh < this.writeLow || this.writeHigh < this.readLow;
  }

  private setLoad(insn: TimingInsn): void {
    if (insn.writesUop) {
      this.uopLow = insn.sramBase;
      this.uopHigh = insn.sramBase + insn.elements;
    } else {
      this.touchesAcc = true;
      this.writeLow = insn.sramBase;
      this.writeHigh = insn.sramBase + insn.elements - 1;
    }
  }

  private copyUops(insn: TimingInsn, uops: Uint32Array, fields: UopFields): void {
    const n = insn.uopCount;
    // GEMM swaps destinations with its segments, so the two have sizes of their own
    if (n > this.dst.length) this.dst = new Int32Array(Math.max(16, 2 * n));
    if (n > this.src.length && insn.readsSource) this.src = new Int32Array(Math.max(16, 2 * n));
    this.uopLow = insn.uopBegin;
    this.uopHigh = insn.uopBegin + n;
    this.touchesAcc = true;
    this.copyDst(insn, uops, fields.dstMask);
    if (insn.simple) this.shape = shapeOf(insn, this.dst);
    if (insn.readsSource) this.copySrc(insn, uops, fields);
  }

  private copyDst(insn: TimingInsn, uops: Uint32Array, mask: number): void {
    const { dst } = this;
    let low = mask;
    let high = 0;
    for (let k = 0; k < insn.uopCount; k++) {
      const d = uops[insn.uopBegin + k] & mask;
      dst[k] = d;
      if (d < low) low = d;
      if (d > high) high = d;
    }
    this.writeLow = low;
    this.writeHigh = high + (insn.iterOut - 1) * insn.dstOut + (insn.iterIn - 1) * insn.dstIn;
  }

  private copySrc(insn: TimingInsn, uops: Uint32Array, fields: UopFields): void {
    const { src } = this;
    let low = fields.srcMask;
    let high = 0;
    for (let k = 0; k < insn.uopCount; k++) {
      const s = (uops[insn.uopBegin + k] >>> fields.srcShift) & fields.srcMask;
      src[k] = s;
      if (s < low) low = s;
      if (s > high) high = s;
    }
    this.readLow = low;
    this.readHigh = high + (insn.iterOut - 1) * insn.srcOut + (insn.iterIn - 1) * insn.srcIn;
  }
}

/** Does a micro-op load among the two write what the other reads? */
export const uopsConflict = (a: Entry, b: Entry): boolean =>
  (a.insn.writesUop || b.insn.writesUop) && a.uopLow < b.uopHigh && b.uopLow < a.uopHigh;

/** Do the accumulator intervals of two entries of different kinds conflict, once both are scanned? */
export const accsConflict = (a: Entry, b: Entry): boolean =>
  (a.writeLow <= b.writeHigh && b.writeLow <= a.writeHigh) ||
  (a.writeLow <= b.readHigh && b.readLow <= a.writeHigh) ||
  (a.readLow <= b.writeHigh && b.writeLow <= a.readHigh);
