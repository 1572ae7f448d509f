import { NEVER, QUEUE_DEPTH } from './parameters.js';

const MASK = QUEUE_DEPTH - 1;

/** The command queue of a unit: positions in the program, and the cycles from which they are seen. The head stays in it until it is done. */
export class CommandQueue {
  size = 0;
  private first = 0;
  private readonly insns = new Int32Array(QUEUE_DEPTH);
  private readonly seen = new Float64Array(QUEUE_DEPTH);

  isFull(): boolean {
    return this.size === QUEUE_DEPTH;
  }
  put(insn: number, seenFrom: number): void {
    const slot = (this.first + this.size++) & MASK;
    this.insns[slot] = insn;
    this.seen[slot] = seenFrom;
  }
  head(): number {
    return this.insns[this.first];
  }
  /** First cycle in which the head is seen; {@link NEVER} where the queue is empty. */
  headAt(): number {
    return this.size === 0 ? NEVER : this.seen[this.first];
  }
  remove(): void {
    this.first = (this.first + 1) & MASK;
    this.size--;
  }
}
