import { TOKEN_CHANNELS, type TokenChannel } from '#isa/spec/tables';
import { popsOf, pushesOf } from '#simulator/values/tokens';
import type { RecordedLaunch } from './launch.js';
import { pushCycles } from './pushes.js';
import { NO_INSN } from './spans.js';

/** The token channels in the order of isa/spec. */
export const CHANNELS = Object.keys(TOKEN_CHANNELS) as TokenChannel[];

/** One token: who pushed it and who popped it. */
export interface Flow {
  readonly channel: TokenChannel;
  /** {@link NO_INSN} if an earlier launch left it. */
  readonly from: number;
  /** {@link NO_INSN} if nobody took it. */
  readonly to: number;
  /** Cycle of the push; -1 if it was there before. */
  readonly pushed: number;
}

/** Every token of a launch, per channel in order. Counters know no identities; tokens are taken as first in, first out. */
export function tokenFlows(launch: RecordedLaunch): readonly Flow[] {
  const { insns, tokens } = launch;
  const cycleOf = pushCycles(launch);
  const pushed = Object.fromEntries(CHANNELS.map((c) => [c, new Array<number>(tokens[c]).fill(NO_INSN)])) as Record<TokenChannel, number[]>;
  const popped = Object.fromEntries(CHANNELS.map((c) => [c, []])) as unknown as Record<TokenChannel, number[]>;
  for (const { index, decoded } of insns) {
    for (const c of popsOf(decoded)) popped[c].push(index);
    for (const c of pushesOf(decoded)) pushed[c].push(index);
  }
  return CHANNELS.flatMap((channel) =>
    pushed[channel].map((from, n) => {
      const at = from === NO_INSN ? -1 : cycleOf(channel, from);
      return { channel, from, to: popped[channel][n] ?? NO_INSN, pushed: at };
    }),
  );
}
