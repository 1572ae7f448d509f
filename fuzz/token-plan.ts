import { insn as makeInsn } from '#isa/codec/codec';
import type { Insn } from '#isa/spec/instructions';
import type { TokenChannel } from '#isa/spec/tables';
import { type Accesses, conflict } from './accesses.js';
import type { Random } from './random.js';

/** Units as numbers, in dependency order. */
export const LOAD = 0;
export const COMPUTE = 1;
export const STORE = 2;
export type UnitNumber = 0 | 1 | 2;

/** An instruction without tokens, in the order in which the values are meant. */
export interface Step {
  readonly insn: Insn;
  readonly unit: UnitNumber;
  readonly accesses: Accesses;
}

/** `serial`: each instruction waits for the one before. `least`: only tokens that are needed. `more`: also needless ones. */
export type Scheme = 'serial' | 'least' | 'more';
export const SCHEMES: readonly Scheme[] = ['serial', 'least', 'least', 'more'];

type Flag = 'pop_prev_dep' | 'pop_next_dep' | 'push_prev_dep' | 'push_next_dep';
type Clock = [load: number, compute: number, store: number];

interface Placed {
  readonly insn: Insn;
  readonly flags: Set<Flag>;
  readonly accesses: Accesses;
  /** Instructions of each unit that are complete when this one is. */
  readonly clock: Readonly<Clock>;
}

const NOTHING: Accesses = { reads: [], writes: [] };
const channelOf = (from: UnitNumber, to: UnitNumber): TokenChannel =>
  from === LOAD ? 'l2c' : from === STORE ? 's2c' : to === LOAD ? 'c2l' : 'c2s';

/** A synchronisation instruction of a unit (reference 3.7). */
export const syncOf = (unit: UnitNumber): Insn =>
  unit === STORE ? makeInsn('STORE') : makeInsn('LOAD', { memory_type: unit === LOAD ? 2 : 0 });

/**
 * Places tokens so that no two instructions that touch the same data can change their order. Every unit carries a vector clock:
 * how many instructions of each unit are complete before its next one starts. A token is popped by the instruction that is
 * being placed, and pushed by an earlier one of the neighbour that has not pushed before; so the n-th pop always belongs to the
 * n-th push, and the order of placement always runs.
 */
export class TokenPlan {
  private readonly units: readonly Placed[][] = [[], [], []];
  private readonly known: readonly Clock[] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  private readonly pending: readonly Set<Flag>[] = [new Set(), new Set(), new Set()];
  /** Position of the last instruction that pushed into a channel. */
  private readonly pushed: Record<TokenChannel, number> = { l2c: -1, c2l: -1, c2s: -1, s2c: -1 };
  private readonly order: UnitNumber[] = [];

  /** @param stale tokens that earlier launches left; they tell nothing and are popped before the first that does */
  constructor(
    private readonly r: Random,
    private readonly scheme: Scheme,
    private readonly stale: Record<TokenChannel, number>,
  ) {}

  /** The instructions of each unit with their flags. */
  get streams(): readonly (readonly Insn[])[] {
    return this.units.map((list) => list.map((p) => ({ ...p.insn, ...Object.fromEntries([...p.flags].map((f) => [f, 1])) }) as Insn));
  }

  /** The unit of every instruction in the order of placement. */
  get placement(): readonly UnitNumber[] {
    return this.order;
  }

  /** Places the next instruction of the program. */
  add(step: Step): void {
    const { unit, accesses } = step;
    if (this.scheme === 'serial' && this.order.length > 0) {
      const last = this.order[this.order.length - 1];
      this.ensure(unit, last, this.units[last].length);
    }
    if (this.scheme === 'more') this.needless(unit);
    for (const other of [LOAD, COMPUTE, STORE] as const) {
      if (other !== unit) this.ensure(unit, other, this.lastConflict(unit, other, accesses));
    }
    this.place(step);
  }

