import type { Parameters } from './parameters.js';
import type { TimingInsn } from './program.js';

/**
 * The bursts of a load or store, row by row: a burst never crosses a multiple of `BurstBytes`. As beatsOf and burstEnd of
 * parameters.ts, with shifts: DRAM addresses have 32 bits.
 */
export class Bursts {
  /** Beats of the burst at hand. */
  beats = 0;
  /** Where it begins and ends. */
  private at = 0;
  private to = 0;
  private row = 0;
  private rowEnd = 0;
  private readonly beatShift: number;
  private readonly burstShift: number;
  private readonly burstBytes: number;
  /** Beats of a burst that fills its part of memory. */
  readonly fullBeats: number;

  constructor(
    p: Parameters,
    private insn: TimingInsn,
  ) {
    this.beatShift = Math.log2(p.beatBytes);
    this.burstShift = Math.log2(p.burstBytes);
    this.burstBytes = p.burstBytes;
    this.fullBeats = p.burstBytes / p.beatBytes;
  }

  /** The first burst of an instruction with data. */
  start(insn: TimingInsn): void {
    this.insn = insn;
    this.row = 0;
    this.rowEnd = insn.address + insn.rowBytes;
    this.from(insn.address);
  }

  private from(address: number): void {
    const { rowEnd } = this;
    const boundary = ((address >>> this.burstShift) + 1) * this.burstBytes;
    const to = boundary < rowEnd ? boundary : rowEnd;
    this.at = address;
    this.to = to;
    this.beats = ((to - 1) >>> this.beatShift) - (address >>> this.beatShift) + 1;
  }

  /** The next burst. @returns false after the last, which stays at hand */
  next(): boolean {
    if (this.to < this.rowEnd) {
      this.from(this.to);
      return true;
    }
    const { insn } = this;
    if (this.row + 1 === insn.rows) return false;
    this.row++;
    const address = insn.address + this.row * insn.rowStride;
    this.rowEnd = address + insn.rowBytes;
    this.from(address);
    return true;
  }

  /** Is the burst at hand the last of its row, of its instruction? */
  get endsRow(): boolean {
    return this.to === this.rowEnd;
  }
  get isLast(): boolean {
    return this.to === this.rowEnd && this.row + 1 === this.insn.rows;
  }

  /** Full bursts from the one at hand on, to the end of the row; 0 if it is not full. */
  fullRun(): number {
    return this.beats === this.fullBeats ? 1 + Math.floor((this.rowEnd - this.to) / this.burstBytes) : 0;
  }
  /** Leaves out `count` bursts, fewer than {@link fullRun}. */
  skip(count: number): void {
    this.at += count * this.burstBytes;
    this.to += count * this.burstBytes;
  }

  /** The accumulators that a store's burst reads, first and last. */
  firstElement(): number {
    const { insn } = this;
    return insn.sramBase + this.row * insn.columns + Math.floor((this.at - this.rowEnd + insn.rowBytes) / insn.elementBytes);
  }
  lastElement(): number {
    const { insn } = this;
    return insn.sramBase + this.row * insn.columns + Math.ceil((this.to - this.rowEnd + insn.rowBytes) / insn.elementBytes) - 1;
  }

  /** Beats that row `row` of an instruction touches. */
  rowBeats(insn: TimingInsn, row: number): number {
    const from = insn.address + row * insn.rowStride;
    return ((from + insn.rowBytes - 1) >>> this.beatShift) - (from >>> this.beatShift) + 1;
  }
}
