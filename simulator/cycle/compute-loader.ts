import { NO_CYCLE } from '#isa/arch/trace';
import type { Compute } from './compute.js';
import { type Entry, NEVER } from './entry.js';
import { Loader } from './loader.js';
import type { Machine } from './machine.js';
import { GEMM_WRITE } from './parameters.js';
import type { TimingInsn } from './program.js';

/** timing.md, Loader in compute: UOP, ACC and ACC_8BIT. */
export class ComputeLoader extends Loader {
  /** Next cycle in which something can change. */
  at = NEVER;
  private readonly entries: Entry[];
  private readonly sequences = new Float64Array(32);
  /** Cycle in which the walker of an ACC load is to be called again. */
  private walkAt = NEVER;
  private padsLeft = 0;
  private element = 0;
  private beatsIn = 0;
  private beatAddress = 0;
  private columnsLeft = 0;

  constructor(
    machine: Machine,
    private readonly compute: Compute,
    placeholder: TimingInsn,
  ) {
    super(machine, 1, placeholder);
    this.entries = new Array(32).fill(compute.rob.at(0));
  }

  protected clearAt(slot: number): number {
    return this.compute.rob.clearAt(this.sequences[slot]);
  }

  /** A load entry whose last step is in cycle w is done in w+1. */
  protected finished(slot: number, w: number): void {
    this.compute.loadDone(this.entries[slot], w + 1);
  }

  step(t: number): void {
    this.walkAt = NEVER;
    this.command(t);
    this.walk(t);
    const acceptAt = this.tryAccept(t);
    this.at = Math.min(this.walkAt, this.commandAt(), acceptAt);
  }

  /** Does the walker wait for hazards? */
  get waits(): boolean {
    return !this.begun && this.walked < this.accepted;
  }

  private tryAccept(t: number): number {
    const sequence = this.compute.nextLoad();
    if (sequence < 0) return NEVER;
    const entry = this.compute.rob.at(sequence);
    const ready = Math.max(entry.visibleAt, this.canAcceptAt());
    if (ready > t) return ready;
    this.compute.loadAccepted();
    const slot = this.accept(entry.insn, t);
    this.entries[slot] = entry;
    this.sequences[slot] = sequence;
    this.walk(t);
    return t + 1;
  }

  protected override beginSteps(insn: TimingInsn): void {
    if (!insn.writesAcc || insn.elements === 0) {
      super.beginSteps(insn);
      return;
    }
    this.element = insn.sramBase;
    this.beatsIn = 0;
    this.padsLeft = insn.rows > 0 ? insn.padBefore + insn.padLeft : insn.padBefore + insn.padAfter;
    this.beginRow(insn);
  }

  private beginRow(insn: TimingInsn): void {
    this.beatAddress = insn.address + (insn.rows - this.rowsLeft) * insn.rowStride;
    this.columnsLeft = insn.rowBytes / insn.elementBytes;
    if (this.rowsLeft > 0) this.beatsLeft = this.bursts.rowBeats(insn, insn.rows - this.rowsLeft);
  }

  /**
   * Steps that write ACC wait for banks that GEMM or ALU write. GEMM's writes are known `GEMM_WRITE` cycles ahead, the ALU's only
   * in the present.
   */
  protected walkAcc(insn: TimingInsn, t: number): boolean {
    const { client, compute } = this;
    const limit = compute.alu.idle(t) ? t + GEMM_WRITE : t;
    for (;;) {
      const data = this.padsLeft === 0;
      if (data && this.rowsLeft === 0) return true;
      const visible = data ? client.nextVisible() : 0;
      if (visible === NEVER) return false;
      const c = Math.max(this.stepAt + 1, visible);
      if (c > limit) {
        this.walkAt = c;
        return false;
      }
      this.stepAt = c;
      const writes = data ? this.beatWrites(insn) : 1;
      if (writes > 0 && compute.writesBank(this.element, writes, c)) continue;
      if (this.firstStep === NO_CYCLE) this.firstStep = c;
      this.element += writes;
      if (data) {
        client.consume(c);
        this.consumeBeat(insn, writes);
      } else this.padsLeft--;
    }
  }

  /** Elements that the next beat completes. */
  private beatWrites(insn: TimingInsn): number {
    const { beatBytes } = this.machine.p;
    if (insn.elementBytes >= beatBytes) return (this.beatsIn + 1) * beatBytes === insn.elementBytes ? 1 : 0;
    return Math.min((beatBytes - (this.beatAddress % beatBytes)) / insn.elementBytes, this.columnsLeft);
  }

  private consumeBeat(insn: TimingInsn, writes: number): void {
    this.beatsIn = writes > 0 ? 0 : this.beatsIn + 1;
    this.beatAddress += writes * insn.elementBytes;
    this.columnsLeft -= writes;
    if (--this.beatsLeft > 0) return;
    this.rowsLeft--;
    this.padsLeft = insn.padRight + (this.rowsLeft > 0 ? insn.padLeft : insn.padAfter);
    if (this.rowsLeft > 0) this.beginRow(insn);
  }
}
