/** Notes the times of successive bursts of one size, and for how many of them those times have followed each other at one distance. */
export class Steady {
  period = 0;
  /** Distances that were the same. */
  same = 0;
  private beats = 0;
  private asked = 0;
  private transfer = 0;
  private last = 0;

  forget(): void {
    this.beats = 0;
  }

  /** A burst was put into the request register in cycle `asked`; its last beat transfers in `transfer`; what else is there to note is over in `last`. */
  note(beats: number, asked: number, transfer: number, last: number): void {
    const period = asked - this.asked;
    const alike = period === this.period && transfer - this.transfer === period && last - this.last === period;
    if (beats !== this.beats) this.same = -2;
    this.same = alike || this.same < 0 ? this.same + 1 : 0;
    this.beats = beats;
    this.asked = asked;
    this.transfer = transfer;
    this.last = last;
    this.period = period;
  }

  /** More bursts followed at that distance, `cycles` in all. */
  moved(cycles: number): void {
    this.asked += cycles;
    this.transfer += cycles;
    this.last += cycles;
  }

  /** Has the last of more than `depth` bursts of `beats` beats been asked for one period before cycle e? */
  reaches(beats: number, e: number, depth: number): boolean {
    return this.same > depth && beats === this.beats && e === this.asked + this.period;
  }
}
