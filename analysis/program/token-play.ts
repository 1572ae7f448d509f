import { TOKEN_CHANNELS, type TokenChannel, UNITS, type Unit } from '#isa/spec/tables';
import type { Tokens } from '#simulator/values/tokens';

export const CHANNELS = Object.keys(TOKEN_CHANNELS) as readonly TokenChannel[];

/** What the tokens of a program depend on: one instruction. */
export interface TokenUser {
  readonly unit: Unit;
  readonly pops: readonly TokenChannel[];
  readonly pushes: readonly TokenChannel[];
}

/** Flags from bit 0: pop_prev, pop_next, push_prev, push_next, as instructions hold them from bit 3 on. Those without a neighbour do nothing. */
export function tokenUser(unit: Unit, flags: number): TokenUser {
  const [previous, next] = [UNITS[UNITS.indexOf(unit) - 1], UNITS[UNITS.indexOf(unit) + 1]];
  const between = (from: Unit | undefined, to: Unit | undefined) =>
    CHANNELS.filter((c) => TOKEN_CHANNELS[c].from === from && TOKEN_CHANNELS[c].to === to);
  return {
    unit,
    pops: [...((flags & 1) !== 0 ? between(previous, unit) : []), ...((flags & 2) !== 0 ? between(next, unit) : [])],
    pushes: [...((flags & 4) !== 0 ? between(unit, previous) : []), ...((flags & 8) !== 0 ? between(unit, next) : [])],
  };
}

/** How many instructions of load, compute and store are complete. */
export type Clock = readonly [load: number, compute: number, store: number];

/** A unit that cannot go on. */
export interface Waiting {
  readonly unit: Unit;
  /** The instruction at its head. */
  readonly insn: number;
  /** Channels whose token it waits for. */
  readonly missing: readonly TokenChannel[];
}

/** What became of a program's tokens. */
export interface TokenPlay {
  /** Instructions that run, in an order that tokens allow: each unit in program order, otherwise as early in the program as possible. */
  readonly order: readonly number[];
  /** The instructions of load, compute and store; and per instruction its place there, from 0. */
  readonly queues: readonly (readonly number[])[];
  readonly position: Int32Array;
  /** Per instruction that runs: what is complete, at the least, when it starts (its own unit: everything before it). */
  readonly clocks: readonly (Clock | undefined)[];
  /** Units that wait for ever; empty where the program comes to its end. */
  readonly waiting: readonly Waiting[];
  /** Instructions whose token is left in a channel at the end, oldest first; -1 for one that an earlier launch left. */
  readonly left: Readonly<Record<TokenChannel, readonly number[]>>;
  /** The most tokens that a channel may hold at a time, over all ways in which the units can take turns. */
  readonly peak: Readonly<Record<TokenChannel, number>>;
}

interface Token {
  readonly from: number;
  readonly clock: Clock;
}

const START: Clock = [0, 0, 0];
const perChannel = <T>(make: (c: TokenChannel) => T): Record<TokenChannel, T> =>
  Object.fromEntries(CHANNELS.map((c) => [c, make(c)])) as Record<TokenChannel, T>;

/** Plays tokens as far as they go. Which instructions run does not depend on the order in which units take turns. */
class Player {
  readonly queues: readonly number[][] = UNITS.map(() => []);
  private readonly known: [number, number, number][] = UNITS.map(() => [0, 0, 0]);
  private readonly next = [0, 0, 0];
  private readonly pushed: Record<TokenChannel, Token[]>;
  private readonly taken = perChannel(() => 0);
  /** Per channel: pops among the first n instructions of the unit that pops. */
  private readonly popsBefore: Record<TokenChannel, number[]>;
  private readonly peak: Record<TokenChannel, number>;
  readonly order: number[] = [];
  readonly position: Int32Array;
  readonly clocks: (Clock | undefined)[];

  constructor(
    private readonly users: readonly TokenUser[],
    before: Readonly<Tokens>,
  ) {
    this.pushed = perChannel((c) => Array.from({ length: before[c] }, () => ({ from: -1, clock: START })));
    this.peak = perChannel((c) => before[c]);
    this.popsBefore = perChannel(() => [0]);
    this.position = new Int32Array(users.length);
    this.clocks = new Array(users.length).fill(undefined);
    for (const [index, user] of users.entries()) {
      const queue = this.queues[UNITS.indexOf(user.unit)];
      this.position[index] = queue.length;
      queue.push(index);
    }
    for (const c of CHANNELS) {
      for (const index of this.queues[UNITS.indexOf(TOKEN_CHANNELS[c].to)]) {
        this.popsBefore[c].push(this.popsBefore[c].at(-1)! + (users[index].pops.includes(c) ? 1 : 0));
      }
    }
  }

  private missing(index: number): TokenChannel[] {
    return this.users[index].pops.filter((c) => this.taken[c] >= this.pushed[c].length);
  }

  private head(unit: number): number | undefined {
    return this.queues[unit][this.next[unit]];
  }

  /** The earliest instruction of the program that can run. */
  private ready(): number {
    let best = -1;
    for (let unit = 0; unit < UNITS.length; unit++) {
      const index = this.head(unit);
      if (index !== undefined && (best < 0 || index < best) && this.missing(index).length === 0) best = index;
    }
    return best;
  }

