import { NO_CYCLE } from '#isa/arch/trace';
import type { Alu } from './alu.js';
import type { Entry } from './entry.js';
import { NEVER } from './time.js';
import { Loader, SLOTS } from './loader.js';
import type { Gemm } from './gemm.js';
import type { Horizon } from './horizon.js';
import { GEMM_WRITE } from './parameters.js';
import type { ReadPorts } from './ports.js';
import type { TimingInsn } from './program.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';

/** What the loader in compute asks of the machine. */
export interface ComputeLoaderPorts extends ReadPorts {
  readonly horizon: Horizon;
}

/** What the loader asks of compute around it. */
export interface LoadEntries {
  readonly rob: Rob;
  readonly gemm: Gemm;
  readonly alu: Alu;
  /** Number of the oldest load entry that the loader has not accepted; -1 where there is none. */
  nextLoad(): number;
  /** The loader has accepted it. */
  loadAccepted(): void;
  /** The loader has found that an entry is done in cycle `at`. */
  loadDone(entry: Entry, at: number): void;
  /** Does GEMM or ALU write the bank of one of `count` elements from `index` on in cycle c? */
  writesBank(index: number, count: number, c: number): boolean;
}

/** timing.md, Loader in compute: UOP, ACC and ACC_8BIT. */
export class ComputeLoader extends Loader {
  /** Next cycle in which something can change. */
  at = NEVER;
  private readonly entries: Entry[];
  private readonly sequences = new Float64Array(SLOTS);
  /** Cycle in which the walker of an ACC load is to be called again. */
  private walkAt = NEVER;
  private padsLeft = 0;
  private element = 0;
  private beatsIn = 0;
  private beatAddress = 0;
  private columnsLeft = 0;

  constructor(
    protected override readonly ports: ComputeLoaderPorts,
    private readonly compute: LoadEntries,
    placeholder: TimingInsn,
  ) {
    super(ports, 1, placeholder);
    this.entries = new Array(SLOTS).fill(compute.rob.at(0));
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
    if (this.nextAccept(t) <= t) this.accepts(t);
    this.at = this.ahead(t);
  }

  /** Command engine and walker in later cycles, up to the horizon. @returns when there is something to do next */
  private ahead(t: number): number {
    if (this.streaming()) {
      this.train(Math.min(this.nextAccept(t + 1), this.ports.horizon.ofComputeLoader(), this.ports.horizon.ofAluWrites() + 1));
      this.walk(t);
    }
    for (;;) {
      const next = Math.min(this.walkAt, this.commandAt());
      const acceptAt = this.nextAccept(t + 1);
      const stop = Math.min(acceptAt, this.ports.horizon.ofComputeLoader(), this.ports.horizon.ofAluWrites() + 1);
      if (next >= stop) return Math.min(next, acceptAt);
      this.walkAt = NEVER;
      this.command(next);
      this.walk(next);
    }
  }

  /** Does the walker wait for hazards? */
  get waits(): boolean {
    return !this.begun && this.walked < this.accepted;
  }

  /** First cycle from t on in which the next load entry can be accepted, as far as known. */
  private nextAccept(t: number): number {
    const sequence = this.compute.nextLoad();
    return sequence < 0 ? NEVER : Math.max(t, this.compute.rob.at(sequence).visibleAt, this.canAcceptAt());
  }

  private accepts(t: number): void {
    const sequence = this.compute.nextLoad();
    const entry = this.compute.rob.at(sequence);
    this.compute.loadAccepted();
    const slot = this.accept(entry.insn, t);
    this.entries[slot] = entry;
    this.sequences[slot] = sequence;
    this.walk(t);
  }

