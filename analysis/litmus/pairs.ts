import type { Footprint, Rows } from '#simulator/values/footprint';
import type { TokenPlay } from '../program/token-play.js';
import { UNITS } from '#isa/spec/tables';

function rowsMeet(a: Rows | null, b: Rows | null): boolean {
  if (a === null || b === null) return false;
  for (let y = 0; y < a.rows; y++) {
    const low = a.address + y * a.rowStride;
    for (let z = 0; z < b.rows; z++) {
      const other = b.address + z * b.rowStride;
      if (low < other + b.rowBytes && other < low + a.rowBytes) return true;
    }
  }
  return false;
}

/** Does `a` write what `b` reads or writes? */
const overwrites = (a: Footprint, b: Footprint): boolean =>
  a.writes.some((w) => [...b.reads, ...b.writes].some((t) => t.memory === w.memory && t.elements.meets(w.elements))) ||
  rowsMeet(a.dramWrites, b.dramReads) ||
  rowsMeet(a.dramWrites, b.dramWrites);

/** Does the order of the two matter? */
export const conflict = (a: Footprint, b: Footprint): boolean => overwrites(a, b) || overwrites(b, a);

/**
 * All pairs of instructions of different units that conflict and that no tokens order, smaller number first.
 * @param footprints by instruction
 */
export function racingPairs(play: TokenPlay, footprints: readonly (Footprint | undefined)[]): (readonly [number, number])[] {
  const out: (readonly [number, number])[] = [];
  const unit = (insn: number) => UNITS.findIndex((_, u) => play.queues[u][play.position[insn]] === insn);
  const before = (a: number, b: number) => play.clocks[b]![unit(a)] > play.position[a];
  for (const [n, b] of play.order.entries()) {
    for (const a of play.order.slice(0, n)) {
      if (unit(a) === unit(b) || before(a, b) || before(b, a)) continue;
      if (conflict(footprints[a]!, footprints[b]!)) out.push(a < b ? [a, b] : [b, a]);
    }
  }
  return out.sort((p, q) => p[0] - q[0] || p[1] - q[1]);
}
