/** Reproducible random numbers: xorshift32, a seed scrambled so that neighbouring seeds differ at once. */
export class Random {
  private state: number;

  constructor(seed: number) {
    let x = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
    this.state = (x ^ (x >>> 13)) | 0 || 1;
  }

  /** The generator of item `index` of a run, independent of its neighbours. */
  static of(seed: number, index: number): Random {
    return new Random(Math.imul(seed + 1, 0x27d4eb2f) ^ Math.imul(index + 1, 0x165667b1));
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return Math.imul(x, 0x9e3779bb) >>> 0;
  }

  /** A whole number from `low` to `high`, both included; `low` where the range is empty. */
  int(low: number, high: number): number {
    return high <= low ? low : low + Math.floor((this.bits() / 2 ** 32) * (high - low + 1));
  }

  /** As {@link int}, but small distances from `low` are as likely as large ones. */
  small(low: number, high: number): number {
    return this.int(low, Math.min(high, low + 2 ** this.int(0, Math.ceil(Math.log2(Math.max(1, high - low) + 1))) - 1));
  }

  chance(p: number): boolean {
    return this.bits() < p * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)];
  }
}
