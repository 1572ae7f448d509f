import { burstBytes, TIMING } from '#isa/spec/timing';
import { countBeats, endOfBurst } from './bursts.js';
import { type Block, elementsOf, type Insn, widthOf } from './insn.js';
import type { ReadClient } from './memory.js';
import { Register, RegisteredQueue } from './register.js';

/** What the walker asks of its unit. */
export interface WalkerUnit<T> {
  insnOf(work: T): Insn;
  /** May the first step happen in this cycle? */
  clear(work: T, t: number): boolean;
  /** Is the bank of one of `count` ACC elements from `index` written by somebody else in this cycle? */
  conflict(index: number, count: number, t: number): boolean;
  /** A step of the walker is taken; the last one is then reported as finished. */
  stepped(work: T, t: number): void;
  finished(work: T, t: number): void;
}

/** timing.md, Loader, cycle by cycle. */
export class Loader<T> {
  private readonly active = new Register<Insn | null>(null);
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
    private readonly beatBytes: number,
    private readonly client: ReadClient,
    private readonly unit: WalkerUnit<T>,
  ) {}

  get works(): boolean {
    return this.unfinished.now > 0;
  }

  get canAccept(): boolean {
    return this.active.now === null && this.unfinished.now < TIMING.LoaderInsns;
  }

  accept(work: T, t: number): void {
    const insn = this.unit.insnOf(work);
    this.active.next = insn;
    this.row = 0;
    this.at = insn.block?.address ?? 0;
    this.unfinished.next++;
    this.queue.put(work, t);
  }

  tick(t: number, granted: boolean): void {
    if (this.active.now !== null) this.command(this.active.now.block, granted);
    const work = this.queue.head(t);
    if (work === undefined) return;
    if (!this.begun && !this.unit.clear(work, t)) return;
    const insn = this.unit.insnOf(work);
    const { block } = insn;
    const elements = block === null ? 0 : elementsOf(block);
    if (block !== null && elements > 0 && !this.step(insn, block, t)) return;
    this.unit.stepped(work, t);
    this.begun = true;
    if (this.element === elements) this.finish(work, t);
  }

  private finish(work: T, t: number): void {
    this.queue.take();
    this.unfinished.next--;
    this.element = 0;
    this.begun = false;
    this.unit.finished(work, t);
  }

  /** *Command engine*, in an active cycle. */
  private command(block: Block | null, granted: boolean): void {
    if (block === null || block.rows === 0) {
      this.active.next = null;
      return;
    }
    if (this.client.request.now > 0 && !granted) return;
    const rowEnd = block.address + this.row * block.rowStride + block.columns * block.elementBytes;
    const to = endOfBurst(this.at, rowEnd, burstBytes(this.beatBytes));
    const beats = countBeats(this.at, to, this.beatBytes);
    if (this.used.now + beats > TIMING.LoaderBeats) return;
    this.client.request.next = beats;
    this.used.next += beats;
    this.at = to;
    if (to < rowEnd) return;
    this.row++;
    this.at = block.address + this.row * block.rowStride;
    if (this.row === block.rows) this.active.next = null;
  }

  /** One step of the walker; false where it waits. */
  private step(insn: Insn, block: Block, t: number): boolean {
    const { columns, elementBytes } = block;
    const width = widthOf(block);
    const y = Math.floor(this.element / width) - block.above;
    const x = (this.element % width) - block.left;
    if (y < 0 || y >= block.rows || x < 0 || x >= columns) return this.write(insn, 1, t);
    if (this.client.beats.now === 0) return false;
    const from = block.address + y * block.rowStride + x * elementBytes;
    const { beatBytes } = this;
    if (elementBytes >= beatBytes) {
      const last = this.beatsIn + 1 === elementBytes / beatBytes;
      if (last && !this.write(insn, 1, t)) return false;
      this.beatsIn = last ? 0 : this.beatsIn + 1;
    } else {
      const inBeat = (beatBytes - (from % beatBytes)) / elementBytes;
      if (!this.write(insn, Math.min(inBeat, columns - x), t)) return false;
    }
    this.client.beats.next--;
    this.used.next--;
    return true;
  }

  private write(insn: Insn, count: number, t: number): boolean {
    if (insn.writesAcc && this.unit.conflict(insn.block!.sramBase + this.element, count, t)) return false;
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
