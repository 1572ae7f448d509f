import { NEVER } from './entry.js';

export const L2C = 0;
export const C2L = 1;
export const C2S = 2;
export const S2C = 3;

/** timing.md, Token counters: a token pushed in cycle r is seen from r+1 on. */
export class TokenCounters {
  readonly count: Int32Array;
  private readonly pushedAt = new Float64Array(4).fill(-1);

  constructor(initial: readonly number[]) {
    this.count = Int32Array.from(initial);
  }

  push(channel: number, cycle: number): void {
    this.count[channel]++;
    this.pushedAt[channel] = cycle;
  }
  /** The first cycle from `t` on in which a token is seen; {@link NEVER} if there is none. Every unit pushes at most once per cycle. */
  seenAt(channel: number, t: number): number {
    const n = this.count[channel];
    return n === 0 ? NEVER : n === 1 && this.pushedAt[channel] === t ? t + 1 : t;
  }
  pop(channel: number): void {
    this.count[channel]--;
  }
}
