import type { TimingInsn } from './program.js';

/** The distance of neighbouring micro-ops, if all are equal and positive, else 0. */
function uopStride(insn: TimingInsn, dst: Int32Array): number {
  const stride = insn.uopCount > 1 ? dst[1] - dst[0] : 1;
  for (let k = 2; k < insn.uopCount; k++) if (dst[k] - dst[k - 1] !== stride) return 0;
  return Math.max(0, stride);
}

/** Appends a loop to an order that reaches distance `next`: its stride must be that, unless it has one iteration. @returns the new distance, or -1 */
const append = (next: number, count: number, stride: number): number => (count === 1 ? next : stride === next ? next * count : -1);

export const SPARSE = 0;
export const DENSE = 1;
export const ASCENDING = 2;

/** timing.md, Scanner: the shape of the destinations of a simple entry. */
export function shapeOf(insn: TimingInsn, dst: Int32Array): number {
  const { uopCount: n, iterIn, iterOut, dstIn, dstOut } = insn;
  const stride = uopStride(insn, dst);
  if (append(append(append(1, n, stride), iterIn, dstIn), iterOut, dstOut) > 0) return ASCENDING;
  const dense =
    append(append(append(1, n, stride), iterOut, dstOut), iterIn, dstIn) > 0 ||
    append(append(append(1, iterIn, dstIn), n, stride), iterOut, dstOut) > 0 ||
    append(append(append(1, iterIn, dstIn), iterOut, dstOut), n, stride) > 0 ||
    append(append(append(1, iterOut, dstOut), n, stride), iterIn, dstIn) > 0 ||
    append(append(append(1, iterOut, dstOut), iterIn, dstIn), n, stride) > 0;
  return dense ? DENSE : SPARSE;
}
