/**
 * A small seeded generator (xorshift128 with a splitmix-style seeding of its four words), so that the demo model and its
 * data can be made again from one number.
 */
export class Random {
  private readonly state = new Uint32Array(4);

  constructor(seed: number) {
    let z = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) >>> 0;
      let x = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
      this.state[i] = (x ^ (x >>> 16)) >>> 0 || 1;
    }
  }

  /** A whole number, 0 to 2^32 - 1. */
  word(): number {
    const s = this.state;
    let t = s[3];
    s[3] = s[2];
    s[2] = s[1];
    s[1] = s[0];
    t ^= t << 11;
    t ^= t >>> 8;
    s[0] = t ^ s[0] ^ (s[0] >>> 19);
    return s[0];
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + ((high - low) * this.word()) / 2 ** 32;
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.uniform(0, count));
  }

  /** A normally distributed number (mean 0, deviation 1), by Box and Muller's method. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(this.uniform(2 ** -33, 1)));
    return radius * Math.cos(this.uniform(0, 2 * Math.PI));
  }
}
