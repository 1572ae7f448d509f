import { NEVER } from './time.js';
import { COMMAND_QUEUE_DEPTH, ringMask } from './parameters.js';
import type { StateWalk } from './state-walk.js';

const MASK = ringMask(COMMAND_QUEUE_DEPTH);

/** What is in a command queue: instruction numbers, and the cycles from which they are seen. */
export class QueueSlots {
  readonly insns = new Int32Array(COMMAND_QUEUE_DEPTH);
  readonly seen = new Float64Array(COMMAND_QUEUE_DEPTH);
}

/** A command queue. */
export class CommandQueue {
  private readonly insns: Int32Array;
  private readonly seen: Float64Array;
  private first = 0;
  size = 0;

  constructor({ insns, seen }: QueueSlots) {
    this.insns = insns;
    this.seen = seen;
  }

  put(insn: number, seenFrom: number): void {
    const slot = (this.first + this.size++) & MASK;
    this.insns[slot] = insn;
    this.seen[slot] = seenFrom;
  }
  /** First cycle in which the head is seen; {@link NEVER} where the queue is empty. */
  headAt(): number {
    return this.size === 0 ? NEVER : this.seen[this.first];
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
