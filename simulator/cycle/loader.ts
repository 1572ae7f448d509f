import { NO_CYCLE } from '#isa/arch/trace';
import { Bursts } from './bursts.js';
import { NEVER } from './time.js';
import { LOADER_BEATS, LOADER_INSNS, READ_BURSTS, ringMask } from './parameters.js';
import { NOP, type TimingInsn } from './program.js';
import type { ReadPorts } from './ports.js';
import type { ReadClient } from './read-client.js';
import type { StateWalk } from './state-walk.js';
import { Steady } from './steady.js';

/** Slots for instructions of a loader: the one that is accepted next takes the place of one that is finished, and so retired. */
export const SLOTS = LOADER_INSNS;
const SLOT_MASK = ringMask(SLOTS);

/** More bursts of `beats` beats than LOADER_BEATS holds: a request depends on no older ones. */
const depthOf = (beats: number): number => Math.ceil(LOADER_BEATS / beats) + 2;

/**
 * timing.md, Loader: command engine and walker. The walker runs ahead of time over all beats whose transfer is known; a
 * subclass says when a first step is possible and takes over where steps can be held up (ACC).
 */
export abstract class Loader {
  /** Instructions accepted, and finished by the walker (perhaps in a cycle to come). */
  accepted = 0;
  walked = 0;
  protected readonly insns: TimingInsn[];
  private readonly acceptAt = new Float64Array(SLOTS);
  private readonly lastStep = new Float64Array(SLOTS);

  private active = false;
  private activeFrom = 0;
  private idleAt = 0;

  /** Walker: the instruction in progress has begun; cycle of its newest step (or of the newest in which it waited). */
  protected begun = false;
  protected stepAt = -1;
  /** Cycle of its first step; {@link NO_CYCLE} until known. */
  protected firstStep = NO_CYCLE;
  protected rowsLeft = 0;
  protected beatsLeft = 0;

  protected readonly client: ReadClient;
  protected readonly bursts: Bursts;
  private readonly steady = new Steady();

  /** @param number of the read client */
  constructor(
    protected readonly ports: ReadPorts,
    private readonly number: number,
    placeholder: TimingInsn,
  ) {
    this.client = ports.read.clients[number];
    this.bursts = new Bursts(ports.p, ports.p.burstBytes, placeholder);
    this.insns = new Array(SLOTS).fill(placeholder);
  }

  /** First cycle in which the hazards of the instruction in `slot` are known to be clear; {@link NEVER} if not known. */
  protected abstract clearAt(slot: number): number;
  /** The last step of the instruction in `slot` is in cycle w. */
  protected abstract finished(slot: number, w: number): void;
  /** Walks an instruction that writes ACC. @returns whether it is finished (then in {@link stepAt}) */
  protected abstract walkAcc(insn: TimingInsn, t: number): boolean;

  protected slotOf(sequence: number): number {
    return sequence & SLOT_MASK;
  }
  /** Cycle of the last step of instruction `sequence`; {@link NEVER} if not known. */
  lastStepOf(sequence: number): number {
    return this.lastStep[sequence & SLOT_MASK];
  }

  /** Earliest cycle in which the command engine can accept: idle, and fewer than LOADER_INSNS unfinished. */
  canAcceptAt(): number {
    if (this.active) return NEVER;
    return this.accepted < LOADER_INSNS
      ? this.idleAt
      : Math.max(this.idleAt, this.lastStep[(this.accepted - LOADER_INSNS) & SLOT_MASK] + 1);
  }

  /** Is the command engine at work, and the time of every beat requested so far known? */
  protected streaming(): boolean {
    return this.active && this.client.consumed === this.client.requested;
  }
  /** While it is: a cycle before which the instruction at work is not finished. */
  protected lastStepFrom(): number {
    return this.commandAt() + this.bursts.beatsAhead() * this.ports.p.interval;
  }

  /** First cycle in which every accepted instruction is finished; {@link NEVER} if not known. */
  unfinishedUntil(): number {
    return this.accepted === 0 ? 0 : this.lastStepOf(this.accepted - 1) + 1;
  }

