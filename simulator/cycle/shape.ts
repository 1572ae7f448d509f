import type { TimingInsn } from './program.js';

/** The distance of neighbouring micro-ops, if all are equal and positive, else 0. */
function uopStride(insn: TimingInsn, dst: Int32Array): number {
  const stride = insn.uopCount > 1 ? dst[1] - dst[0] : 1;
  for (let k = 2; k < insn.uopCount; k++) if (dst[k] - dst[k - 1] !== stride) return 0;
  return Math.max(0, stride);
}

/** Three loops, the innermost first, that visit elements one after the other: the stride of each, unless it has one iteration, is what those inside it cover. */
const inOrder = (a: number, strideA: number, b: number, strideB: number, c: number, strideC: number): boolean =>
  (a === 1 || strideA === 1) && (b === 1 || strideB === a) && (c === 1 || strideC === a * b);

export const SPARSE = 0;
export const DENSE = 1;
export const ASCENDING = 2;

/** timing.md, Scanner: the shape of the destinations of a simple entry, whose loops all execute. */
export function shapeOf(insn: TimingInsn, dst: Int32Array): number {
  const { uopCount: n, iterIn, iterOut, dstIn, dstOut } = insn;
  const stride = uopStride(insn, dst);
  if (inOrder(n, stride, iterIn, dstIn, iterOut, dstOut)) return ASCENDING;
  const dense =
    inOrder(n, stride, iterOut, dstOut, iterIn, dstIn) ||
    inOrder(iterIn, dstIn, n, stride, iterOut, dstOut) ||
    inOrder(iterIn, dstIn, iterOut, dstOut, n, stride) ||
    inOrder(iterOut, dstOut, n, stride, iterIn, dstIn) ||
    inOrder(iterOut, dstOut, iterIn, dstIn, n, stride);
  return dense ? DENSE : SPARSE;
}
