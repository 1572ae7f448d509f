import { NEVER } from './entry.js';
import { COMMAND_QUEUE_DEPTH } from './parameters.js';
import type { StateWalk } from './state-walk.js';

/** Slots at first: fetch rests long before the queue is full, unless one unit has nothing to do. */
const FEW = 16;

/** A command queue: instruction numbers and the cycles from which they are seen. */
export class CommandQueue {
  private insns = new Int32Array(FEW);
  private seen = new Float64Array(FEW);
  private mask = FEW - 1;
  private first = 0;
  size = 0;

  put(insn: number, seenFrom: number): void {
    if (this.size > this.mask) this.grow();
    const slot = (this.first + this.size++) & this.mask;
    this.insns[slot] = insn;
    this.seen[slot] = seenFrom;
  }
  private grow(): void {
    const { insns, seen, first, mask } = this;
    const slots = Math.min(COMMAND_QUEUE_DEPTH, 8 * insns.length);
    this.insns = new Int32Array(slots).map((_, n) => insns[(first + n) & mask]);
    this.seen = new Float64Array(slots).map((_, n) => seen[(first + n) & mask]);
    this.mask = slots - 1;
    this.first = 0;
  }
  /** First cycle in which the head is seen; {@link NEVER} where the queue is empty. */
  headAt(): number {
    return this.size === 0 ? NEVER : this.seen[this.first];
  }
  head(): number {
    return this.insns[this.first];
  }
  take(): void {
    this.first = (this.first + 1) & this.mask;
    this.size--;
  }

  visit(w: StateWalk): void {
    w.plain(this.size);
    for (let n = 0; n < this.size; n++) {
      const slot = (this.first + n) & this.mask;
      this.insns[slot] = w.index(this.insns[slot]);
      this.seen[slot] = w.cycle(this.seen[slot]);
    }
  }
}