  accept(insn: TimingInsn, s: number): number {
    const slot = this.accepted++ & SLOT_MASK;
    this.insns[slot] = insn;
    this.acceptAt[slot] = s;
    this.lastStep[slot] = NEVER;
    if (insn.rows === 0) {
      this.idleAt = s + 2;
      return slot;
    }
    this.active = true;
    this.activeFrom = s + 1;
    this.bursts.start(insn);
    return slot;
  }

  /** First cycle in which the command engine can put the next burst into the request register; {@link NEVER} if not known. */
  protected commandAt(): number {
    if (!this.active || this.client.requestAt !== NEVER) return NEVER;
    return Math.max(this.activeFrom, this.client.roomAt(this.bursts.beats, LOADER_BEATS));
  }

  /** The command engine in cycle t, if {@link commandAt} allows it. */
  protected command(t: number): void {
    if (this.commandAt() > t) return;
    this.ports.read.put(this.number, this.bursts.beats, t);
    this.commanded(t);
  }

  /** A burst went to the request register in cycle t: one per cycle. */
  private commanded(t: number): void {
    this.activeFrom = t + 1;
    if (this.bursts.next()) return;
    this.active = false;
    this.idleAt = t + 1;
  }

  /**
   * Command engine and walker together, up to a cycle `horizon` before which nothing else can happen: each burst is requested, granted,
   * transferred and consumed in one go.
   */
  protected train(horizon: number): void {
    const { client, bursts, steady } = this;
    const { read, recorder } = this.ports;
    if (!this.begun || this.walked !== this.accepted - 1 || client.consumed !== client.requested || !read.streams()) return;
    const insn = this.insns[this.walked & SLOT_MASK];
    const free = this.freeUntil(insn, horizon);
    steady.forget();
    while (this.active) {
      const { beats } = bursts;
      const room = client.roomAt(beats, LOADER_BEATS);
      const e = room > this.activeFrom ? room : this.activeFrom;
      if (e >= horizon || this.stepAt >= free) return;
      const first = read.stream(this.number, beats, e);
      if (first < 0) return;
      this.commanded(e);
      const from = this.stepAt + 1;
      const last = client.lastConsumed(beats, first, from);
      if (last > free) {
        client.requested += beats;
        client.arriveStreaming(beats, first);
        return;
      }
      client.pass(beats, first, from);
      if (this.firstStep === NO_CYCLE) this.firstStep = Math.max(from, first + 1);
      this.stepAt = last;
      if (insn.writesAcc) this.tookAcc(insn, beats);
      else {
        this.beatsLeft -= beats;
        if (this.beatsLeft === 0) this.endRow(insn);
      }
      steady.note(beats, e, read.lastTransfer, this.stepAt);
      if (recorder === null && this.active && steady.same > depthOf(beats)) this.skip(insn, beats, e, horizon, free);
    }
  }

  /** The last cycle up to which no step of an instruction whose next step takes data can be held up, where nothing else happens before `horizon`. */
  protected abstract freeUntil(insn: TimingInsn, horizon: number): number;

  /** A burst of ACC was consumed whole. */
  protected abstract tookAcc(insn: TimingInsn, beats: number): void;
  /** Bursts were, up to the one at hand. */
  protected tookTo(insn: TimingInsn): void {
    this.rowsLeft = insn.rows - this.bursts.row;
    this.beatsLeft = this.bursts.beatsInRow();
  }

  /** The train is steady: so are the bursts ahead that are like the newest, which was requested in cycle e. */
  private skip(insn: TimingInsn, beats: number, e: number, horizon: number, free: number): void {
    const { bursts, client, steady } = this;
    const { read } = this.ports;
    const { period } = steady;
    // The limit of outstanding bursts stays away too.
    if (read.lastTransfer - e > READ_BURSTS * period) return;
    const most = Math.floor(Math.min(horizon - 1 - e, free - this.stepAt) / period);
    const count = bursts.skip(beats, most, insn.padLeft + insn.padRight === 0);
    steady.forget();
    if (count === 0) return;
    client.skip(count, count * beats, period, depthOf(beats));
    read.skip(count, count * beats, period);
    this.stepAt += count * period;
    this.activeFrom += count * period;
    this.tookTo(insn);
  }

