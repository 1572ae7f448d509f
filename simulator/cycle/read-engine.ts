import { AXI_CHANNELS } from '#isa/arch/memory';
import { NEVER } from './entry.js';
import { firstReady } from './memory.js';
import { type Parameters, READ_BURSTS } from './parameters.js';
import { type ClientTimes, ReadClient } from './read-client.js';
import type { Recorder } from './recorder.js';
import type { StateWalk } from './state-walk.js';

const MASK = READ_BURSTS - 1;

/** timing.md, Read engine and the read half of Memory: a grant decides the times of all beats of its burst. */
export class ReadEngine {
  /** Next cycle in which a grant is possible. */
  at = NEVER;
  readonly clients: readonly ReadClient[];
  /** AR handshake of the newest burst: from then on the AR register takes another one. */
  private arFreeAt = 0;
  /** Transfer of the last beat of each of the newest bursts, and of the newest one. */
  private readonly lastBeats = new Float64Array(READ_BURSTS).fill(-NEVER);
  private newest = 0;
  lastTransfer = -NEVER;
  /** Beats transferred. */
  beats = 0;

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
    times: readonly ClientTimes[],
  ) {
    this.clients = times.map((t, number) => new ReadClient(number, p.interval, t));
  }

  /**
   * A client puts a burst into its (empty) request register in cycle t. Clients must be asked in order of priority within a cycle: then it
   * is known here whether the grant comes in the next cycle, and the burst is granted at once.
   */
  put(number: number, beats: number, t: number): void {
    const client = this.clients[number];
    client.put(beats, t);
    const at = this.grantAt(t + 1);
    let rivals = NEVER;
    for (let n = 0; n < number; n++) rivals = Math.min(rivals, this.clients[n].requestAt);
    if (at > t + 1 || rivals <= t + 1) {
      this.at = Math.min(this.at, at);
      return;
    }
    client.requestAt = NEVER;
    this.schedule(client, t + 2);
  }

  /** Is every request register empty, and does the memory never stall? Then {@link stream} may be used. */
  streams(): boolean {
    const [a, b, c] = this.clients;
    return this.p.memory.stall === 0 && a.requestAt === NEVER && b.requestAt === NEVER && c.requestAt === NEVER;
  }
  /**
   * {@link put} where every request register is empty and stays so until the grant.
   * @returns false, and nothing is done, if the burst would not be granted in the next cycle
   */
  stream(client: ReadClient, beats: number, t: number): boolean {
    if (this.grantAt(t + 1) > t + 1) return false;
    client.requestBeats = beats;
    client.requested += beats;
    this.schedule(client, t + 2);
    return true;
  }
  /** `count` more bursts like the newest, each `period` cycles after the one before. */
  skip(count: number, beats: number, period: number): void {
    this.beats += beats;
    this.newest += count;
    this.arFreeAt += count * period;
    this.lastTransfer += count * period;
    for (let n = 0; n < count && n < READ_BURSTS; n++) {
      this.lastBeats[(this.newest - 1 - n) & MASK] = this.lastTransfer - n * period;
    }
  }

  /** A burst counts as outstanding until the cycle after its last beat's transfer. */
  private grantAt(requestAt: number): number {
    return Math.max(requestAt, this.arFreeAt, this.lastBeats[this.newest & MASK] + 1);
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
    let first = this.lastTransfer >= handshake ? follow : Math.max(handshake + latency, follow);
    const beats = client.requestBeats;
    this.beats += beats;
    if (memory.stall === 0) {
      client.arriveStreaming(first);
      this.lastTransfer = first + (beats - 1) * interval;
    } else first = this.transfer(client, first);
    this.arFreeAt = handshake;
    this.recorder?.read(client.number, beats, handshake, first, this.lastTransfer);
    this.lastBeats[this.newest++ & MASK] = this.lastTransfer;
  }

  /** Where memory does not stall. */
  visit(w: StateWalk): void {
    this.at = w.cycle(this.at);
    this.arFreeAt = w.cycle(this.arFreeAt);
    this.lastTransfer = w.cycle(this.lastTransfer);
    this.beats = w.total(this.beats);
    for (let n = 0; n < READ_BURSTS; n++) {
      const slot = (this.newest + n) & MASK;
      this.lastBeats[slot] = w.cycle(this.lastBeats[slot]);
    }
    for (const client of this.clients) client.visit(w);
  }

  /** Beat by beat: each is offered an interval after the one before, and transferred when R does not stall. @returns the first transfer */
  private transfer(client: ReadClient, offered: number): number {
    const { memory, interval } = this.p;
    client.arriveSingly();
    const first = firstReady(memory, AXI_CHANNELS.R, offered);
    let offer = first;
    for (let n = 0; n < client.requestBeats; n++) {
      this.lastTransfer = firstReady(memory, AXI_CHANNELS.R, offer);
      client.arrive(this.lastTransfer);
      offer = this.lastTransfer + interval;
    }
    return first;
  }
}
