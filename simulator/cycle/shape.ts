import type { TimingInsn } from './program.js';

/** A loop over destinations: iterations and distance. */
interface Loop {
  readonly count: number;
  readonly stride: number;
}

/** The distance of neighbouring micro-ops, if all are equal and positive, else 0. */
function uopStride(insn: TimingInsn, dst: Int32Array): number {
  const stride = insn.uopCount > 1 ? dst[1] - dst[0] : 1;
  for (let k = 2; k < insn.uopCount; k++) if (dst[k] - dst[k - 1] !== stride) return 0;
  return Math.max(0, stride);
}

/** Loops, from the first: one of stride 1, and each other one with the product of the iterations before it. */
function visitsEachOnce(loops: readonly Loop[]): boolean {
  let next = 1;
  for (const { count, stride } of loops) {
    if (count === 1) continue;
    if (stride !== next) return false;
    next *= count;
  }
  return true;
}

export const SPARSE = 0;
export const DENSE = 1;
export const ASCENDING = 2;

/** timing.md, Scanner: the shape of the destinations of a simple entry. */
export function shapeOf(insn: TimingInsn, dst: Int32Array): number {
  const loops: Loop[] = [
    { count: insn.uopCount, stride: uopStride(insn, dst) },
    { count: insn.iterIn, stride: insn.dstIn },
    { count: insn.iterOut, stride: insn.dstOut },
  ];
  if (visitsEachOnce(loops)) return ASCENDING;
  // Strides of such an order grow, so that only the order by strides can be one.
  return visitsEachOnce(loops.sort((a, b) => a.stride - b.stride)) ? DENSE : SPARSE;
}
