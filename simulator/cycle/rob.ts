import { accsConflict, type Entry, uopsConflict } from './entry.js';
import { NEVER } from './time.js';
import { ROB_DEPTH, ringMask } from './parameters.js';
import { NOP } from './program.js';
import type { StateWalk } from './state-walk.js';

export const ROB_MASK = ringMask(ROB_DEPTH);

/** The reorder buffer, and the hazards among its entries. Entries are numbered from launch. */
export class Rob {
  /** The oldest entry not retired, and the next to be issued. */
  head = 0;
  tail = 0;

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
}
