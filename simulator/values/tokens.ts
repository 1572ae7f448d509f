import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { isaMessages as M } from '#isa/messages';
import { TOKEN_CHANNELS, type TokenChannel, UNITS, type Unit } from '#isa/spec/tables';
import type { Decoded } from './decode.js';
import { atInsn } from './describe.js';

/** Tokens in each channel. */
export type Tokens = Record<TokenChannel, number>;
export const noTokens = (): Tokens => ({ l2c: 0, c2l: 0, c2s: 0, s2c: 0 });

/** Channels an instruction of `unit` pops before it executes and pushes afterwards. */
export function popsOf(d: Decoded): readonly TokenChannel[] {
  const { pop_prev_dep: prev, pop_next_dep: next } = d.insn;
  return channels(d.unit, prev, next, 'to');
}
export function pushesOf(d: Decoded): readonly TokenChannel[] {
  const { push_prev_dep: prev, push_next_dep: next } = d.insn;
  return channels(d.unit, prev, next, 'from');
}

const NEIGHBOUR: Readonly<Record<Unit, { readonly prev: Unit | null; readonly next: Unit | null }>> = {
  load: { prev: null, next: 'compute' },
  compute: { prev: 'load', next: 'store' },
  store: { prev: 'compute', next: null },
};
const channelBetween = (from: Unit, to: Unit): TokenChannel =>
  (Object.keys(TOKEN_CHANNELS) as TokenChannel[]).find((c) => TOKEN_CHANNELS[c].from === from && TOKEN_CHANNELS[c].to === to)!;

const TABLE = new Map<string, readonly TokenChannel[]>();
for (const unit of UNITS) {
  for (const side of ['to', 'from'] as const) {
    const channel = (n: Unit | null) => (n === null ? [] : [side === 'to' ? channelBetween(n, unit) : channelBetween(unit, n)]);
    const prev = channel(NEIGHBOUR[unit].prev);
    const next = channel(NEIGHBOUR[unit].next);
    for (const flags of [0, 1, 2, 3]) TABLE.set(`${unit}${side}${flags}`, [...(flags & 1 ? prev : []), ...(flags & 2 ? next : [])]);
  }
}
const channels = (unit: Unit, prev: number, next: number, side: 'to' | 'from') => TABLE.get(`${unit}${side}${prev + 2 * next}`)!;

/** Refuses flags that name a neighbour which does not exist. @throws VtaError VTA1207 */
export function checkFlags(d: Decoded, config: VtaConfig): void {
  const { insn, unit } = d;
  const refused: readonly (keyof Decoded['insn'])[] =
    unit === 'load' ? ['pop_prev_dep', 'push_prev_dep'] : unit === 'store' ? ['pop_next_dep', 'push_next_dep'] : [];
  for (const flag of refused) {
    if (insn[flag] === 1) fail(M.VTA1207, { unit: unit[0].toUpperCase() + unit.slice(1), flag }, atInsn(d.index, insn, config));
  }
}

/** How many instructions of Load and Store are known to be complete. */
interface Known {
  load: number;
  store: number;
}

/**
 * Plays the tokens of a program. Token counts do not depend on data or time, so whether a program completes, and what
 * is ordered before FINISH, is the same on every machine and known before it runs.
 *
 * @param tokens tokens left by earlier launches; updated to those left by this one
 * @returns an order of execution: each unit in program order, every pop after its push, otherwise as early in the
 *   program as possible
 * @throws VtaError VTA1201 deadlock; otherwise VTA1208 where an instruction of Load or Store is not ordered before FINISH
 */
export function orderByTokens(program: readonly Decoded[], tokens: Tokens, config: VtaConfig): Int32Array {
  const queues = Object.fromEntries(UNITS.map((u) => [u, program.filter((d) => d.unit === u)])) as Record<Unit, Decoded[]>;
  const next: Record<Unit, number> = { load: 0, compute: 0, store: 0 };
  const known: Record<Unit, Known> = { load: { load: 0, store: 0 }, compute: { load: 0, store: 0 }, store: { load: 0, store: 0 } };
  const inFlight = {} as Record<TokenChannel, Known[]>;
  const taken: Tokens = noTokens();
  for (const c of Object.keys(TOKEN_CHANNELS) as TokenChannel[])
    inFlight[c] = Array.from({ length: tokens[c] }, () => ({ load: 0, store: 0 }));
  const has = (c: TokenChannel) => taken[c] < inFlight[c].length;
  const order = new Int32Array(program.length);
  let beforeFinish: Known = { load: 0, store: 0 };
  for (let n = 0; n < program.length; n++) {
    const d = earliestReady(queues, next, has);
    if (d === null) deadlock(queues, next, has, config);
    const mine = known[d.unit];
    for (const c of popsOf(d)) {
      const token = inFlight[c][taken[c]++];
      mine.load = Math.max(mine.load, token.load);
      mine.store = Math.max(mine.store, token.store);
    }
    if (d.kind === 'finish') beforeFinish = { ...mine };
    next[d.unit]++;
    if (d.unit !== 'compute') mine[d.unit] = next[d.unit];
    for (const c of pushesOf(d)) inFlight[c].push({ ...mine });
    order[n] = d.index;
  }
  checkFinished(queues, beforeFinish, config);
  for (const c of Object.keys(tokens) as TokenChannel[]) tokens[c] = inFlight[c].length - taken[c];
  return order;
}

type Queues = Readonly<Record<Unit, readonly Decoded[]>>;

function earliestReady(queues: Queues, next: Readonly<Record<Unit, number>>, has: (c: TokenChannel) => boolean): Decoded | null {
  let best: Decoded | null = null;
  for (const unit of UNITS) {
    const d = queues[unit][next[unit]];
    if (d !== undefined && (best === null || d.index < best.index) && popsOf(d).every(has)) best = d;
  }
  return best;
}

function deadlock(queues: Queues, next: Readonly<Record<Unit, number>>, has: (c: TokenChannel) => boolean, config: VtaConfig): never {
  const stuck = UNITS.flatMap((u) => queues[u].slice(next[u], next[u] + 1));
  const waiting = stuck.map((d) => {
    const missing = popsOf(d).filter((c) => !has(c));
    return `instruction ${d.index} of ${d.unit} waits for a token from ${missing.map((c) => TOKEN_CHANNELS[c].from).join(' and ')}`;
  });
  fail(M.VTA1201, { waiting: waiting.join('; ') }, atInsn(stuck[0].index, stuck[0].insn, config));
}

/** FINISH must come after everything: what it does not wait for would still be queued or running. */
function checkFinished(queues: Queues, known: Known, config: VtaConfig): void {
  const behind = [queues.load[known.load], queues.store[known.store]].filter((d) => d !== undefined).sort((a, b) => a.index - b.index)[0];
  if (behind !== undefined) fail(M.VTA1208, { index: behind.index }, atInsn(behind.index, behind.insn, config));
}
