import type { RecordedLaunch } from './launch.js';

/** The cycle in which each instruction pushes the tokens that its flags ask for, by channel. A token is seen in the next cycle. */
export const pushCycle = ({ trace }: RecordedLaunch, insn: number): number => trace.insns.retired[insn];
