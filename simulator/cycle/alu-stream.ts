import type { Entry } from './entry.js';
import type { Gemm } from './gemm.js';
import { ALU_RAW } from './parameters.js';
import type { TimingInsn } from './program.js';
import { SPARSE } from './shape.js';

/** A vector's place in the loop nest of its instruction: outer and inner iteration, micro-op. */
export class Place {
  i = 0;
  j = 0;
  k = 0;

  /** That of the `n`-th vector. */
  set({ uopCount, iterIn }: TimingInsn, n: number): this {
    const iteration = Math.floor(n / uopCount);
    this.k = n - iteration * uopCount;
    this.i = Math.floor(iteration / iterIn);
    this.j = iteration - this.i * iterIn;
    return this;
  }
  /** That of the next vector. */
  step({ uopCount, iterIn }: TimingInsn): void {
    if (++this.k < uopCount) return;
    this.k = 0;
    if (++this.j < iterIn) return;
    this.j = 0;
    this.i++;
  }
  dst({ dst, insn }: Entry): number {
    return dst[this.k] + this.i * insn.dstOut + this.j * insn.dstIn;
  }
  src({ src, insn }: Entry): number {
    return src[this.k] + this.i * insn.srcOut + this.j * insn.srcIn;
  }
}

/**
 * True if no vector of an ALU entry waits for another one of the same entry at the interlock. Conservative: may return false. Looked for where vectors closer than
 * `ALU_RAW` meet for the first time: from each micro-op of the first two inner iterations, and across the first end of the inner loop.
 */
function isFreeRunning(e: Entry): boolean {
  const { insn } = e;
  const apart = e.isApart;
  if (e.shape !== SPARSE && apart) return true;
  if (!apart && (insn.srcIn !== insn.dstIn || insn.srcOut !== insn.dstOut)) return false;
  const near = ALU_RAW - 1;
  const row = insn.uopCount * insn.iterIn;
  if (insn.iterOut > 1 && row < 2 * near) return false;
  const [older, younger] = [new Place(), new Place()];
  const meets = (from: number, to: number): boolean => {
    for (let n = from; n < to; n++) {
      younger.set(insn, n);
      for (let m = Math.max(0, n - near); m < n; m++) {
        const passed = older.set(insn, m).dst(e);
        if (passed === younger.dst(e) || (!apart && passed === younger.src(e))) return true;
      }
    }
    return false;
  };
  if (meets(1, Math.min(row, 2 * insn.uopCount + near))) return false;
  return insn.iterOut === 1 || !meets(row, row + near);
}

/** {@link isFreeRunning}, found once per entry that the sequencer has. */
export class FreeRunning {
  private entry: Entry | null = null;
  private answer = false;

  of(entry: Entry): boolean {
    if (this.entry !== entry) {
      this.entry = entry;
      this.answer = isFreeRunning(entry);
    }
    return this.answer;
  }
  /** The sequencer gets an entry: its slot may have held another one. */
  forget(): void {
    this.entry = null;
  }
}

/** Where {@link streamBeside} is: the vector in the write stage after a cycle, and the last cycle in which one was written. */
export interface Streamed {
  vector: number;
  cycle: number;
  wroteAt: number;
}

/** More cycles than this are counted in pieces, so that the loop counts in small integers. */
const PIECE = 1 << 30;

/**
 * ALU and GEMM both writing in every cycle, the ALU standing still where their banks meet: from `at` until vector `vectorEnd` is in the
 * write stage or to the end of cycle `cycleEnd`. GEMM must write in each of these cycles, in one entry.
 */
export function streamBeside(at: Streamed, e: Entry, vectorEnd: number, gemm: Gemm, cycleEnd: number, bankOf: Uint8Array): void {
  const { insn, dst } = e;
  const s = gemm.segmentAt(at.cycle + 1);
  if (s.every) {
    at.cycle = cycleEnd;
    return;
  }
  // Positions in both loop nests: small integers, whatever the numbers of vectors and cycles are.
  const { uopCount, iterIn, dstIn, dstOut } = insn;
  const place = new Place().set(insn, at.vector);
  let k = place.k | 0;
  let j = place.j | 0;
  let row = (place.i * dstOut) | 0;
  let base = (row + j * dstIn) | 0;
  const { count: gCount, iterIn: gIterIn, dstIn: gDstIn, dstOut: gDstOut, dst: gDst } = s;
  const step = at.cycle + 1 - s.first;
  const gIteration = Math.floor(step / gCount);
  let gk = (step - gIteration * gCount) | 0;
  let gj = (gIteration % gIterIn) | 0;
  let gRow = (Math.floor(gIteration / gIterIn) * gDstOut) | 0;
  let gBase = (gRow + gj * gDstIn) | 0;
  const cycles = Math.min(cycleEnd - at.cycle, PIECE) | 0;
  const vectors = Math.min(vectorEnd - at.vector, PIECE) | 0;
  let n = 0;
  let written = 0;
  let wrote = 0;
  while (n < cycles && written < vectors) {
    n++;
    if (bankOf[dst[k] + base] !== bankOf[gDst[gk] + gBase]) {
      written++;
      wrote = n;
      if (++k === uopCount) {
        k = 0;
        base += dstIn;
        if (++j === iterIn) {
          j = 0;
          base = row += dstOut;
        }
      }
    }
    if (++gk === gCount) {
      gk = 0;
      gBase += gDstIn;
      if (++gj === gIterIn) {
        gj = 0;
        gBase = gRow += gDstOut;
      }
    }
  }
  if (wrote > 0) at.wroteAt = at.cycle + wrote;
  at.vector += written;
  at.cycle += n;
}
