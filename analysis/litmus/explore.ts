import { fail, VtaError } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { type Footprint, footprintOf } from '#simulator/values/footprint';
import { playTokens, type TokenPlay } from '../program/token-play.js';
import { executePlain } from '#simulator/values/execute';
import type { PreparedProgram } from '#simulator/values/program';
import { checkUopRanges } from '#simulator/values/ranges';
import { type MachineState, resetMachineState } from '#simulator/values/state';
import { popsOf, pushesOf, type Tokens } from '#simulator/values/tokens';
import { litmusMessages as M } from './messages.js';
import { racingPairs } from './pairs.js';

/** Everything that instructions change: scratchpads, pad value, memory that is stored to. */
interface Snapshot {
  readonly pads: Uint8Array;
  readonly padValue: number;
  readonly stored: Uint8Array;
}

/** A machine's memories, saved and put back. */
export class World {
  /** @param from bytes of memory before `from` and from `to` on are never stored to */
  constructor(
    readonly state: MachineState,
    readonly dram: Uint8Array,
    private readonly from: number,
    private readonly to: number,
  ) {}

  save(): Snapshot {
    const { bytes, staging, padValue } = this.state;
    return { pads: bytes.slice(0, staging), padValue, stored: this.dram.slice(this.from, this.to) };
  }

  restore({ pads, padValue, stored }: Snapshot): void {
    resetMachineState(this.state); // also tells caches that micro-ops may have changed
    this.state.bytes.set(pads);
    this.state.padValue = padValue;
    this.dram.set(stored, this.from);
  }

  /** Exactly what is saved, as a text. */
  key(): string {
    const decoder = new TextDecoder('latin1');
    const { bytes, staging, padValue } = this.state;
    return `${padValue} ${decoder.decode(bytes.subarray(0, staging))}${decoder.decode(this.dram.subarray(this.from, this.to))}`;
  }

  /** Bytes of one {@link key}. */
  get size(): number {
    return this.state.staging + this.to - this.from;
  }
}

/** States that are visited and bytes that are kept before a test is refused. */
const MOST_STATES = 20_000;
const MOST_BYTES = 2 ** 29;

/** How a test may end, and what it took to know. */
export interface Exploration {
  /** Memories at the end, each once, by {@link World.key}; a diagnostic where an interleaving ends with one. */
  readonly ends: ReadonlyMap<string, Snapshot | string>;
  readonly pairs: readonly (readonly [number, number])[];
  readonly states: number;
}

/** Enumerates the interleavings of one launch. */
class Explorer {
  readonly ends = new Map<string, Snapshot | string>();
  private readonly seen = new Set<string>();
  private readonly play: TokenPlay;
  private readonly done = [0, 0, 0];
  private readonly tokens: Tokens;
  /** Instructions of other units that each one races with; null where which ones that are depends on values. */
  private rivals: readonly ReadonlySet<number>[] | null = null;
  pairs: readonly (readonly [number, number])[] = [];

  constructor(
    private readonly world: World,
    private readonly program: PreparedProgram,
    before: Readonly<Tokens>,
    private readonly reduce: boolean,
    private readonly name: string,
  ) {
    this.tokens = { ...before };
    this.play = playTokens(
      program.insns.map((d) => ({ unit: d.unit, pops: popsOf(d), pushes: pushesOf(d) })),
      before,
    );
  }

  /** Executes one order to learn what instructions touch, and puts everything back. */
  private survey(): void {
    const start = this.world.save();
    const footprints: Footprint[] = [];
    try {
      for (const insn of this.play.order) {
        const d = this.program.insns[insn];
        if ((d.kind === 'gemm' || d.kind === 'alu') && d.steps > 0) checkUopRanges(d, this.world.state);
        footprints[insn] = footprintOf(d, this.world.state.uop, this.world.state.config);
        executePlain(this.world.state, this.world.dram, d);
      }
    } finally {
      this.world.restore(start);
    }
    this.pairs = racingPairs(this.play, footprints);
    const loadsUops = (insn: number) => {
      const d = this.program.insns[insn];
      return d.kind === 'load' && d.memory === 'UOP';
    };
    if (this.pairs.some((p) => p.some(loadsUops))) return;
    const rivals = this.program.insns.map(() => new Set<number>());
    for (const [a, b] of this.pairs) {
      rivals[a].add(b);
      rivals[b].add(a);
    }
    this.rivals = rivals;
  }

  private ready(): number[] {
    return UNITS.flatMap((_, u) => {
      const insn = this.play.queues[u][this.done[u]];
      return insn !== undefined && popsOf(this.program.insns[insn]).every((c) => this.tokens[c] > 0) ? [insn] : [];
    });
  }

  private move(insn: number, by: 1 | -1): void {
    const d = this.program.insns[insn];
    this.done[UNITS.indexOf(d.unit)] += by;
    for (const c of popsOf(d)) this.tokens[c] -= by;
    for (const c of pushesOf(d)) this.tokens[c] += by;
  }

  /** An instruction whose turn makes no difference: nothing that is still to come races with it. */
  private indifferent(ready: readonly number[]): number | undefined {
    const { rivals } = this;
    if (!this.reduce || rivals === null) return ready.length === 1 && this.reduce ? ready[0] : undefined;
    const isDone = (insn: number) => this.play.position[insn] < this.done[UNITS.indexOf(this.program.insns[insn].unit)];
    return ready.find((insn) => [...rivals[insn]].every(isDone));
  }

  private note(key: string): boolean {
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    const bytes = this.seen.size * this.world.size;
    if (this.seen.size > MOST_STATES || bytes > MOST_BYTES) {
      fail(M.VTA4103, { test: this.name, reason: `it has more than ${this.seen.size - 1} states to look at` });
    }
    return true;
  }

  private execute(insn: number): boolean {
    try {
      executePlain(this.world.state, this.world.dram, this.program.insns[insn]);
      return true;
    } catch (error) {
      if (!(error instanceof VtaError)) throw error;
      this.ends.set(error.code, error.code);
      return false;
    }
  }

  /** Goes on from the state that the world is in; leaves the world in any state. */
  private visit(): void {
    const moved: number[] = [];
    for (;;) {
      const ready = this.ready();
      if (ready.length === 0) {
        this.ends.set(this.world.key(), this.world.save());
        break;
      }
      const only = this.indifferent(ready);
      if (only === undefined) {
        if (this.note(`${this.done.join()} ${this.world.key()}`)) this.branch(ready);
        break;
      }
      this.move(only, 1);
      moved.push(only);
      if (!this.execute(only)) break;
    }
    for (const insn of moved.reverse()) this.move(insn, -1);
  }

  private branch(ready: readonly number[]): void {
    const here = this.world.save();
    for (const insn of ready) {
      this.world.restore(here);
      this.move(insn, 1);
      if (this.execute(insn)) this.visit();
      this.move(insn, -1);
    }
  }

  run(): Exploration {
    this.survey();
    this.visit();
    return { ends: this.ends, pairs: this.pairs, states: this.seen.size };
  }
}

/**
 * Every way in which a launch may end, units taking turns as tokens allow, instruction by instruction.
 * @param reduce leave out interleavings that differ only in the order of instructions that do not race
 * @throws VtaError VTA4103 where there are too many; VTA1203
 */
export const explore = (world: World, program: PreparedProgram, before: Readonly<Tokens>, reduce: boolean, name: string): Exploration =>
  new Explorer(world, program, before, reduce, name).run();
