import { accsConflict, type Entry, uopsConflict } from '../entry.js';
import { NOP } from '../program.js';

/** timing.md, Hazards: is `entry` clear in cycle t, given the older entries? */
export function isClear(entry: Entry, older: readonly Entry[], t: number): boolean {
  return !older.some((o) => {
    if (o.insn.kind === NOP || o.insn.kind === entry.insn.kind || o.doneAt <= t) return false;
    if (uopsConflict(o, entry)) return true;
    if (!o.touchesAcc || !entry.touchesAcc) return false;
    return o.scannedAt > t || entry.scannedAt > t || accsConflict(o, entry);
  });
}
