import { INSN_BYTES } from '#isa/codec/codec';
import type { Unit } from '#isa/spec/tables';
import { TIMING } from '#isa/spec/timing';
import { countBeats, endOfBurst } from './bursts.js';
import type { Insn } from './insn.js';
import type { ReadClient } from './memory.js';
import type { Recording } from './recording.js';
import { Register, type RegisteredQueue } from './register.js';

/** timing.md, Fetch, cycle by cycle. */
export class Fetch {
  private address: number;
  private readonly end: number;
  private readonly used = new Register(0);
  private next = 0;
  private half = false;
  private readonly dispatch = new Register<Insn | null>(null);

  constructor(
    private readonly beatBytes: number,
    private readonly insns: readonly Insn[],
    private readonly insnAddr: number,
    private readonly client: ReadClient,
    private readonly queues: Readonly<Record<Unit, RegisteredQueue<Insn>>>,
    private readonly recording: Recording | null,
  ) {
    this.address = insnAddr;
    this.end = insnAddr + insns.length * INSN_BYTES;
  }

  /** @param limit beats that may be requested and not consumed */
  tick(t: number, granted: boolean, limit: number): void {
    this.request(granted, limit);
    const d = this.dispatch.now;
    const dispatching = d !== null && this.queues[d.unit].size.now < TIMING.CommandQueueDepth;
    if (dispatching) {
      this.queues[d.unit].put(d, t);
      if (this.recording !== null) this.recording.insns.queued[d.index] = t + 1;
      this.dispatch.next = null;
    }
    this.unpack(d === null || dispatching);
  }

  private request(granted: boolean, limit: number): void {
    if (this.address >= this.end || (this.client.request.now > 0 && !granted)) return;
    const to = endOfBurst(this.address, this.end, TIMING.FetchChunk);
    const beats = countBeats(this.address, to, this.beatBytes);
    if (this.used.now + beats > limit) return;
    this.client.request.next = beats;
    this.used.next += beats;
    this.address = to;
  }

  private unpack(free: boolean): void {
    if (this.client.beats.now === 0) return;
    const { beatBytes } = this;
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
