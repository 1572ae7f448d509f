import type { Alu } from './alu.js';
import type { Entry, EntryChain } from './entry.js';
import { ALU_WRITE } from './parameters.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';
import { NEVER } from './time.js';

/** Cycles from the start of a chain to its first write: it issues in the next cycle, and stands at the interlock two later. */
const FIRST_WRITE = 1 + 2 + ALU_WRITE;

/** timing.md, Store: which accumulators the store unit may read, although entries that pushed a c2s token early still write. */
export class StoreGuard {
  /** The newest entry that has pushed a c2s token, or will in a cycle that is known. */
  private newest = -1;

  constructor(
    private readonly rob: Rob,
    private readonly alu: Alu,
  ) {}

  /** Entry `sequence` pushes a c2s token, which the store unit sees from cycle `seenFrom` on. */
  pushed(sequence: number, seenFrom: number): void {
    this.rob.at(sequence).guardFrom = seenFrom;
    this.newest = sequence;
  }

  visit(w: StateWalk): void {
    w.plain(Math.max(-1, this.newest - this.rob.head));
  }

  /**
   * timing.md, Store: is a burst that reads the accumulators low..high clear in cycle e? If not, a cycle before which it is not;
   * {@link NEVER} where that depends on something that has not begun. Nothing else happens before `horizon`.
   * @returns `e` if it is
   */
  clearAt(low: number, high: number, e: number, horizon: number): number {
    const { rob } = this;
    if (this.newest < rob.head) return e;
    let guard = rob.tail - 1;
    while (guard >= rob.head && rob.at(guard).guardFrom > e) guard--;
    let at = e;
    let asked: EntryChain | null = null;
    for (let s = rob.head; s <= guard; s++) {
      const o = rob.at(s);
      if (!o.touchesAcc || o.doneAt <= e) continue;
      // Members of a chain write the same accumulators at the same time.
      if (o.chain !== null && o.chain === asked) continue;
      asked = o.chain;
      const until = o.scannedAt > e ? Math.min(o.scannedAt, o.doneAt) : this.meets(o, low, high, e, horizon);
      if (until > at) at = until;
    }
    return at;
  }

  /**
   * An accumulator up to which all from `low` on are clear for the store unit in cycle e and stay so while nothing else happens: at most `high`, below
   * `low` if `low` is not clear, and perhaps not the last that is.
   */
  clearUpTo(low: number, high: number, e: number): number {
    const { rob, alu } = this;
    let top = high;
    for (let s = rob.head; s <= this.newest; s++) {
      const o = rob.at(s);
      if (!o.touchesAcc || o.doneAt <= e) continue;
      if (o.scannedAt > e) return low - 1;
      if (o.writeLow > top || low > o.writeHigh) continue;
      const written = o.chain?.ascends ? alu.knownBefore(e, o.chain) : -1;
      if (written < o.writeHigh) top = Math.min(top, Math.max(o.writeLow - 1, written));
    }
    return top;
  }

  private meets(o: Entry, low: number, high: number, e: number, horizon: number): number {
    if (o.writeLow > high || low > o.writeHigh) return e;
    const { chain } = o;
    if (chain === null || !chain.ascends || chain.startedAt === NEVER) return o.doneAt;
    const { alu } = this;
    const last = Math.min(high, o.writeHigh);
    const written = alu.writtenBefore(e, chain, last);
    if (written >= last) return e;
    // One vector per cycle at best; what is written in a cycle is seen in the next.
    const from = alu.frozenTo(e, horizon);
    return written < o.writeLow ? Math.max(from, chain.startedAt + FIRST_WRITE) + last - o.writeLow + 1 : from + last - written;
  }
}