  override visit(w: StateWalk): void {
    this.at = w.cycle(this.at);
    this.walkAt = w.cycle(this.walkAt);
    for (let n = this.walked; n < this.accepted; n++) w.plain(this.sequences[this.slotOf(n)] - this.compute.rob.head);
    const slot = this.slotOf(this.walked);
    const { address } = this.insns[slot];
    super.visit(w);
    if (!this.begun || !this.insns[slot].writesAcc) return;
    for (const x of [this.padsLeft, this.element, this.beatsIn, this.columnsLeft, this.beatAddress - address]) w.plain(x);
    this.beatAddress += this.insns[slot].address - address;
  }
  protected oldestHeld(): number {
    return this.walked;
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

  /** Steps that write ACC are free while neither GEMM nor ALU writes; padding between rows of ACC is left to {@link walkAcc}. */
  protected freeUntil(insn: TimingInsn, horizon: number): number {
    if (!insn.writesAcc) return NEVER;
    const { gemm, alu } = this.compute;
    if (this.padsLeft + insn.padLeft + insn.padRight > 0 || !alu.idle(this.stepAt + 1)) return -1;
    return Math.min(horizon - 1 + GEMM_WRITE, gemm.quietUntil(this.stepAt + 1));
  }

  protected override tookTo(insn: TimingInsn): void {
    super.tookTo(insn);
    if (!insn.writesAcc) return;
    const { bursts } = this;
    const columns = insn.rowBytes / insn.elementBytes;
    const before = Math.floor(bursts.bytesBefore() / insn.elementBytes);
    this.element = insn.sramBase + insn.padBefore + bursts.row * columns + before;
    this.beatAddress = insn.address + bursts.row * insn.rowStride + before * insn.elementBytes;
    this.columnsLeft = columns - before;
    this.beatsIn = Math.floor((bursts.bytesBefore() % insn.elementBytes) / this.ports.p.beatBytes);
  }

  /**
   * Steps that write ACC wait for banks that GEMM or ALU write. What GEMM writes is known `GEMM_WRITE` cycles ahead of the next cycle in which an entry may start,
   * what the ALU writes before that cycle.
   */
  protected walkAcc(insn: TimingInsn, t: number): boolean {
    const { client, compute } = this;
    const others = this.ports.horizon.ofComputeLoader();
    const idle = compute.alu.idle(t);
    const limit = idle ? Math.max(t, others) + GEMM_WRITE : Math.max(t, Math.min(others - 1, this.ports.horizon.ofAluWrites()));
    for (;;) {
      const data = this.padsLeft === 0;
      if (data && this.rowsLeft === 0) return true;
      if (data && idle && this.wholeBurst(insn, limit)) continue;
      const visible = data ? client.nextVisible() : 0;
      if (visible === NEVER) return false;
      const c = Math.max(this.stepAt + 1, visible);
      const writes = data ? this.beatWrites(insn) : 1;
      if (writes > 0) {
        if (c > limit) {
          this.walkAt = c;
          return false;
        }
        if (compute.writesBank(this.element, writes, c)) {
          this.stepAt = c;
          continue;
        }
      }
      this.stepAt = c;
      if (this.firstStep === NO_CYCLE) this.firstStep = c;
      if (data) {
        client.consume(c);
        this.consumeBeat(insn, writes);
      } else {
        this.element++;
        this.padsLeft--;
      }
    }
  }

  /** Consumes the next burst whole, if that ends before anything of ACC is written by GEMM, the ALU being idle. @returns whether it does */
  private wholeBurst(insn: TimingInsn, limit: number): boolean {
    const { client } = this;
    const beats = client.wholeBurst();
    if (beats === 0) return false;
    const from = this.stepAt + 1;
    const last = client.burstConsumed(from);
    if (last > limit || last > this.compute.gemm.quietUntil(from)) return false;
    if (this.firstStep === NO_CYCLE) this.firstStep = Math.max(from, client.nextVisible());
    client.consumeBurst(from);
    this.stepAt = last;
    this.tookAcc(insn, beats);
    return true;
  }

  protected tookAcc(insn: TimingInsn, beats: number): void {
    const { beatBytes } = this.ports.p;
    if (insn.elementBytes >= beatBytes) {
      const each = insn.elementBytes / beatBytes;
      const whole = this.beatsIn + beats;
      this.beatsIn = whole % each;
      this.consumed(insn, beats, (whole - this.beatsIn) / each);
    } else {
      const bytes = beats * beatBytes - (this.beatAddress % beatBytes);
      this.consumed(insn, beats, Math.min(bytes / insn.elementBytes, this.columnsLeft));
    }
  }

  /** Elements that the next beat completes. */
  private beatWrites(insn: TimingInsn): number {
    const { beatBytes } = this.ports.p;
    if (insn.elementBytes >= beatBytes) return (this.beatsIn + 1) * beatBytes === insn.elementBytes ? 1 : 0;
    return Math.min((beatBytes - (this.beatAddress % beatBytes)) / insn.elementBytes, this.columnsLeft);
  }

  private consumeBeat(insn: TimingInsn, writes: number): void {
    this.beatsIn = writes > 0 ? 0 : this.beatsIn + 1;
    this.consumed(insn, 1, writes);
  }

  /** Beats of a row are consumed, and elements written. */
  private consumed(insn: TimingInsn, beats: number, writes: number): void {
    this.element += writes;
    this.beatAddress += writes * insn.elementBytes;
    this.columnsLeft -= writes;
    this.beatsLeft -= beats;
    if (this.beatsLeft > 0) return;
    this.rowsLeft--;
    this.padsLeft = insn.padRight + (this.rowsLeft > 0 ? insn.padLeft : insn.padAfter);
    if (this.rowsLeft > 0) this.beginRow(insn);
  }
}
