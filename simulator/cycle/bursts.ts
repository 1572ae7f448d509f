import type { Parameters } from './parameters.js';

/** {@link beatsOf} and {@link burstEnd} of parameters.ts with shifts: DRAM addresses have 32 bits. */
export class Bursts {
  private readonly beatShift: number;
  private readonly burstShift: number;

  constructor(private readonly p: Parameters) {
    this.beatShift = Math.log2(p.beatBytes);
    this.burstShift = Math.log2(p.burstBytes);
  }
  /** Beats that the bytes `[from, to)` touch. */
  beats(from: number, to: number): number {
    return ((to - 1) >>> this.beatShift) - (from >>> this.beatShift) + 1;
  }
  /** End of the burst that starts at `from` and may reach to `to`. */
  end(from: number, to: number): number {
    const boundary = ((from >>> this.burstShift) + 1) * this.p.burstBytes;
    return boundary < to ? boundary : to;
  }
}
