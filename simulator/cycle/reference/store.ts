import type { Vector } from './compute.js';
import { type Entry, meets } from './entry.js';

/**
 * timing.md, Store: may a burst that reads the accumulators low..high go to the AW register in cycle t?
 * @param guard position in the program of the newest compute instruction that counts
 * @param newest the last ALU vector written in an earlier cycle
 */
export function isBurstClear(low: number, high: number, rob: readonly Entry[], guard: number, newest: Vector | null, t: number): boolean {
  return !rob.some((e) => {
    if (e.insn.index > guard || e.doneAt <= t || e.writes === null) return false;
    if (e.scannedAt > t) return true;
    const from = newest?.chain.ascends && newest.chain.members.includes(e) ? newest.dst + 1 : e.writes.low;
    return meets({ low, high }, { low: from, high: e.writes.high });
  });
}
