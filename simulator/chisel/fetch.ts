import { FETCH_INSNS, NEVER } from './parameters.js';
import type { CommandQueue } from './queue.js';
import type { ReadClient } from './read-engine.js';

/** Beats of an instruction. */
const INSN_BEATS = 2;

/**
 * Fetch: asks for up to eight instructions, waits until all are there, hands them out one per cycle in program order, and only then asks for more. Its
 * bursts begin where the ones before end, whatever the alignment.
 */
export class Fetch implements ReadClient {
  /** Next cycle in which it hands out an instruction, if the queue has room. */
  at = NEVER;
  requestAt = 2;
  requestBeats: number;
  /** Next instruction to hand out. */
  next = 0;
  /** The queue that is full, or null. */
  blockedBy: CommandQueue | null = null;
  private batchEnd: number;

  /** @param queueOf the queue of each instruction of the program */
  constructor(
    private readonly queueOf: readonly CommandQueue[],
    private readonly onBurst: (beats: number, handshake: number, first: number, last: number) => void,
    private readonly onQueued: (insn: number, seenFrom: number) => void,
  ) {
    this.batchEnd = Math.min(FETCH_INSNS, queueOf.length);
    this.requestBeats = this.batchEnd * INSN_BEATS;
  }

  granted(t: number, first: number, last: number): void {
    this.onBurst(this.requestBeats, t, first, last);
    this.requestAt = NEVER;
    this.at = last + 2;
  }

  step(t: number): void {
    const queue = this.queueOf[this.next];
    this.at = NEVER;
    if (queue.isFull()) {
      this.blockedBy = queue;
      return;
    }
    queue.put(this.next, t + 1);
    this.onQueued(this.next, t + 1);
    this.next++;
    if (this.next < this.batchEnd) this.at = t + 1;
    else if (this.next < this.queueOf.length) {
      this.batchEnd = Math.min(this.next + FETCH_INSNS, this.queueOf.length);
      this.requestBeats = (this.batchEnd - this.next) * INSN_BEATS;
      this.requestAt = t + 3;
    }
  }

  /** An instruction left a queue in cycle t. */
  removed(queue: CommandQueue, t: number): void {
    if (this.blockedBy !== queue) return;
    this.blockedBy = null;
    this.at = t + 1;
  }
}
