import { AXI_CHANNELS } from '#isa/arch/memory';
import { NEVER } from './time.js';
import { firstReady } from './memory.js';
import { type Parameters, READ_BURSTS, ringMask } from './parameters.js';
import { type ClientTimes, ReadClient } from './read-client.js';
import type { Recorder } from './recorder.js';
import type { StateWalk } from './state-walk.js';

const MASK = ringMask(READ_BURSTS);

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
  private readonly latency: number;
  private readonly interval: number;

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
    times: readonly ClientTimes[],
  ) {
    this.latency = p.latency;
    this.interval = p.interval;
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
   * {@link put} where every request register is empty and stays so until the grant; the client is still to be told.
   * @returns the transfer of the first beat; -1, and nothing is done, if the burst would not be granted in the next cycle
   */
  stream(number: number, beats: number, t: number): number {
    if (this.grantAt(t + 1) > t + 1) return -1;
    const first = this.firstBeat(t + 2);
    this.granted(number, beats, t + 2, first, first + (beats - 1) * this.interval);
    return first;
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
    const { memory } = this.p;
    const handshake = firstReady(memory, AXI_CHANNELS.AR, from);
    const offered = this.firstBeat(handshake);
    const beats = client.requestBeats;
    if (memory.stall === 0) {
      client.arriveStreaming(beats, offered);
      this.granted(client.number, beats, handshake, offered, offered + (beats - 1) * this.interval);
    } else {
      const first = firstReady(memory, AXI_CHANNELS.R, offered);
      this.granted(client.number, beats, handshake, first, this.transfer(client, first));
    }
  }

  /** timing.md, Memory, AR: a busy memory offers the first beat right behind the one before. */
  private firstBeat(handshake: number): number {
    const follow = this.lastTransfer + this.interval;
    const fresh = handshake + this.latency;
    return this.lastTransfer >= handshake || follow > fresh ? follow : fresh;
  }

  private granted(client: number, beats: number, handshake: number, first: number, last: number): void {
    this.beats += beats;
    this.arFreeAt = handshake;
    this.lastTransfer = last;
    this.lastBeats[this.newest++ & MASK] = last;
    this.recorder?.read(client, beats, handshake, first, last);
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

  /** Beat by beat from `first` on: each is offered an interval after the one before, and transferred when R does not stall. @returns the last transfer */
  private transfer(client: ReadClient, first: number): number {
    const { memory, interval } = this.p;
    client.arriveSingly();
    let last = first;
    for (let n = 0; n < client.requestBeats; n++) {
      if (n > 0) last = firstReady(memory, AXI_CHANNELS.R, last + interval);
      client.arrive(last);
    }
    return last;
  }
}
