import { NEVER } from './entry.js';
import { COMMAND_QUEUE_DEPTH, FETCH_AHEAD } from './parameters.js';
import type { StateWalk } from './state-walk.js';

const MASK = COMMAND_QUEUE_DEPTH - 1;

/** A command queue: instruction numbers and the cycles from which they are seen. */
export class CommandQueue {
  private readonly insns = new Int32Array(COMMAND_QUEUE_DEPTH);
  private readonly seen = new Float64Array(COMMAND_QUEUE_DEPTH);
  private first = 0;
  size = 0;

  put(insn: number, seenFrom: number): void {
    const slot = (this.first + this.size++) & MASK;
    this.insns[slot] = insn;
    this.seen[slot] = seenFrom;
  }
  /** First cycle in which the head is seen; {@link NEVER} where the queue is empty. */
  headAt(): number {
    return this.size === 0 ? NEVER : this.seen[this.first];
  }
  /** First cycle in which {@link FETCH_AHEAD} instructions are seen. */
  aheadAt(): number {
    return this.size < FETCH_AHEAD ? NEVER : this.seen[(this.first + FETCH_AHEAD - 1) & MASK];
  }
  head(): number {
    return this.insns[this.first];
  }
  take(): void {
    this.first = (this.first + 1) & MASK;
    this.size--;
  }

  visit(w: StateWalk): void {
    w.plain(this.size);
    for (let n = 0; n < this.size; n++) {
      const slot = (this.first + n) & MASK;
      this.insns[slot] = w.index(this.insns[slot]);
      this.seen[slot] = w.cycle(this.seen[slot]);
    }
  }
}
