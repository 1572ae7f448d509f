import { NEVER } from './time.js';
import { beatsOf, burstEnd, COMMAND_QUEUE_DEPTH, FETCH_CHUNK, type Parameters } from './parameters.js';
import type { TimingInsn } from './program.js';
import type { CommandQueue } from './queue.js';
import type { ReadClient } from './read-client.js';
import type { ReadEngine } from './read-engine.js';
import type { Recorder } from './recorder.js';
import type { StateWalk } from './state-walk.js';

const INSN_BYTES = 16;

/** timing.md, Fetch. Unpacking and dispatch are computed ahead for all beats whose transfer is known. */
export class Fetch {
  /** Next cycle in which a request may be possible. */
  at = 0;
  /** The unit whose full queue stops dispatch, or -1. */
  blockedBy = -1;
  /** The next burst: its end, its beats (0 after the last), and the first cycle for it. */
  private to = 0;
  private beats = 0;
  /** Waits for {@link restsUntil}. */
  resting = false;
  private requestFrom = 0;
  private readonly end: number;
  /** Bursts requested. */
  bursts = 0;
  /** Next instruction to unpack. */
  next = 0;
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
    private readonly recorder: Recorder | null,
    /**
     * First cycle from t on in which fetch does not rest, where there is room for one chunk from cycle `chunkRoom` on; NEVER where that depends on what
     * has not happened yet.
     */
    private readonly restsUntil: (t: number, chunkRoom: number) => number,
    private readonly queued: (unit: number, seenFrom: number) => void,
  ) {
    this.end = insnAddr + insns.length * INSN_BYTES;
    this.nextBurst(insnAddr);
  }

  step(t: number): void {
    // When there will be room depends on what is unpacked.
    this.unpack();
    this.at = this.requestAt();
    if (this.at > t) return;
    const until = this.restsUntil(t, this.client.roomAt(this.beats, this.p.chunkBeats));
    this.resting = until > t;
    if (this.resting) this.at = until;
    else {
      this.request(t);
      // It may have been granted at once.
      this.unpack();
      this.at = this.requestAt();
    }
  }

  /** First cycle in which the next burst can be put into the request register; {@link NEVER} if not known. */
  private requestAt(): number {
    if (this.beats === 0 || this.client.requestAt !== NEVER) return NEVER;
    return Math.max(this.requestFrom, this.client.roomAt(this.beats, this.p.fetchBeats));
  }

  private request(t: number): void {
    this.engine.put(0, this.beats, t);
    this.bursts++;
    this.requestFrom = t + 1;
    this.nextBurst(this.to);
  }

  private nextBurst(from: number): void {
    this.to = burstEnd(from, this.end, FETCH_CHUNK);
    this.beats = from < this.end ? beatsOf(from, this.to, this.p.beatBytes) : 0;
  }

  /** Bytes of the program behind the next burst. */
  bytesAhead(): number {
    return this.end - this.to;
  }

  visit(w: StateWalk): void {
    this.at = w.cycle(this.at);
    w.plain(this.beats);
    this.to = this.insnAddr + INSN_BYTES * w.index((this.to - this.insnAddr) / INSN_BYTES);
    this.next = w.index(this.next);
    w.plain(this.half);
    w.plain(this.resting);
    this.requestFrom = w.cycle(this.requestFrom);
    this.unpackedAt = w.cycle(this.unpackedAt);
    this.dispatchedAt = w.cycle(this.dispatchedAt);
    w.plain(this.blockedBy);
    if (this.blockedBy < 0) return;
    this.waiting = w.index(this.waiting);
    this.waitingAt = w.cycle(this.waitingAt);
  }

  /** A rest may end in cycle t. */
  wake(t: number): void {
    if (this.resting && t < this.at) this.at = t;
  }

  /** A unit took an instruction from its full queue in cycle s: there is room from s+1 on. */
  resume(s: number): void {
    this.blockedBy = -1;
    this.dispatch(this.waiting, Math.max(this.waitingAt, s + 1));
    this.unpack();
    // Beats consumed by this may make room for a request.
    this.at = Math.min(this.at, Math.max(s + 1, this.requestAt()));
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
    if (this.recorder !== null) this.recorder.insns.queued[insn] = d + 1;
    if (queue.size === 1) this.queued(unit, d + 1);
  }
}
