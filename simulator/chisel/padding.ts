import type { LoadInsn } from '#isa/spec/instructions';
import { NEVER } from './parameters.js';

/** Elements to write, or rows to pass over; one per cycle. */
interface Part {
  left: number;
  readonly writes: boolean;
}

/**
 * What the padding engine goes through, from the first row to the last. Rows without padding of their own are passed over, one per cycle, if there is
 * padding below them.
 */
function partsOf(i: LoadInsn): Part[] {
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  const sides = i.y_size * (i.x_pad_0 + i.x_pad_1);
  const parts = [
    { left: i.y_pad_0 * width, writes: true },
    sides > 0 ? { left: sides, writes: true } : { left: i.y_pad_1 > 0 ? i.y_size : 0, writes: false },
    { left: i.y_pad_1 * width, writes: true },
  ];
  return parts.filter((part) => part.left > 0);
}

/** Writes zeros, one element per cycle in which no data is written. */
export class PaddingEngine {
  /** Next cycle in which it can do something; when it has nothing left, the cycle after its last step. */
  at = 0;
  /** First and last cycle with a write. */
  first = NEVER;
  last = -1;
  private parts: Part[] = [];

  /** @param from its first cycle */
  begin(insn: LoadInsn, from: number): void {
    this.parts = partsOf(insn);
    this.at = from;
    this.first = NEVER;
    this.last = -1;
  }

  /** No data is written in the cycles before t that it has not been through. */
  quietUntil(t: number): void {
    this.work(t, true);
  }

  /** Data is written in the cycles `first` to `last`. */
  beside(first: number, last: number): void {
    this.quietUntil(first);
    this.work(last + 1, false);
  }

  private work(end: number, canWrite: boolean): void {
    while (this.parts.length > 0 && this.at < end) {
      const part = this.parts[0];
      if (part.writes && !canWrite) {
        this.at = end;
        return;
      }
      const n = Math.min(part.left, end - this.at);
      if (part.writes) {
        this.first = Math.min(this.first, this.at);
        this.last = this.at + n - 1;
      }
      this.at += n;
      part.left -= n;
      if (part.left === 0) this.parts.shift();
    }
  }
}
