import { NEVER } from './entry.js';
import { beatsOf, burstEnd, LOADER_BEATS, LOADER_INSNS, type Parameters } from './parameters.js';
import { NOP, type TimingInsn } from './program.js';
import type { ReadClient } from './read-client.js';
import type { ReadEngine } from './read-engine.js';

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
  private beats = 0;

  /** Walker: the instruction in progress has begun; cycle of its newest step (or of the newest in which it waited). */
  protected begun = false;
  protected stepAt = -1;
  protected rowsLeft = 0;
  protected beatsLeft = 0;

  constructor(
    protected readonly p: Parameters,
    protected readonly client: ReadClient,
    private readonly engine: ReadEngine,
    placeholder: TimingInsn,
  ) {
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
    this.burst(insn.address);
    return slot;
  }

  private burst(from: number): void {
    const i = this.commandInsn;
    this.to = burstEnd(from, i.address + this.commandRow * i.rowStride + i.rowBytes, this.p.burstBytes);
    this.beats = beatsOf(from, this.to, this.p.beatBytes);
  }

  /** The command engine in cycle t. @returns the next cycle in which it may do something, as far as known */
  protected command(t: number): number {
    if (!this.active) return NEVER;
    if (t < this.activeFrom) return this.activeFrom;
    if (this.client.requestAt !== NEVER) return NEVER;
    const room = this.client.roomAt(this.beats, LOADER_BEATS);
    if (room > t) return room;
    this.client.put(this.beats, t);
    this.engine.requested(this.client);
    const i = this.commandInsn;
    if (this.to < i.address + this.commandRow * i.rowStride + i.rowBytes) this.burst(this.to);
    else if (++this.commandRow < i.rows) this.burst(i.address + this.commandRow * i.rowStride);
    else {
      this.active = false;
      this.idleAt = t + 1;
    }
    return NEVER;
  }

  /** Walks as far as is known. */
  protected walk(t: number): void {
    while (this.walked < this.accepted) {
      const slot = this.walked & SLOT_MASK;
      const insn = this.insns[slot];
      if (!this.begun && !this.begin(insn, slot)) return;
      const finished = insn.writesAcc && insn.elements > 0 ? this.walkAcc(insn, t) : this.walkAhead(insn);
      if (!finished) return;
      this.begun = false;
      this.lastStep[slot] = this.stepAt;
      this.walked++;
      this.finished(slot, this.stepAt);
    }
  }

  private begin(insn: TimingInsn, slot: number): boolean {
    // "from the cycle after accept", and the first step in the cycle after the last one of the instruction before.
    const first = Math.max(this.acceptAt[slot] + 1, this.clearAt(slot));
    if (first === NEVER) return false;
    this.begun = true;
    this.stepAt = Math.max(this.stepAt, first - 1);
    this.rowsLeft = insn.rows;
    this.beatsLeft = insn.rows > 0 ? this.rowBeats(insn, 0) : 0;
    this.beginSteps(insn);
    return true;
  }

  protected beginSteps(insn: TimingInsn): void {
    if (insn.kind === NOP || insn.elements === 0) this.stepAt++;
    else this.stepAt += insn.rows > 0 ? insn.padBefore + insn.padLeft : insn.padBefore + insn.padAfter;
  }

  protected rowBeats(insn: TimingInsn, row: number): number {
    const from = insn.address + row * insn.rowStride;
    return beatsOf(from, from + insn.rowBytes, this.p.beatBytes);
  }

  /** One step per padding element or beat, none of which can be held up. */
  private walkAhead(insn: TimingInsn): boolean {
    const { client } = this;
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
