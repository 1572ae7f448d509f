import type { Entry } from './entry.js';
import type { Gemm } from './gemm.js';
import { ALU_RAW } from './parameters.js';
import type { TimingInsn } from './program.js';

/** `n`-th index of a loop nest over `base` (timing view of one operand). */
function indexOf(base: Int32Array, insn: TimingInsn, out: number, inner: number, n: number): number {
  const k = n % insn.uopCount;
  const iteration = (n - k) / insn.uopCount;
  const j = iteration % insn.iterIn;
  return base[k] + ((iteration - j) / insn.iterIn) * out + j * inner;
}
export const dstOf = (e: Entry, n: number): number => indexOf(e.dst, e.insn, e.insn.dstOut, e.insn.dstIn, n);
export const srcOf = (e: Entry, n: number): number => indexOf(e.src, e.insn, e.insn.srcOut, e.insn.srcIn, n);

/** Sources and destinations of an entry cannot meet. */
export const isApart = (e: Entry): boolean => !e.insn.readsSource || e.readHigh < e.writeLow || e.writeHigh < e.readLow;

/**
 * Can no vector of an ALU entry wait for another of the same entry at the interlock? Looked for where vectors closer than
 * `ALU_RAW` meet for the first time: from each micro-op of the first two inner iterations, and across the first end of the inner loop.
 * False also where that does not decide it.
 */
export function isFreeRunning(e: Entry): boolean {
  const { insn } = e;
  const apart = isApart(e);
  if (!apart && (insn.srcIn !== insn.dstIn || insn.srcOut !== insn.dstOut)) return false;
  const near = ALU_RAW - 1;
  const row = insn.uopCount * insn.iterIn;
  if (insn.iterOut > 1 && row < 2 * near) return false;
  const meets = (from: number, to: number): boolean => {
    for (let n = from; n < to; n++) {
      for (let m = Math.max(0, n - near); m < n; m++) {
        const passed = dstOf(e, m);
        if (passed === dstOf(e, n) || (!apart && passed === srcOf(e, n))) return true;
      }
    }
    return false;
  };
  if (meets(1, Math.min(row, 2 * insn.uopCount + near))) return false;
  return insn.iterOut === 1 || !meets(row, row + near);
}

/** Where {@link streamBeside} is: the vector in the write stage after a cycle, and the last cycle in which one was written. */
export interface Streamed {
  vector: number;
  cycle: number;
  wroteAt: number;
}

/**
 * ALU and GEMM both writing in every cycle, the ALU standing still where their banks meet: from `at` until vector `vectorEnd` is in the
 * write stage or to the end of cycle `cycleEnd`. GEMM must write in each of these cycles, in one entry.
 */
export function streamBeside(at: Streamed, e: Entry, vectorEnd: number, gemm: Gemm, cycleEnd: number, bankOf: Uint8Array): void {
  const { insn, dst } = e;
  let { vector, cycle, wroteAt } = at;
  let k = vector % insn.uopCount;
  let iteration = (vector - k) / insn.uopCount;
  let j = iteration % insn.iterIn;
  let row = ((iteration - j) / insn.iterIn) * insn.dstOut;
  let base = row + j * insn.dstIn;
  const s = gemm.segmentAt(cycle + 1);
  if (s.every) {
    at.cycle = cycleEnd;
    return;
  }
  let gk = (cycle + 1 - s.first) % s.count;
  iteration = (cycle + 1 - s.first - gk) / s.count;
  let gj = iteration % s.iterIn;
  let gRow = ((iteration - gj) / s.iterIn) * s.dstOut;
  let gBase = gRow + gj * s.dstIn;
  while (cycle < cycleEnd && vector < vectorEnd) {
    cycle++;
    if (bankOf[dst[k] + base] !== bankOf[s.dst[gk] + gBase]) {
      vector++;
      wroteAt = cycle;
      if (++k === insn.uopCount) {
        k = 0;
        base += insn.dstIn;
        if (++j === insn.iterIn) {
          j = 0;
          base = row += insn.dstOut;
        }
      }
    }
    if (++gk === s.count) {
      gk = 0;
      gBase += s.dstIn;
      if (++gj === s.iterIn) {
        gj = 0;
        gBase = gRow += s.dstOut;
      }
    }
  }
  at.vector = vector;
  at.cycle = cycle;
  at.wroteAt = wroteAt;
}
