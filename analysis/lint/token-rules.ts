import { TOKEN_CHANNELS } from '#isa/spec/tables';
import { CHANNELS, firstOutOfOrder, queueStall, type TokenPlay, type WaitEdge, waitCycle, type Waiting } from '../program/token-play.js';
import { COMMAND_QUEUE_DEPTH } from '#simulator/cycle/parameters';
import type { Tokens } from '#simulator/values/tokens';
import type { Slot } from './decode.js';
import type { Findings, Scene, WaitRef } from './finding.js';

/** Tokens that Chisel can count in a channel. */
const CHISEL_TOKENS = 255;

/** `load waits at instruction 3 for a token from compute (c2l)`, and for the last one whether that unit has ended. */
export const describeWait = ({ unit, insn, on, channel, ended }: Pick<WaitEdge, 'unit' | 'insn' | 'on' | 'channel' | 'ended'>): string =>
  `${unit} waits at instruction ${insn} for a token from ${on} (${channel})${ended ? `, which has executed all its instructions` : ''}`;

/** The units of a wait in order: `load -> compute -> load`. */
export const describeCycle = (cycle: readonly Pick<WaitEdge, 'unit' | 'on'>[]): string =>
  [...cycle.map((e) => e.unit), cycle[cycle.length - 1].on].join(' -> ');

const waitRefs = (cycle: readonly WaitEdge[], scene: Scene, out: Findings): WaitRef[] =>
  cycle.map(({ insn, channel, on, ended }) => ({ ...out.ref(scene, insn), channel, on, ended }));

function deadlock(waiting: readonly Waiting[], scene: Scene, out: Findings): void {
  const cycle = waitCycle(waiting);
  const what = `the program stops for ever (${describeCycle(cycle)}): ${cycle.map(describeWait).join('; ')}`;
  out.add(
    'deadlock',
    scene,
    cycle.map((e) => e.insn),
    what,
    { code: 'VTA1201', waits: waitRefs(cycle, scene, out) },
  );
}

function overflow(slots: readonly Slot[], before: Readonly<Tokens>, scene: Scene, out: Findings): void {
  const stall = queueStall(
    slots.map((s) => s.user),
    before,
    COMMAND_QUEUE_DEPTH,
  );
  if (stall === null) return;
  const { unit } = slots[stall.insn].user;
  const waits = stall.waiting.map((w) => `${w.unit} waits at instruction ${w.insn} for a token (${w.missing.join(' and ')})`);
  const what = `fetch cannot hand out instruction ${stall.insn}, because the queue of ${unit} is full: ${waits.join('; ')}`;
  out.add('queue-overflow', scene, [stall.insn, ...stall.waiting.map((w) => w.insn)], what, { code: 'VTA4050' });
}

/** Instructions in words: the first few numbers. */
const some = (insns: readonly number[]): string =>
  `${insns.slice(0, 6).join(', ')}${insns.length > 6 ? ` and ${insns.length - 6} more` : ''}`;

function leftovers(play: TokenPlay, scene: Scene, out: Findings): void {
  for (const channel of CHANNELS) {
    const mine = play.left[channel].filter((insn) => insn >= 0);
    if (mine.length === 0) continue;
    const { from, to } = TOKEN_CHANNELS[channel];
    const what =
      mine.length === 1
        ? `the token that instruction ${mine[0]} pushes from ${from} to ${to} (${channel}) is never popped`
        : `${mine.length} tokens from ${from} to ${to} (${channel}) are never popped; the last pushes are those of instructions ${some(mine)}`;
    out.add('unbalanced-tokens', scene, mine.slice(0, 6), what, { channel, tokens: mine.length });
  }
}

function stale(before: Readonly<Tokens>, scene: Scene, out: Findings): void {
  for (const channel of CHANNELS.filter((c) => before[c] > 0)) {
    const { from, to } = TOKEN_CHANNELS[channel];
    const what = `${before[channel]} tokens from ${from} to ${to} (${channel}) are there before the launch begins`;
    out.add('stale-tokens', scene, [], what, { channel, tokens: before[channel] });
  }
}

/** Rules about the tokens of one launch. */
export function lintTokens(
  slots: readonly Slot[],
  play: TokenPlay,
  before: Readonly<Tokens>,
  published: boolean,
  scene: Scene,
  out: Findings,
): void {
  stale(before, scene, out);
  if (play.waiting.length > 0) {
    deadlock(play.waiting, scene, out);
    return;
  }
  overflow(slots, before, scene, out);
  leftovers(play, scene, out);
  if (!published) return;
  for (const channel of CHANNELS.filter((c) => play.peak[c] > CHISEL_TOKENS)) {
    const { from, to } = TOKEN_CHANNELS[channel];
    const what = `the channel from ${from} to ${to} (${channel}) can hold ${play.peak[channel]} tokens`;
    out.add('token-capacity', scene, [], what, { channel, tokens: play.peak[channel] });
  }
  const early = firstOutOfOrder(
    slots.map((s) => s.user),
    before,
  );
  if (early >= 0) out.add('stream-order', scene, [early], `instruction ${early} pops a token that only a later instruction pushes`);
}
