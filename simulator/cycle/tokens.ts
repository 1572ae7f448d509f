import { NEVER } from './time.js';
import type { StateWalk } from './state-walk.js';

export const L2C = 0;
export const C2L = 1;
export const C2S = 2;
export const S2C = 3;

/** The tokens of one channel in order: the cycles from which they are seen. */
class Channel {
  count = 0;
  private seen: Float64Array;
  private first = 0;

  constructor(initial: number) {
    this.seen = new Float64Array(16);
    for (let n = 0; n < initial; n++) this.put(0);
  }
  put(seenFrom: number): void {
    if (this.count === this.seen.length) this.grow();
    this.seen[(this.first + this.count++) & (this.seen.length - 1)] = seenFrom;
  }
  head(): number {
    return this.count === 0 ? NEVER : this.seen[this.first];
  }
  take(): void {
    this.first = (this.first + 1) & (this.seen.length - 1);
    this.count--;
  }
  visit(w: StateWalk): void {
    w.plain(this.count);
    for (let n = 0; n < this.count; n++) {
      const slot = (this.first + n) & (this.seen.length - 1);
      this.seen[slot] = w.cycle(this.seen[slot]);
    }
  }
  private grow(): void {
    const { seen, first } = this;
    this.seen = new Float64Array(2 * seen.length);
    for (let n = 0; n < seen.length; n++) this.seen[n] = seen[(first + n) & (seen.length - 1)];
    this.first = 0;
  }
}

/** timing.md, Token counters. Who pushes tokens may do so ahead of time: each is seen from the cycle after its own. */
export class TokenCounters {
  private readonly channels: readonly Channel[];

  constructor(initial: readonly number[]) {
    this.channels = initial.map((n) => new Channel(n));
  }

  /** To be called in the order of cycles, per channel. */
  push(channel: number, cycle: number): void {
    this.channels[channel].put(cycle + 1);
  }
  /** The first cycle from `t` on in which a token is seen; {@link NEVER} if that is not known. */
  seenAt(channel: number, t: number): number {
    const seen = this.channels[channel].head();
    return seen > t ? seen : t;
  }
  pop(channel: number): void {
    this.channels[channel].take();
  }

  visit(w: StateWalk): void {
    for (const channel of this.channels) channel.visit(w);
  }
}
