import { type Entry, meets } from './entry.js';

/** "micro-ops: one writes UOP, the other reads it, and the ranges overlap" */
export function uopsConflict(a: Entry, b: Entry): boolean {
  const oneWrites = a.insn.writesUop !== b.insn.writesUop;
  return oneWrites && meets(a.uops, b.uops);
}

/** "accumulators: one writes ACC, the other reads or writes it, and the intervals overlap" */
function accumulatorsConflict(a: Entry, b: Entry): boolean {
  return meets(a.writes, b.writes) || meets(a.writes, b.operand) || meets(a.operand, b.writes);
}

/** timing.md, Hazards: is `entry` clear in cycle t, given the older entries? */
export function isClear(entry: Entry, older: readonly Entry[], t: number): boolean {
  return !older.some((o) => {
    const anotherKind = o.insn.kind !== 'nop' && o.insn.kind !== entry.insn.kind;
    if (!anotherKind || o.doneAt <= t) return false;
    if (uopsConflict(o, entry)) return true;
    // Every entry that touches ACC writes it.
    if (o.writes === null || entry.writes === null) return false;
    const unscanned = o.scannedAt > t || entry.scannedAt > t;
    return unscanned || accumulatorsConflict(o, entry);
  });
}