  visit(w: StateWalk): void {
    const { accepted } = this;
    w.plain(accepted - this.walked);
    w.plain(this.active);
    this.activeFrom = w.cycle(this.activeFrom);
    this.idleAt = w.cycle(this.idleAt);
    if (this.active) this.bursts.visit(w);
    w.plain(this.begun);
    this.stepAt = w.cycle(this.stepAt);
    this.firstStep = w.mark(this.firstStep);
    if (this.begun) {
      w.plain(this.rowsLeft);
      w.plain(this.beatsLeft);
    }
    const oldest = this.oldestHeld();
    for (let n = 1; n <= SLOTS; n++) {
      const slot = (accepted - n) & SLOT_MASK;
      this.lastStep[slot] = w.cycle(this.lastStep[slot]);
      if (accepted - n < oldest) continue;
      this.insns[slot] = w.insn(this.insns[slot]);
      this.acceptAt[slot] = w.cycle(this.acceptAt[slot]);
    }
  }
  /** Sequence number of the oldest instruction that is still asked for. */
  protected abstract oldestHeld(): number;

  /** Walks as far as is known. */
  protected walk(t: number): void {
    const { recorder } = this.ports;
    while (this.walked < this.accepted) {
      const slot = this.walked & SLOT_MASK;
      const insn = this.insns[slot];
      if (!this.begun && !this.begin(insn, slot)) return;
      const finished = insn.writesAcc && insn.elements > 0 ? this.walkAcc(insn, t) : this.walkAhead(insn);
      if (!finished) return;
      this.begun = false;
      this.lastStep[slot] = this.stepAt;
      if (recorder !== null) {
        recorder.insns.started[insn.index] = this.firstStep;
        recorder.insns.finished[insn.index] = this.stepAt;
      }
      this.walked++;
      this.finished(slot, this.stepAt);
    }
  }

  private begin(insn: TimingInsn, slot: number): boolean {
    // "from the cycle after accept", and the first step in the cycle after the last one of the instruction before.
    const first = Math.max(this.acceptAt[slot] + 1, this.clearAt(slot));
    if (first === NEVER) return false;
    this.begun = true;
    this.firstStep = NO_CYCLE;
    this.stepAt = Math.max(this.stepAt, first - 1);
    this.rowsLeft = insn.rows;
    this.beatsLeft = insn.rows > 0 ? this.bursts.rowBeats(insn, 0) : 0;
    this.beginSteps(insn);
    return true;
  }

  protected beginSteps(insn: TimingInsn): void {
    const empty = insn.kind === NOP || insn.elements === 0;
    const steps = empty ? 1 : insn.rows > 0 ? insn.padBefore + insn.padLeft : insn.padBefore + insn.padAfter;
    if (steps > 0) this.firstStep = this.stepAt + 1;
    this.stepAt += steps;
  }

  /** One step per padding element or beat, none of which can be held up. */
  private walkAhead(insn: TimingInsn): boolean {
    const { client } = this;
    if (this.firstStep === NO_CYCLE) {
      const visible = client.nextVisible();
      if (visible === NEVER) return false;
      this.firstStep = Math.max(this.stepAt + 1, visible);
    }
    while (this.rowsLeft > 0) {
      while (this.beatsLeft > 0) {
        // A burst never leaves its row.
        const whole = client.wholeBurst();
        if (whole > 0) {
          this.stepAt = client.consumeBurst(this.stepAt + 1);
          this.beatsLeft -= whole;
          continue;
        }
        const visible = client.nextVisible();
        if (visible === NEVER) return false;
        this.stepAt = Math.max(this.stepAt + 1, visible);
        client.consume(this.stepAt);
        this.beatsLeft--;
      }
      this.endRow(insn);
    }
    return true;
  }

  /** The last beat of a row is consumed: the padding behind it and before the next. */
  private endRow(insn: TimingInsn): void {
    this.rowsLeft--;
    this.stepAt += insn.padRight + (this.rowsLeft > 0 ? insn.padLeft : insn.padAfter);
    if (this.rowsLeft > 0) this.beatsLeft = this.bursts.rowBeats(insn, insn.rows - this.rowsLeft);
  }
}
