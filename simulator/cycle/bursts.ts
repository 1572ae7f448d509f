import type { Parameters } from './parameters.js';
import type { TimingInsn } from './program.js';
import type { StateWalk } from './state-walk.js';

/**
 * The bursts of a load or store, row by row. As beatsOf and burstEnd of parameters.ts, with shifts: DRAM addresses have 32 bits.
 */
export class Bursts {
  /** Beats of the burst at hand. */
  beats = 0;
  /** Where it begins and ends. */
  private at = 0;
  private to = 0;
  row = 0;
  private rowStart = 0;
  private rowEnd = 0;
  private readonly beatShift: number;
  private readonly burstShift: number;
  private readonly beatBytes: number;
  /** Beats of a burst that fills its part of memory. */
  readonly fullBeats: number;

  /** @param burstBytes a burst never crosses a multiple of this */
  constructor(
    { beatBytes }: Parameters,
    private readonly burstBytes: number,
    private insn: TimingInsn,
  ) {
    this.beatShift = Math.log2(beatBytes);
    this.burstShift = Math.log2(burstBytes);
    this.beatBytes = beatBytes;
    this.fullBeats = burstBytes / beatBytes;
  }

  /** The first burst of an instruction with data. */
  start(insn: TimingInsn): void {
    this.insn = insn;
    this.startRow(0);
  }

  private startRow(row: number): void {
    const { insn } = this;
    this.row = row;
    this.rowStart = insn.address + row * insn.rowStride;
    this.rowEnd = this.rowStart + insn.rowBytes;
    this.from(this.rowStart);
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
    if (this.row + 1 === this.insn.rows) return false;
    this.startRow(this.row + 1);
    return true;
  }

  /** Is the burst at hand the last of its row, of its instruction? */
  get endsRow(): boolean {
    return this.to === this.rowEnd;
  }
  get isLast(): boolean {
    return this.to === this.rowEnd && this.row + 1 === this.insn.rows;
  }

  /**
   * Leaves out up to `most` bursts of `beats` beats, from the one at hand on, but not the last of the instruction: those that fill their part of memory, up to
   * the last of the row, or of all rows if they have no others and are `joined` (nothing comes between them), or those that are a row each.
   * @returns how many
   */
  skip(beats: number, most: number, joined: boolean): number {
    if (this.beats !== beats) return 0;
    const { insn } = this;
    if (beats === this.fullBeats && joined && (insn.address | insn.rowBytes | insn.rowStride) % this.burstBytes === 0)
      return this.skipAligned(most);
    if (this.at > this.rowStart || this.to < this.rowEnd) return beats === this.fullBeats ? this.skipFull(most) : 0;
    return this.skipRows(most);
  }

  /** Every burst of the instruction fills its part of memory. */
  private skipAligned(most: number): number {
    const { insn, burstBytes } = this;
    const each = insn.rowBytes / burstBytes;
    const from = this.row * each + (this.at - this.rowStart) / burstBytes;
    const to = Math.min(from + most, insn.rows * each - 1);
    this.startRow(Math.floor(to / each));
    this.from(this.rowStart + (to % each) * burstBytes);
    return to - from;
  }

  private skipFull(most: number): number {
    const count = Math.min(most, Math.floor((this.rowEnd - this.to) / this.burstBytes));
    this.from(this.at + count * this.burstBytes);
    return count;
  }

  private skipRows(most: number): number {
    const { insn, beats, row } = this;
    const end = Math.min(row + most, insn.rows - 1);
    while (this.row < end) {
      this.startRow(this.row + 1);
      if (this.beats === beats && this.to === this.rowEnd) continue;
      break;
    }
    return this.row - row;
  }

  /** While there is a burst at hand. */
  visit(w: StateWalk): void {
    const { rowStart } = this;
    w.plain(this.row);
    w.plain(this.at - rowStart);
    w.plain(this.to - rowStart);
    this.insn = w.insn(this.insn);
    const moved = this.insn.address + this.row * this.insn.rowStride - rowStart;
    this.at += moved;
    this.to += moved;
    this.rowStart += moved;
    this.rowEnd += moved;
  }

  /** Beats from the burst at hand to the end of its row. */
  beatsInRow(): number {
    return ((this.rowEnd - 1) >>> this.beatShift) - (this.at >>> this.beatShift) + 1;
  }

  /** Beats from the burst at hand on, at least. */
  beatsAhead(): number {
    const { insn } = this;
    return Math.floor((this.rowEnd - this.at + (insn.rows - 1 - this.row) * insn.rowBytes) / this.beatBytes);
  }

  /** Bytes of the row before the burst at hand. */
  bytesBefore(): number {
    return this.at - this.rowStart;
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

  /** Bursts as long as the one at hand, from it on, that read no accumulator above `top`, if they follow each other or are a row each. */
  within(top: number): number {
    const { insn } = this;
    const elements = top + 1 - this.firstElement();
    if (elements <= 0) return 0;
    const before = this.bytesBefore();
    if (before === 0 && this.endsRow) return Math.floor(elements / insn.columns);
    return Math.floor((elements * insn.elementBytes - (before % insn.elementBytes)) / this.burstBytes);
  }

  /** Beats that row `row` of an instruction touches. */
  rowBeats(insn: TimingInsn, row: number): number {
    const from = insn.address + row * insn.rowStride;
    return ((from + insn.rowBytes - 1) >>> this.beatShift) - (from >>> this.beatShift) + 1;
  }
}
