import { beatsOf, burstEnd, LOADER_BEATS, LOADER_INSNS, type Parameters } from '../parameters.js';
import { NOP, type TimingInsn } from '../program.js';
import type { ReadClient } from './memory.js';
import { Register, RegisteredQueue } from './register.js';

/** What the walker asks of its unit. */
export interface WalkerUnit<T> {
  insnOf(work: T): TimingInsn;
  /** May the first step happen in this cycle? */
  clear(work: T, t: number): boolean;
  /** Is the bank of one of `count` ACC elements from `index` written by somebody else in this cycle? */
  conflict(index: number, count: number, t: number): boolean;
  /** A step of the walker is taken; the last one is then reported as finished. */
  stepped(work: T, t: number): void;
  finished(work: T, t: number): void;
}

/** timing.md, Loader, cycle by cycle. */
export class PlainLoader<T> {
  private readonly active = new Register<TimingInsn | null>(null);
  private row = 0;
  private at = 0;
  private readonly used = new Register(0);
  private readonly unfinished = new Register(0);
  private readonly queue = new RegisteredQueue<T>();
  /** Walker: next destination element, and beats consumed of it. */
  private element = 0;
  private beatsIn = 0;
  private begun = false;

  constructor(
    private readonly p: Parameters,
    private readonly client: ReadClient,
    private readonly unit: WalkerUnit<T>,
  ) {}

  get works(): boolean {
    return this.unfinished.now > 0;
  }

  get canAccept(): boolean {
    return this.active.now === null && this.unfinished.now < LOADER_INSNS;
  }

  accept(work: T, t: number): void {
    const insn = this.unit.insnOf(work);
    this.active.next = insn;
    this.row = 0;
    this.at = insn.address;
    this.unfinished.next++;
    this.queue.put(work, t);
  }

  tick(t: number, granted: boolean): void {
    if (this.active.now !== null) this.command(this.active.now, granted);
    const work = this.queue.head(t);
    if (work === undefined) return;
    if (!this.begun && !this.unit.clear(work, t)) return;
    const insn = this.unit.insnOf(work);
    const empty = insn.kind === NOP || insn.elements === 0;
    if (!empty && !this.step(insn, t)) return;
    this.unit.stepped(work, t);
    this.begun = true;
    if (empty || this.element === insn.elements) this.finish(work, t);
  }

  private finish(work: T, t: number): void {
    this.queue.take();
    this.unfinished.next--;
    this.element = 0;
    this.begun = false;
    this.unit.finished(work, t);
  }

  private command(insn: TimingInsn, granted: boolean): void {
    if (insn.rows === 0) {
      this.active.next = null;
      return;
    }
    if (this.client.request.now > 0 && !granted) return;
    const rowEnd = insn.address + this.row * insn.rowStride + insn.rowBytes;
    const to = burstEnd(this.at, rowEnd, this.p.burstBytes);
    const beats = beatsOf(this.at, to, this.p.beatBytes);
    if (this.used.now + beats > LOADER_BEATS) return;
    this.client.request.next = beats;
    this.used.next += beats;
    this.at = to;
    if (to < rowEnd) return;
    this.row++;
    this.at = insn.address + this.row * insn.rowStride;
    if (this.row === insn.rows) this.active.next = null;
  }

  /** One step of the walker; false where it waits. */
  private step(insn: TimingInsn, t: number): boolean {
    const columns = insn.rowBytes / insn.elementBytes;
    const width = insn.padLeft + columns + insn.padRight;
    const y = (this.element - insn.padBefore) / width;
    const x = (this.element % width) - insn.padLeft;
    if (y < 0 || y >= insn.rows || x < 0 || x >= columns) return this.write(insn, 1, t);
    if (this.client.beats.now === 0) return false;
    const from = insn.address + Math.floor(y) * insn.rowStride + x * insn.elementBytes;
    const { beatBytes } = this.p;
    if (insn.elementBytes >= beatBytes) {
      const last = this.beatsIn + 1 === insn.elementBytes / beatBytes;
      if (last && !this.write(insn, 1, t)) return false;
      this.beatsIn = last ? 0 : this.beatsIn + 1;
    } else {
      const inBeat = (beatBytes - (from % beatBytes)) / insn.elementBytes;
      if (!this.write(insn, Math.min(inBeat, columns - x), t)) return false;
    }
    this.client.beats.next--;
    this.used.next--;
    return true;
  }

  private write(insn: TimingInsn, count: number, t: number): boolean {
    if (insn.writesAcc && this.unit.conflict(insn.sramBase + this.element, count, t)) return false;
    this.element += count;
    return true;
  }

  commit(): void {
    this.active.commit();
    this.used.commit();
    this.unfinished.commit();
    this.queue.size.commit();
  }
}
