import { ALU, COMPUTE_UNIT } from '#simulator/cycle/program';
import type { RecordedLaunch } from './launch.js';

/**
 * ALU instructions that ran in one pass (timing.md, Chains), in order: neighbours that started in the same cycle, which two passes never do. One list per pass,
 * by its first instruction.
 */
export function aluPasses({ insns, trace }: RecordedLaunch): ReadonlyMap<number, readonly number[]> {
  const { started } = trace.insns;
  const out = new Map<number, number[]>();
  let pass: number[] = [];
  for (const { index, unit, kind } of insns) {
    if (unit !== COMPUTE_UNIT || kind !== ALU) continue;
    if (pass.length > 0 && started[pass[0]] === started[index]) {
      pass.push(index);
      continue;
    }
    pass = [index];
    out.set(index, pass);
  }
  return out;
}
