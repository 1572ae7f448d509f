import type { Alu } from './alu.js';
import type { Chain } from './chain.js';
import { accsConflict, type Entry, NEVER, uopsConflict } from './entry.js';
import { ALU_WRITE, ROB_DEPTH, ringMask } from './parameters.js';
import { NOP } from './program.js';
import type { StateWalk } from './state-walk.js';

export const ROB_MASK = ringMask(ROB_DEPTH);

/** Cycles from the start of a chain to its first write: it issues in the next cycle, and stands at the interlock two later. */
const FIRST_WRITE = 1 + 2 + ALU_WRITE;

/** The reorder buffer, and the hazards among its entries. Entries are numbered from launch. */
export class Rob {
  /** The oldest entry not retired, and the next to be issued. */
  head = 0;
  tail = 0;
  /** The newest entry that has pushed a c2s token, or will in a cycle that is known. */
  lastGuard = -1;

  /** @param entries of {@link ROB_DEPTH} slots, set when they are issued */
  constructor(private readonly entries: readonly Entry[]) {}

  at(sequence: number): Entry {
    return this.entries[sequence & ROB_MASK];
  }

  /** How far behind the head an entry in flight is. */
  position(entry: Entry): number {
    for (let s = this.head; s < this.tail; s++) if (this.at(s) === entry) return s - this.head;
    throw new Error('internal error: an entry in flight that has retired');
  }

  visit(w: StateWalk): void {
    w.plain(this.tail - this.head);
    w.plain(Math.max(-1, this.lastGuard - this.head));
    for (let s = this.head; s < this.tail; s++) this.at(s).visit(w);
  }

  /**
   * Hazards: the first cycle in which entry `sequence` is clear; {@link NEVER} while that is not known. Of two entries of which one
   * is not scanned, the younger waits until both are or until the older is done.
   */
  clearAt(sequence: number): number {
    const e = this.entries[sequence & ROB_MASK];
    const { kind } = e.insn;
    let at = 0;
    for (let s = this.head; s < sequence; s++) {
      const o = this.entries[s & ROB_MASK];
      if (o.insn.kind === kind || o.insn.kind === NOP || o.doneAt <= at) continue;
      if (uopsConflict(o, e)) at = o.doneAt;
      else if (o.touchesAcc && e.touchesAcc) {
        const until = accsConflict(o, e) ? o.doneAt : Math.min(o.doneAt, Math.max(o.scannedAt, e.scannedAt));
        if (until > at) at = until;
      }
    }
    return at;
  }

  /** No older load entry writes micro-ops of entry `sequence` from this cycle on. */
  uopsClearAt(sequence: number): number {
    const e = this.entries[sequence & ROB_MASK];
    let at = 0;
    for (let s = this.head; s < sequence; s++) {
      const o = this.entries[s & ROB_MASK];
      if (o.insn.writesUop && o.doneAt > at && uopsConflict(o, e)) at = o.doneAt;
    }
    return at;
  }

  /**
   * timing.md, Store: is a burst that reads the accumulators low..high clear in cycle e? If not, a cycle before which it is not;
   * {@link NEVER} where that depends on something that has not begun. Nothing else happens before `horizon`.
   * @returns `e` if it is
   */
  burstClearAt(low: number, high: number, e: number, horizon: number, alu: Alu): number {
    if (this.lastGuard < this.head) return e;
    let guard = this.tail - 1;
    while (guard >= this.head && this.entries[guard & ROB_MASK].guardFrom > e) guard--;
    let at = e;
    let asked: Chain | null = null;
    for (let s = this.head; s <= guard; s++) {
      const o = this.entries[s & ROB_MASK];
      if (!o.touchesAcc || o.doneAt <= e) continue;
      // Members of a chain write the same accumulators at the same time.
      if (o.chain !== null && o.chain === asked) continue;
      asked = o.chain;
      const until = o.scannedAt > e ? Math.min(o.scannedAt, o.doneAt) : this.meets(o, low, high, e, horizon, alu);
      if (until > at) at = until;
    }
    return at;
  }

  /**
   * An accumulator up to which all from `low` on are clear for the store unit in cycle e and stay so while nothing else happens: at most `high`, below
   * `low` if `low` is not clear, and perhaps not the last that is.
   */
  clearUpTo(low: number, high: number, e: number, alu: Alu): number {
    let top = high;
    for (let s = this.head; s <= this.lastGuard; s++) {
      const o = this.entries[s & ROB_MASK];
      if (!o.touchesAcc || o.doneAt <= e) continue;
      if (o.scannedAt > e) return low - 1;
      if (o.writeLow > top || low > o.writeHigh) continue;
      const written = o.chain?.ascends ? alu.knownBefore(e, o.chain) : -1;
      if (written < o.writeHigh) top = Math.min(top, Math.max(o.writeLow - 1, written));
    }
    return top;
  }

  private meets(o: Entry, low: number, high: number, e: number, horizon: number, alu: Alu): number {
    if (o.writeLow > high || low > o.writeHigh) return e;
    const { chain } = o;
    if (chain === null || !chain.ascends || chain.startedAt === NEVER) return o.doneAt;
    const last = Math.min(high, o.writeHigh);
    const written = alu.writtenBefore(e, chain, last);
    if (written >= last) return e;
    // One vector per cycle at best; what is written in a cycle is seen in the next.
    const from = alu.frozenTo(e, horizon);
    return written < o.writeLow ? Math.max(from, chain.startedAt + FIRST_WRITE) + last - o.writeLow + 1 : from + last - written;
  }
}
