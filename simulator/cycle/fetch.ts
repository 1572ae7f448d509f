import { NEVER } from './entry.js';
import { beatsOf, burstEnd, COMMAND_QUEUE_DEPTH, FETCH_CHUNK, type Parameters } from './parameters.js';
import type { TimingInsn } from './program.js';
import type { CommandQueue } from './queue.js';
import type { ReadClient } from './read-client.js';
import type { ReadEngine } from './read-engine.js';

const INSN_BYTES = 16;

/** timing.md, Fetch. Unpacking and dispatch are computed ahead for all beats whose transfer is known. */
export class Fetch {
  /** Next cycle in which a request may be possible. */
  at = 0;
  /** The unit whose full queue stops dispatch, or -1. */
  blockedBy = -1;
  private address: number;
  private readonly end: number;
  /** Next instruction to unpack. */
  private next = 0;
  /** D = 8: the first beat of `next` is consumed. */
  private half = false;
  /** Cycle of the last consumption step, and of the last dispatch. */
  private unpackedAt = -1;
  private dispatchedAt = -1;
  /** The instruction that waits in the dispatch register for a full queue, and its earliest dispatch otherwise. */
  waiting = -1;
  private waitingAt = 0;

  constructor(
    private readonly p: Parameters,
    private readonly insns: readonly TimingInsn[],
    private readonly insnAddr: number,
    private readonly client: ReadClient,
    private readonly engine: ReadEngine,
    private readonly queues: readonly CommandQueue[],
    private readonly queued: (unit: number, seenFrom: number) => void,
  ) {
    this.address = insnAddr;
    this.end = insnAddr + insns.length * INSN_BYTES;
  }

  step(t: number): void {
    this.unpack();
    this.at = this.request(t);
  }

  /** In cycle t the register is empty (the read engine has stepped) or {@link ReadClient.requestAt} says that it is not. */
  private request(t: number): number {
    if (this.address >= this.end || this.client.requestAt !== NEVER) return NEVER;
    const to = burstEnd(this.address, this.end, FETCH_CHUNK);
    const beats = beatsOf(this.address, to, this.p.beatBytes);
    const room = this.client.roomAt(beats, this.p.fetchBeats);
    if (room > t) return room;
    this.client.put(beats, t);
    this.address = to;
    this.engine.requested(this.client);
    return NEVER;
  }

  /** A unit took an instruction from its full queue in cycle s: there is room from s+1 on. */
  resume(s: number): void {
    this.blockedBy = -1;
    this.dispatch(this.waiting, Math.max(this.waitingAt, s + 1));
    this.unpack();
    // Beats consumed by this make room for a request.
    this.at = Math.min(this.at, s + 1);
  }

  private unpack(): void {
    const { client } = this;
    const narrow = this.p.beatBytes === 8;
    while (this.next < this.insns.length) {
      const beat = client.nextVisible();
      if (beat === NEVER) return;
      if (narrow && !this.half) {
        this.half = true;
        this.unpackedAt = Math.max(this.unpackedAt + 1, beat);
        client.consume(this.unpackedAt);
        continue;
      }
      if (this.blockedBy >= 0) return;
      // The completing step needs the dispatch register to be empty or dispatching.
      this.unpackedAt = Math.max(this.unpackedAt + 1, beat, this.dispatchedAt);
      this.half = false;
      const insn = this.next++;
      const after = this.insnAddr + this.next * INSN_BYTES;
      if (after % this.p.beatBytes === 0 || this.next === this.insns.length) client.consume(this.unpackedAt);
      this.dispatch(insn, this.unpackedAt + 1);
    }
  }

  /** Moves an instruction from the dispatch register to its queue in cycle `d`, or notes that the queue is full. */
  private dispatch(insn: number, d: number): void {
    const { unit } = this.insns[insn];
    const queue = this.queues[unit];
    if (queue.size >= COMMAND_QUEUE_DEPTH) {
      this.blockedBy = unit;
      this.waiting = insn;
      this.waitingAt = d;
      return;
    }
    this.dispatchedAt = d;
    queue.put(insn, d + 1);
    if (queue.size === 1) this.queued(unit, d + 1);
  }
}