  /** Places FINISH behind everything, perhaps leaving tokens to the next launch, and returns how many are left. */
  finish(leave: boolean): Record<TokenChannel, number> {
    this.ensure(COMPUTE, LOAD, this.units[LOAD].length);
    this.ensure(COMPUTE, STORE, this.units[STORE].length);
    this.place({ insn: makeInsn('FINISH'), unit: COMPUTE, accesses: NOTHING });
    const left = { ...this.stale };
    for (const [from, to] of [
      [LOAD, COMPUTE],
      [COMPUTE, LOAD],
      [COMPUTE, STORE],
      [STORE, COMPUTE],
    ] as const) {
      const channel = channelOf(from, to);
      for (let at = this.pushed[channel] + 1; leave && at < this.units[from].length; at++) {
        if (!this.r.chance(0.3)) continue;
        this.units[from][at].flags.add(to > from ? 'push_next_dep' : 'push_prev_dep');
        left[channel]++;
      }
    }
    return left;
  }

  /** How many instructions of `other` must be complete before one with these accesses may start. */
  private lastConflict(unit: UnitNumber, other: UnitNumber, accesses: Accesses): number {
    const list = this.units[other];
    for (let at = list.length - 1; at >= this.known[unit][other]; at--) {
      if (conflict(list[at].accesses, accesses)) return at + 1;
    }
    return 0;
  }

  /** A token that orders nothing that has to be ordered. */
  private needless(unit: UnitNumber): void {
    const from = unit === COMPUTE ? this.r.pick([LOAD, STORE] as const) : COMPUTE;
    const first = this.pushed[channelOf(from, unit)] + 1;
    if (this.r.chance(0.35) && first < this.units[from].length) this.link(from, this.r.int(first, this.units[from].length - 1), unit);
  }

  /** Makes sure that `count` instructions of `other` are complete before the next of `unit` starts. */
  private ensure(unit: UnitNumber, other: UnitNumber, count: number): void {
    if (this.known[unit][other] >= count) return;
    if (unit !== COMPUTE && other !== COMPUTE) this.ensureThroughCompute(unit, other, count);
    else this.link(other, this.pushPlace(other, unit, count - 1), unit);
  }

  private ensureThroughCompute(unit: UnitNumber, other: UnitNumber, count: number): void {
    if (this.known[COMPUTE][other] < count) {
      this.ensure(COMPUTE, other, count);
      this.place({ insn: syncOf(COMPUTE), unit: COMPUTE, accesses: NOTHING });
    }
    const first = this.units[COMPUTE].findIndex((p) => p.clock[other] >= count);
    this.link(COMPUTE, this.pushPlace(COMPUTE, unit, first), unit);
  }

  /** A place from `first` on for a push that comes after all earlier pushes. */
  private pushPlace(from: UnitNumber, to: UnitNumber, first: number): number {
    const low = Math.max(first, this.pushed[channelOf(from, to)] + 1);
    const high = this.units[from].length - 1;
    if (low > high) throw new Error('internal error: no place for a token');
    return this.r.chance(0.6) ? low : this.r.int(low, high);
  }

  /** A token from instruction `at` of `from` to the next instruction of `to`. */
  private link(from: UnitNumber, at: number, to: UnitNumber): void {
    const channel = channelOf(from, to);
    const pop: Flag = from < to ? 'pop_prev_dep' : 'pop_next_dep';
    for (; this.stale[channel] > 0; this.stale[channel]--) {
      this.makeRoom(to, pop);
      this.pending[to].add(pop);
    }
    this.makeRoom(to, pop);
    this.pending[to].add(pop);
    this.units[from][at].flags.add(from < to ? 'push_next_dep' : 'push_prev_dep');
    this.pushed[channel] = at;
    const { clock } = this.units[from][at];
    for (const u of [LOAD, COMPUTE, STORE] as const) this.known[to][u] = Math.max(this.known[to][u], clock[u]);
  }

  /** An instruction pops one token of a channel: if the next one does so already, a synchronisation comes before it. */
  private makeRoom(unit: UnitNumber, pop: Flag): void {
    if (this.pending[unit].has(pop)) this.place({ insn: syncOf(unit), unit, accesses: NOTHING });
  }

  private place({ insn, unit, accesses }: Step): void {
    this.known[unit][unit]++;
    this.units[unit].push({ insn, accesses, flags: new Set(this.pending[unit]), clock: [...this.known[unit]] });
    this.pending[unit].clear();
    this.order.push(unit);
  }
}
