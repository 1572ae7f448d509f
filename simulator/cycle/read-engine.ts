import { AXI_CHANNELS } from '#isa/arch/memory';
import { NEVER } from './entry.js';
import { firstReady } from './memory.js';
import { type Parameters, READ_BURSTS } from './parameters.js';

/** Beats remembered per client: more than twice what may be requested and not consumed. */
const BEATS = 512;
const BEAT_MASK = BEATS - 1;

/** A client's request register, and the times of its beats. Beats are numbered from launch. */
export class ReadClient {
  /** First cycle in which the request is seen; {@link NEVER} while the register is empty. */
  requestAt = NEVER;
  requestBeats = 0;
  /** Beats put into requests, with known transfer time, with known consumption time. */
  requested = 0;
  arrived = 0;
  consumed = 0;
  private readonly transfers = new Float64Array(BEATS);
  private readonly consumptions = new Float64Array(BEATS);

  /** First cycle in which the next beat to consume is visible in the buffer; {@link NEVER} if not known yet. */
  nextVisible(): number {
    return this.consumed === this.arrived ? NEVER : this.transfers[this.consumed & BEAT_MASK] + 1;
  }
  arrive(cycle: number): void {
    this.transfers[this.arrived++ & BEAT_MASK] = cycle;
  }
  consume(cycle: number): void {
    this.consumptions[this.consumed++ & BEAT_MASK] = cycle;
  }
  /**
   * First cycle in which `used + beats <= limit`: a beat consumed in w leaves `used` in w+1.
   * {@link NEVER} while the consumption of the beat that makes room is not known.
   */
  roomAt(beats: number, limit: number): number {
    const needed = this.requested + beats - limit;
    if (needed <= 0) return 0;
    return needed > this.consumed ? NEVER : this.consumptions[(needed - 1) & BEAT_MASK] + 1;
  }
  put(beats: number, cycle: number): void {
    this.requestAt = cycle + 1;
    this.requestBeats = beats;
    this.requested += beats;
  }
}

/** timing.md, Read engine and the read half of Memory: a grant decides the times of all beats of its burst. */
export class ReadEngine {
  /** Next cycle in which a grant is possible. */
  at = NEVER;
  readonly clients: readonly ReadClient[] = [new ReadClient(), new ReadClient(), new ReadClient()];
  /** AR handshake of the newest burst: from then on the AR register takes another one. */
  private arFreeAt = 0;
  /** Transfer of the last beat of each of the newest bursts, and of the newest one. */
  private readonly lastBeats = new Float64Array(READ_BURSTS).fill(-NEVER);
  private newest = 0;
  private lastTransfer = -NEVER;
  /** Beats transferred. */
  beats = 0;

  constructor(private readonly p: Parameters) {}

  /** To be called when a client has put a request. */
  requested(client: ReadClient): void {
    this.at = Math.min(this.at, this.grantAt(client.requestAt));
  }

  /** A burst counts as outstanding until the cycle after its last beat's transfer. */
  private grantAt(requestAt: number): number {
    return Math.max(requestAt, this.arFreeAt, this.lastBeats[this.newest % READ_BURSTS] + 1);
  }

  /** Grants in cycle t, if one is possible. @returns the client's number, or -1 */
  step(t: number): number {
    const [a, b, c] = this.clients;
    const granted = a.requestAt <= t ? 0 : b.requestAt <= t ? 1 : c.requestAt <= t ? 2 : -1;
    if (granted < 0 || this.grantAt(0) > t) {
      this.at = this.grantAt(Math.min(a.requestAt, b.requestAt, c.requestAt));
      return -1;
    }
    const client = this.clients[granted];
    client.requestAt = NEVER;
    this.schedule(client, t + 1);
    this.at = this.grantAt(Math.min(a.requestAt, b.requestAt, c.requestAt));
    return granted;
  }

  /** The burst is in the AR register from `from` on. */
  private schedule(client: ReadClient, from: number): void {
    const { memory, latency, interval } = this.p;
    const handshake = firstReady(memory, AXI_CHANNELS.AR, from);
    const follow = this.lastTransfer + interval;
    // timing.md, Memory, AR: a busy memory offers the first beat right behind the one before.
    let x = this.lastTransfer >= handshake ? follow : Math.max(handshake + latency, follow);
    const beats = client.requestBeats;
    this.beats += beats;
    for (let n = 0; n < beats; n++) {
      x = firstReady(memory, AXI_CHANNELS.R, x);
      client.arrive(x);
      x += interval;
    }
    this.lastTransfer = x - interval;
    this.arFreeAt = handshake;
    this.lastBeats[this.newest++ % READ_BURSTS] = this.lastTransfer;
  }
}
