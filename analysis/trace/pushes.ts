import { NO_CYCLE } from '#isa/arch/trace';
import type { TokenChannel } from '#isa/spec/tables';
import { TIMING } from '#isa/spec/timing';
import { COMPUTE_UNIT, GEMM, LOAD, type TimingInsn } from '#simulator/cycle/program';
import type { RecordedLaunch } from './launch.js';

/** The cycle in which an instruction pushes a token into a channel, if its flags ask for it. The token is seen in the next cycle. */
export type PushCycle = (channel: TokenChannel, insn: number) => number;

/**
 * timing.md, Promises: a pointer goes over the entries of compute in program order, at most one per cycle, and passes each when it is visible and what the token
 * promises is true.
 */
function pointer({ insns, trace }: RecordedLaunch, waitsFor: (insn: TimingInsn) => boolean): Int32Array {
  const { accepted, finished } = trace.insns;
  const out = new Int32Array(insns.length).fill(NO_CYCLE);
  let before = -1;
  for (const insn of insns) {
    if (insn.unit !== COMPUTE_UNIT) continue;
    before = Math.max(before + 1, accepted[insn.index] + TIMING.EntryVisible, waitsFor(insn) ? finished[insn.index] + 1 : 0);
    out[insn.index] = before;
  }
  return out;
}

/** Does the pointer of a channel wait at the instruction until its work is finished? */
export const PROMISED: Readonly<Record<'c2l' | 'c2s', (insn: TimingInsn) => boolean>> = {
  c2l: (insn) => insn.kind === GEMM && !insn.resets,
  c2s: (insn) => insn.kind === LOAD,
};

/** For every instruction of compute, the cycles in which the two pointers pass it, whether or not it pushes a token. */
export const promises = (launch: RecordedLaunch): Readonly<Record<'c2l' | 'c2s', Int32Array>> => ({
  c2l: pointer(launch, PROMISED.c2l),
  c2s: pointer(launch, PROMISED.c2s),
});

const made = new WeakMap<RecordedLaunch, PushCycle>();

/** Load and store push when they retire; compute when the token's promise is true, which follows from the trace. */
export function pushCycles(launch: RecordedLaunch): PushCycle {
  let push = made.get(launch);
  if (push !== undefined) return push;
  const { retired } = launch.trace.insns;
  if (launch.traits.isSerial) push = (_, insn) => retired[insn];
  else {
    const { c2l, c2s } = promises(launch);
    push = (channel, insn) => (channel === 'c2l' ? c2l : channel === 'c2s' ? c2s : retired)[insn];
  }
  made.set(launch, push);
  return push;
}
