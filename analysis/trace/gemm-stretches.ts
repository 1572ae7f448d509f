import { NO_CYCLE } from '#isa/arch/trace';
import { COMPUTE_UNIT, GEMM } from '#simulator/cycle/program';
import type { RecordedLaunch } from './launch.js';

/** Cycles `[from, to]` in which steps of one GEMM instruction issue. */
export interface Stretch {
  readonly insn: number;
  readonly from: number;
  readonly to: number;
}

/**
 * When GEMM issues what, in order. The rows of a dense reset yield to micro-ops of instructions that start after it (timing.md, GEMM): it has several
 * stretches then, with theirs between.
 */
export function gemmStretches({ insns, trace }: RecordedLaunch): readonly Stretch[] {
  const { started, finished } = trace.insns;
  const out: Stretch[] = [];
  const push = (insn: number, from: number, to: number): void => {
    if (from <= to) out.push({ insn, from, to });
  };
  /** The reset that may yield, and the first cycle that is not accounted for. */
  let rows = -1;
  let at = 0;
  for (const { index: i, unit, kind } of insns) {
    if (unit !== COMPUTE_UNIT || kind !== GEMM || started[i] === NO_CYCLE) continue;
    if (rows >= 0) push(rows, at, Math.min(finished[rows], started[i] - 1));
    if (rows >= 0 && finished[rows] > finished[i]) {
      push(i, started[i], finished[i]);
      at = finished[i] + 1;
    } else {
      rows = i;
      at = started[i];
    }
  }
  if (rows >= 0) push(rows, at, finished[rows]);
  return out;
}