  private execute(index: number): void {
    const { unit, pops, pushes } = this.users[index];
    const u = UNITS.indexOf(unit);
    const mine = this.known[u];
    for (const c of pops) {
      const { clock } = this.pushed[c][this.taken[c]++];
      for (let i = 0; i < mine.length; i++) mine[i] = Math.max(mine[i], clock[i]);
    }
    this.clocks[index] = [...mine];
    this.order.push(index);
    mine[u] = ++this.next[u];
    for (const c of pushes) {
      this.pushed[c].push({ from: index, clock: [...mine] });
      const popped = this.popsBefore[c][mine[UNITS.indexOf(TOKEN_CHANNELS[c].to)]];
      this.peak[c] = Math.max(this.peak[c], this.pushed[c].length - popped);
    }
  }

  run(): TokenPlay {
    for (let index = this.ready(); index >= 0; index = this.ready()) this.execute(index);
    const waiting = UNITS.flatMap((unit, u): Waiting[] => {
      const insn = this.head(u);
      return insn === undefined ? [] : [{ unit, insn, missing: this.missing(insn) }];
    });
    const left = perChannel((c) => this.pushed[c].slice(this.taken[c]).map((t) => t.from));
    const { order, queues, position, clocks, peak } = this;
    return { order, queues, position, clocks, waiting, left, peak };
  }
}

/**
 * Plays the tokens of one launch.
 * @param users all instructions in program order
 * @param before tokens that earlier launches left
 */
export const playTokens = (users: readonly TokenUser[], before: Readonly<Tokens>): TokenPlay => new Player(users, before).run();

/** What a unit waits for: the unit that would have to push, which waits itself or has nothing left to do. */
export interface WaitEdge extends Waiting {
  readonly on: Unit;
  readonly channel: TokenChannel;
  /** Has the other unit executed all its instructions? */
  readonly ended: boolean;
}

/**
 * Explains a deadlock: units that wait for each other in a circle, or a chain that ends at a unit which has ended.
 * @param waiting at least one
 */
export function waitCycle(waiting: readonly Waiting[]): readonly WaitEdge[] {
  const edges = waiting.flatMap((w) =>
    w.missing.map((channel): WaitEdge => {
      const on = TOKEN_CHANNELS[channel].from;
      return { ...w, channel, on, ended: !waiting.some((x) => x.unit === on) };
    }),
  );
  const walk = (path: readonly WaitEdge[]): readonly WaitEdge[] | null => {
    const last = path[path.length - 1];
    const back = path.findIndex((e) => e.unit === last.on);
    if (back >= 0) return path.slice(back);
    for (const e of edges.filter((x) => x.unit === last.on)) {
      const found = walk([...path, e]);
      if (found !== null) return found;
    }
    return null;
  };
  const circles = edges.map((e) => walk([e])).filter((p) => p !== null);
  const chain = edges.filter((e) => e.ended).slice(0, 1);
  return circles[0] ?? chain;
}

/** Fetch cannot hand out an instruction, and nothing can go on. */
export interface QueueStall {
  readonly insn: number;
  readonly waiting: readonly Waiting[];
}

/**
 * Fetch hands out instructions in program order, and a unit's queue holds `depth`: does the program still come to its end?
 * The answer is the same whatever the time.
 */
export function queueStall(users: readonly TokenUser[], before: Readonly<Tokens>, depth: number): QueueStall | null {
  const tokens: Tokens = { ...before };
  const queues: number[][] = UNITS.map(() => []);
  const heads = [0, 0, 0];
  const missing = (index: number) => users[index].pops.filter((c) => tokens[c] === 0);
  let fetched = 0;
  for (let moved = true; moved; ) {
    moved = false;
    while (fetched < users.length) {
      const u = UNITS.indexOf(users[fetched].unit);
      if (queues[u].length - heads[u] >= depth) break;
      queues[u].push(fetched++);
      moved = true;
    }
    for (const u of UNITS.keys()) {
      for (; heads[u] < queues[u].length && missing(queues[u][heads[u]]).length === 0; heads[u]++) {
        const { pops, pushes } = users[queues[u][heads[u]]];
        for (const c of pops) tokens[c]--;
        for (const c of pushes) tokens[c]++;
        moved = true;
      }
    }
  }
  if (fetched === users.length) return null;
  const waiting = UNITS.flatMap((unit, u): Waiting[] => {
    const insn = queues[u][heads[u]];
    return insn === undefined ? [] : [{ unit, insn, missing: missing(insn) }];
  });
  return { insn: fetched, waiting };
}

/** The first instruction that, executed in program order, would find no token; -1 where program order is a legal order. */
export function firstOutOfOrder(users: readonly TokenUser[], before: Readonly<Tokens>): number {
  const tokens: Tokens = { ...before };
  for (const [index, { pops, pushes }] of users.entries()) {
    if (pops.some((c) => tokens[c] === 0)) return index;
    for (const c of pops) tokens[c]--;
    for (const c of pushes) tokens[c]++;
  }
  return -1;
}
