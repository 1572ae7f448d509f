/** Elements from `low` to `high`, both included. */
export type Range = readonly [low: number, high: number];

/** A set of scratchpad elements, one bit each. Elements of `size` and beyond are never in it. */
export class ElementSet {
  private readonly words: Uint32Array;

  constructor(readonly size: number) {
    this.words = new Uint32Array(Math.ceil(size / 32));
  }

  add(element: number): void {
    if (element < this.size) this.words[element >>> 5] |= 1 << (element & 31);
  }

  remove(element: number): void {
    if (element < this.size) this.words[element >>> 5] &= ~(1 << (element & 31));
  }

  has(element: number): boolean {
    return element < this.size && (this.words[element >>> 5] & (1 << (element & 31))) !== 0;
  }

  addRange(low: number, count: number): void {
    for (let e = low; e < Math.min(low + count, this.size); ) {
      if ((e & 31) === 0 && e + 32 <= Math.min(low + count, this.size)) {
        this.words[e >>> 5] = 0xffffffff;
        e += 32;
      } else {
        this.words[e >>> 5] |= 1 << (e & 31);
        e++;
      }
    }
  }

  /** Adds every element that is `by` above one of the set. */
  private addMoved(by: number): void {
    const skip = by >>> 5;
    const bits = by & 31;
    const { words } = this;
    for (let w = words.length - 1; w >= skip; w--) {
      const high = words[w - skip] << bits;
      const low = bits === 0 || w === skip ? 0 : words[w - skip - 1] >>> (32 - bits);
      words[w] |= high | low;
    }
    const beyond = this.size & 31;
    if (beyond !== 0) words[words.length - 1] &= 2 ** beyond - 1;
  }

  /**
   * Makes it the set of `e + i * step` for every element `e` and every `i < count`: what a loop does to an index. Takes log2(count)
   * moves, however long the loop is.
   */
  repeat(step: number, count: number): void {
    if (step === 0) return;
    for (let have = 1; have < count && have * step < this.size; ) {
      const more = Math.min(have, count - have);
      this.addMoved(more * step);
      have += more;
    }
  }

  addAll(other: ElementSet): void {
    for (let w = 0; w < this.words.length; w++) this.words[w] |= other.words[w];
  }

  removeAll(other: ElementSet): void {
    for (let w = 0; w < this.words.length; w++) this.words[w] &= ~other.words[w];
  }

  meets(other: ElementSet): boolean {
    for (let w = 0; w < this.words.length; w++) if ((this.words[w] & other.words[w]) !== 0) return true;
    return false;
  }

  /** The elements that `other` lacks. */
  without(other: ElementSet): ElementSet {
    const out = new ElementSet(this.size);
    for (let w = 0; w < this.words.length; w++) out.words[w] = this.words[w] & ~other.words[w];
    return out;
  }

  get isEmpty(): boolean {
    return this.words.every((w) => w === 0);
  }

  /** Calls `visit` for every element, lowest first. */
  forEach(visit: (element: number) => void): void {
    for (let w = 0; w < this.words.length; w++) {
      for (let rest = this.words[w]; rest !== 0; rest &= rest - 1) visit(32 * w + 31 - Math.clz32(rest & -rest));
    }
  }

  /** The elements as ranges that do not touch, lowest first. */
  ranges(): Range[] {
    const out: (readonly [number, number])[] = [];
    this.forEach((e) => {
      const last = out.at(-1);
      if (last !== undefined && last[1] === e - 1) out[out.length - 1] = [last[0], e];
      else out.push([e, e]);
    });
    return out;
  }
}
