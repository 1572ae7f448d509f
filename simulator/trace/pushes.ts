import { NO_CYCLE } from '#isa/arch/trace';
import type { TokenChannel } from '#isa/spec/tables';
import { GEMM_WRITE } from '../cycle/parameters.js';
import { COMPUTE_UNIT, GEMM, LOAD, type TimingInsn } from '../cycle/program.js';
import type { RecordedLaunch } from './launch.js';

/** The cycle in which an instruction pushes a token into a channel, if its flags ask for it. The token is seen in the next cycle. */
export type PushCycle = (channel: TokenChannel, insn: number) => number;

const isReset = ({ decoded: d }: TimingInsn): boolean => d.kind === 'gemm' && d.insn.reset_reg === 1;

/**
 * timing.md, Promises: a pointer goes over the entries of compute in program order, at most one per cycle, and passes each when it is visible and what the token
 * promises is true.
 */
function pointer({ insns, trace }: RecordedLaunch, waitsFor: (insn: TimingInsn) => boolean, done: number): Int32Array {
  const { accepted, finished } = trace.insns;
  const out = new Int32Array(insns.length).fill(NO_CYCLE);
  let before = -1;
  for (const insn of insns) {
    if (insn.unit !== COMPUTE_UNIT) continue;
    before = Math.max(before + 1, accepted[insn.index] + 1, waitsFor(insn) ? finished[insn.index] + done : 0);
    out[insn.index] = before;
  }
  return out;
}

const made = new WeakMap<RecordedLaunch, PushCycle>();

/** Load and store push when they retire; compute when the token's promise is true, which follows from the trace. */
export function pushCycles(launch: RecordedLaunch): PushCycle {
  let push = made.get(launch);
  if (push !== undefined) return push;
  const { retired } = launch.trace.insns;
  if (launch.traits.isSerial) push = (_, insn) => retired[insn];
  else {
    const c2l = pointer(launch, (i) => i.kind === GEMM && !isReset(i), GEMM_WRITE + 1);
    const c2s = pointer(launch, (i) => i.kind === LOAD, 1);
    push = (channel, insn) => (channel === 'c2l' ? c2l : channel === 'c2s' ? c2s : retired)[insn];
  }
  made.set(launch, push);
  return push;
}
