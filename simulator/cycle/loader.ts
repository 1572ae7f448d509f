import { Bursts } from './bursts.js';
import { NEVER } from './entry.js';
import { LOADER_BEATS, LOADER_INSNS } from './parameters.js';
import { NO_CYCLE } from '#isa/arch/trace';
import { NOP, type TimingInsn } from './program.js';
import type { Machine } from './machine.js';
import type { ReadClient } from './read-client.js';

/** Slots for instructions of a loader: more than are accepted and not retired. */
const SLOTS = 32;
const SLOT_MASK = SLOTS - 1;

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
  private commandInsn: TimingInsn;
  private commandRow = 0;
  private to = 0;
  private rowEnd = 0;
  private beats = 0;

  /** Walker: the instruction in progress has begun; cycle of its newest step (or of the newest in which it waited). */
  protected begun = false;
  protected stepAt = -1;
  /** Cycle of its first step; {@link NO_CYCLE} until known. */
  protected firstStep = NO_CYCLE;
  protected rowsLeft = 0;
  protected beatsLeft = 0;

  protected readonly client: ReadClient;
  private readonly bursts: Bursts;

  /** @param number of the read client */
  constructor(
    protected readonly machine: Machine,
    private readonly number: number,
    placeholder: TimingInsn,
  ) {
    this.client = machine.read.clients[number];
    this.bursts = new Bursts(machine.p);
    this.insns = new Array(SLOTS).fill(placeholder);
    this.commandInsn = placeholder;
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
    this.commandInsn = insn;
    this.commandRow = 0;
    this.burst(insn.address, insn.address + insn.rowBytes);
    return slot;
  }

  private burst(from: number, rowEnd: number): void {
    this.rowEnd = rowEnd;
    this.to = this.bursts.end(from, rowEnd);
    this.beats = this.bursts.beats(from, this.to);
  }

  /** First cycle in which the command engine can put the next burst into the request register; {@link NEVER} if not known. */
  protected commandAt(): number {
    if (!this.active || this.client.requestAt !== NEVER) return NEVER;
    return Math.max(this.activeFrom, this.client.roomAt(this.beats, LOADER_BEATS));
  }

  /** The command engine in cycle t, if {@link commandAt} allows it. */
  protected command(t: number): void {
    if (this.commandAt() > t) return;
    this.machine.read.put(this.number, this.beats, t);
    // One burst per cycle.
    this.activeFrom = t + 1;
    const i = this.commandInsn;
    if (this.to < this.rowEnd) this.burst(this.to, this.rowEnd);
    else if (++this.commandRow < i.rows) {
      const from = i.address + this.commandRow * i.rowStride;
      this.burst(from, from + i.rowBytes);
    } else {
      this.active = false;
      this.idleAt = t + 1;
    }
  }

  /** Walks as far as is known. */
  protected walk(t: number): void {
    const { recorder } = this.machine;
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
    this.beatsLeft = insn.rows > 0 ? this.rowBeats(insn, 0) : 0;
    this.beginSteps(insn);
    return true;
  }

  protected beginSteps(insn: TimingInsn): void {
    const empty = insn.kind === NOP || insn.elements === 0;
    const steps = empty ? 1 : insn.rows > 0 ? insn.padBefore + insn.padLeft : insn.padBefore + insn.padAfter;
    if (steps > 0) this.firstStep = this.stepAt + 1;
    this.stepAt += steps;
  }

  protected rowBeats(insn: TimingInsn, row: number): number {
    const from = insn.address + row * insn.rowStride;
    return this.bursts.beats(from, from + insn.rowBytes);
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
      this.rowsLeft--;
      this.stepAt += insn.padRight + (this.rowsLeft > 0 ? insn.padLeft : insn.padAfter);
      if (this.rowsLeft > 0) this.beatsLeft = this.rowBeats(insn, insn.rows - this.rowsLeft);
    }
    return true;
  }
}
