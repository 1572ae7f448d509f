import type { VtaConfig } from '#isa/config/config';
import { Compute, type ComputePorts } from './compute.js';
import { type UopFields, uopFields } from './entry.js';
import { NEVER } from './time.js';
import { Fetch } from './fetch.js';
import { Horizon, type HorizonUnits } from './horizon.js';
import { type LoadPorts, LoadUnit } from './load.js';
import type { Parameters } from './parameters.js';
import { COMPUTE_UNIT, LOAD_UNIT, STORE_UNIT, type TimingInsn } from './program.js';
import { CommandQueue } from './queue.js';
import { ReadEngine } from './read-engine.js';
import type { Recorder } from './recorder.js';
import { Recurrence, type RepeatingMachine } from './recurrence.js';
import { Scratch } from './scratch.js';
import type { StateWalk } from './state-walk.js';
import { type StorePorts, StoreUnit } from './store.js';
import type { StoppedMachine } from './stuck.js';
import { L2C, S2C, TokenCounters } from './tokens.js';
import type { Values } from './values.js';

/** Called for every retired instruction, in the order of cycles. */
export type OnRetire = (insn: TimingInsn, cycle: number, hash: number) => void;

/**
 * One launch, from cycle 0. Units see each other through the ports that they declare; this class connects them. What units say to each other in a cycle is seen in the next, except where timing.md says otherwise.
 */
export class Machine implements LoadPorts, ComputePorts, StorePorts, HorizonUnits, RepeatingMachine, StoppedMachine {
  readonly read: ReadEngine;
  readonly queues: readonly CommandQueue[];
  readonly tokens: TokenCounters;
  readonly uopFields: UopFields;
  readonly fetch: Fetch;
  readonly load: LoadUnit;
  readonly compute: Compute;
  readonly store: StoreUnit;
  readonly horizon: Horizon;
  /** The cycle register: the cycle in which FINISH retired. */
  cycles = -1;
  /** Instructions not retired. */
  left: number;
  /** Write hashes of instructions that took effect. */
  private readonly hashes: Float64Array;
  private readonly recurrence: Recurrence | null;

  constructor(
    config: VtaConfig,
    readonly p: Parameters,
    readonly insns: readonly TimingInsn[],
    insnAddr: number,
    readonly values: Values,
    readonly onRetire: OnRetire | null,
    tokens: readonly number[],
    readonly recorder: Recorder | null = null,
    scratch = new Scratch(insns[0]),
  ) {
    this.uopFields = uopFields(config);
    this.queues = scratch.queues.map((slots) => new CommandQueue(slots));
    this.tokens = new TokenCounters(tokens);
    this.read = new ReadEngine(p, recorder, scratch.clients);
    this.fetch = new Fetch(
      p,
      insns,
      insnAddr,
      this.read.clients[0],
      this.read,
      this.queues,
      recorder,
      (t, chunkRoom) => this.fetchRestsUntil(t, chunkRoom),
      (unit, t) => this.wake(unit, t),
    );
    this.horizon = new Horizon(this);
    this.load = new LoadUnit(this, insns[0]);
    this.compute = new Compute(this, insns[0], scratch);
    this.store = new StoreUnit(this, this.compute.guard, insns[0]);
    this.left = insns.length;
    this.hashes = new Float64Array(onRetire === null ? 0 : insns.length);
    this.recurrence = Recurrence.of(this);
  }

  /**
   * Runs until every instruction is retired, visiting only cycles in which a unit may change.
   * @returns whether they all are; if not, no unit can ever do anything again
   */
  run(): boolean {
    const { read, fetch, load, compute, store, recurrence } = this;
    const { loader } = compute;
    let fetched = 0;
    while (this.left > 0) {
      let t = read.at;
      if (fetch.at < t) t = fetch.at;
      if (load.at < t) t = load.at;
      if (compute.at < t) t = compute.at;
      if (loader.at < t) t = loader.at;
      if (store.at < t) t = store.at;
      if (t === NEVER) return false;
      if (recurrence !== null && fetch.bursts !== fetched) {
        fetched = fetch.bursts;
        t += recurrence.mark(t);
      }
      // A client may refill its request register in the cycle of the grant, so the read engine goes first, then its clients
      // by priority; the compute loader asks which banks GEMM and ALU write in this cycle, so it goes after compute.
      if (read.at <= t) {
        const granted = read.step(t);
        if (granted === 0) fetch.at = t;
        else if (granted === 1) loader.at = t;
        else if (granted === 2) load.at = t;
      }
      if (fetch.at <= t) fetch.step(t);
      if (compute.at <= t) compute.step(t);
      if (loader.at <= t) loader.step(t);
      if (load.at <= t) load.step(t);
      if (store.at <= t) store.step(t);
    }
    return true;
  }

