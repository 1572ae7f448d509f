import type { Trace } from '#isa/arch/trace';
import { TOKEN_CHANNELS, type TokenChannel, UNITS } from '#isa/spec/tables';
import { GEMM_WRITE } from '../cycle/parameters.js';
import type { Decoded } from '../values/decode.js';
import { popsOf, pushesOf, type Tokens } from '../values/tokens.js';

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

/**
 * When an instruction of Compute has kept what a token promises (docs/reference/timing.md, Promises): for Load, that GEMM has read its
 * operands; for Store, that a load of Compute has read memory. Load and Store push when they retire.
 */
function promised(d: Decoded, channel: 'c2l' | 'c2s', { insns: t }: Trace): number {
  const visible = t.accepted[d.index] + 1;
  const works = t.finished[d.index] >= 0;
  if (channel === 'c2l' && d.kind === 'gemm' && d.insn.reset_reg === 0 && works)
    return Math.max(visible, t.finished[d.index] + GEMM_WRITE + 1);
  if (channel === 'c2s' && d.kind === 'load' && works) return Math.max(visible, t.finished[d.index] + 1);
  return visible;
}

const perChannel = <T>(make: (c: TokenChannel) => T): Record<TokenChannel, T> =>
  Object.fromEntries((Object.keys(TOKEN_CHANNELS) as TokenChannel[]).map((c) => [c, make(c)])) as Record<TokenChannel, T>;

/** When the tokens of a launch are pushed and popped, each list in order. */
export function tokenTimes(insns: readonly Decoded[], trace: Trace): TokenTimes {
  const pushes = perChannel((): number[] => []);
  const pops = perChannel((): number[] => []);
  for (const channel of ['c2l', 'c2s'] as const) {
    let last = -1;
    for (const d of insns) {
      if (d.unit !== 'compute') continue;
      last = Math.max(last + 1, promised(d, channel, trace));
      if (pushesOf(d).includes(channel)) pushes[channel].push(last);
    }
  }
  for (const d of insns) {
    if (d.unit !== 'compute') for (const c of pushesOf(d)) pushes[c].push(trace.insns.retired[d.index]);
    for (const c of popsOf(d)) pops[c].push(trace.insns.accepted[d.index]);
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
