import { beatsOf, burstEnd, COMMAND_QUEUE_DEPTH, FETCH_CHUNK, type Parameters } from '../parameters.js';
import type { TimingInsn } from '../program.js';
import type { Recorder } from '../recorder.js';
import type { ReadClient } from './memory.js';
import { Register, type RegisteredQueue } from './register.js';

const INSN_BYTES = 16;

/** timing.md, Fetch, cycle by cycle. */
export class PlainFetch {
  private address: number;
  private readonly end: number;
  private readonly used = new Register(0);
  private next = 0;
  private half = false;
  private readonly dispatch = new Register<TimingInsn | null>(null);

  constructor(
    private readonly p: Parameters,
    private readonly insns: readonly TimingInsn[],
    private readonly insnAddr: number,
    private readonly client: ReadClient,
    private readonly queues: readonly RegisteredQueue<TimingInsn>[],
    private readonly recorder: Recorder | null,
  ) {
    this.address = insnAddr;
    this.end = insnAddr + insns.length * INSN_BYTES;
  }

  /** @param limit beats that may be requested and not consumed */
  tick(t: number, granted: boolean, limit: number): void {
    this.request(granted, limit);
    const d = this.dispatch.now;
    const dispatching = d !== null && this.queues[d.unit].size.now < COMMAND_QUEUE_DEPTH;
    if (dispatching) {
      this.queues[d.unit].put(d, t);
      if (this.recorder !== null) this.recorder.insns.queued[d.index] = t + 1;
      this.dispatch.next = null;
    }
    this.unpack(d === null || dispatching);
  }

  private request(granted: boolean, limit: number): void {
    if (this.address >= this.end || (this.client.request.now > 0 && !granted)) return;
    const to = burstEnd(this.address, this.end, FETCH_CHUNK);
    const beats = beatsOf(this.address, to, this.p.beatBytes);
    if (this.used.now + beats > limit) return;
    this.client.request.next = beats;
    this.used.next += beats;
    this.address = to;
  }

  private unpack(free: boolean): void {
    if (this.client.beats.now === 0) return;
    const { beatBytes } = this.p;
    if (beatBytes === 8 && !this.half) {
      this.half = true;
      this.consume();
      return;
    }
    if (!free) return;
    const after = this.insnAddr + (this.next + 1) * INSN_BYTES;
    this.dispatch.next = this.insns[this.next++];
    this.half = false;
    if (after % beatBytes === 0 || this.next === this.insns.length) this.consume();
  }

  private consume(): void {
    this.client.beats.next--;
    this.used.next--;
  }

  commit(): void {
    this.used.commit();
    this.dispatch.commit();
  }
}
