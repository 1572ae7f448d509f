import type { Trace } from '#isa/arch/trace';
import { type TokenChannel, UNITS } from '#isa/spec/tables';
import { CHANNELS } from '../program/token-play.js';
import type { RecordedLaunch } from '../trace/launch.js';
import { pushCycles } from '../trace/pushes.js';
import type { Decoded } from '#simulator/values/decode';
import { popsOf, pushesOf, type Tokens } from '#simulator/values/tokens';

/** An instruction starts (leaves its queue and takes its tokens) or retires. */
export interface Moment {
  readonly cycle: number;
  readonly kind: 'start' | 'retire';
  readonly insn: number;
}

/** All moments of a launch in order. In a cycle, retirements come first, and Load before Compute before Store. */
export function momentsOf(insns: readonly Decoded[], { insns: t }: Trace): Moment[] {
  const moments = insns.flatMap(({ index }): Moment[] => [
    { cycle: t.accepted[index], kind: 'start', insn: index },
    { cycle: t.retired[index], kind: 'retire', insn: index },
  ]);
  const rank = (m: Moment) => (m.kind === 'retire' ? 0 : UNITS.length) + UNITS.indexOf(insns[m.insn].unit);
  return moments.sort((a, b) => a.cycle - b.cycle || rank(a) - rank(b) || a.insn - b.insn);
}

/** Cycles in which tokens come and go. */
interface TokenTimes {
  readonly pushes: Readonly<Record<TokenChannel, readonly number[]>>;
  readonly pops: Readonly<Record<TokenChannel, readonly number[]>>;
}

const perChannel = <T>(make: (c: TokenChannel) => T): Record<TokenChannel, T> =>
  Object.fromEntries(CHANNELS.map((c) => [c, make(c)])) as Record<TokenChannel, T>;

/** When the tokens of a launch are pushed and popped, each list in order. */
export function tokenTimes(launch: RecordedLaunch): TokenTimes {
  const push = pushCycles(launch);
  const pushes = perChannel((): number[] => []);
  const pops = perChannel((): number[] => []);
  for (const { decoded, index } of launch.insns) {
    for (const c of pushesOf(decoded)) pushes[c].push(push(c, index));
    for (const c of popsOf(decoded)) pops[c].push(launch.trace.insns.accepted[index]);
  }
  return { pushes, pops };
}

/** How many of the sorted cycles are not after `cycle`. */
const upTo = (cycles: readonly number[], cycle: number): number => {
  const at = cycles.findIndex((c) => c > cycle);
  return at < 0 ? cycles.length : at;
};

/** Tokens in each channel after `cycle`. */
export const tokensAt = (times: TokenTimes, before: Readonly<Tokens>, cycle: number): Tokens =>
  perChannel((c) => before[c] + upTo(times.pushes[c], cycle) - upTo(times.pops[c], cycle));