  wake(unit: number, t: number): void {
    const u = unit === LOAD_UNIT ? this.load : unit === COMPUTE_UNIT ? this.compute : this.store;
    if (t < u.at) u.at = t;
  }

  wakeFetch(t: number): void {
    this.fetch.wake(t);
  }
  wakeBlockedStore(t: number): void {
    const { store } = this;
    if (store.blocked && t < store.at) store.at = t;
  }
  fetchWaitsFor(unit: number): boolean {
    return this.fetch.resting || this.fetch.blockedBy === unit;
  }
  fetchBlockedBy(unit: number): boolean {
    return this.fetch.blockedBy === unit;
  }
  get uops(): Uint32Array {
    return this.values.state.uop;
  }

  take(unit: number, s: number): void {
    if (this.recorder !== null) this.recorder.insns.accepted[this.queues[unit].head()] = s;
    this.queues[unit].take();
    if (this.fetch.blockedBy === unit) this.fetch.resume(s);
    if (unit !== STORE_UNIT && this.fetch.resting && this.queues[unit].headAt() > s + 1) this.fetch.wake(s + 1);
  }

  /** timing.md, Fetch: when it does not rest, from t on. Whatever may end a rest that has no known end calls {@link Fetch.wake}. */
  private fetchRestsUntil(t: number, chunkRoom: number): number {
    const { queues, load, compute } = this;
    const supplied = (unit: number) => queues[unit].headAt() <= t;
    if (!supplied(LOAD_UNIT) && !supplied(COMPUTE_UNIT)) return t;
    if (!supplied(LOAD_UNIT) || !supplied(COMPUTE_UNIT)) return Math.max(t, chunkRoom);
    if (compute.rob.head < compute.rob.tail) return NEVER;
    return Math.max(t, chunkRoom, load.unfinishedUntil());
  }

  execute(insn: TimingInsn): void {
    this.recurrence?.happened.effect(insn.index);
    this.effect(insn);
  }
  effect(insn: TimingInsn): void {
    const hash = this.values.execute(insn);
    if (this.onRetire !== null) this.hashes[insn.index] = hash;
  }
  report(insn: TimingInsn, cycle: number): void {
    this.onRetire?.(insn, cycle, this.hashes[insn.index]);
  }

  /** What is worked out late is brought to the end of the cycle before t, the next one in which something happens. */
  settle(t: number): void {
    this.compute.alu.settle(t - 1);
  }
  /** The whole state, but for values. */
  visit(w: StateWalk): void {
    this.fetch.visit(w);
    this.tokens.visit(w);
    for (const queue of this.queues) queue.visit(w);
    if (w.differs) return;
    this.read.visit(w);
    this.load.visit(w);
    this.store.visit(w);
    if (!w.differs) this.compute.visit(w);
  }

  /** An instruction retires in cycle r. Load and store push their tokens then. */
  retire(insn: TimingInsn, r: number): void {
    this.left--;
    this.recurrence?.happened.retirement(insn.index, r);
    if (this.recorder !== null) this.recorder.insns.retired[insn.index] = r;
    if (insn.isFinish) this.cycles = r;
    this.report(insn, r);
    if (insn.pushes === 0 || insn.unit === COMPUTE_UNIT) return;
    this.tokens.push(insn.unit === LOAD_UNIT ? L2C : S2C, r);
    if (r + 1 < this.compute.at) this.compute.at = r + 1;
  }
}
