import { type Entry, NO_INDICES } from './entry.js';
import { NEVER } from './time.js';
import { GEMM_WRITE, type Parameters, ROB_DEPTH } from './parameters.js';
import type { Recorder } from './recorder.js';
import type { StateWalk } from './state-walk.js';

/** Stretches of writes that somebody may still ask for: while an ALU entry is not done, younger ones may start; a reset that yields has two for each. */
export const SEGMENTS = 2 * ROB_DEPTH;

/** {@link Gemm.writes}: nothing is written, every bank is. */
export const NONE = -1;
export const EVERY = -2;

/** Writes in a row of one GEMM entry: step n writes in cycle `first + n`. */
export class Segment {
  first = NEVER;
  last = -1;
  /** Each step writes every bank. */
  every = false;
  count = 1;
  iterIn = 1;
  dstOut = 0;
  dstIn = 0;
  /** Taken from the entry, whose slot may be used again before the last question. */
  dst = NO_INDICES;

  /** Nothing is written in it. */
  forget(): void {
    this.first = NEVER;
    this.last = -1;
  }

  visit(w: StateWalk): void {
    this.first = w.cycle(this.first);
    this.last = w.cycle(this.last);
    w.plain(this.every);
    if (this.every) return;
    for (const x of [this.count, this.iterIn, this.dstOut, this.dstIn]) w.plain(x);
    if (!w.differs) for (let k = 0; k < this.count; k++) w.plain(this.dst[k]);
  }
}

/** timing.md, GEMM. What issues is known up to the next start: micro-ops never stall, rows yield to them. */
export class Gemm {
  /** First cycle in which the next entry can start, but for a reset that would have to yield: the last micro-op issues in it. */
  freeAt = 0;
  /** Cycle of the last write known. */
  lastWrite = -1;
  /** Micro-ops and rows of banks. */
  steps = 0;
  /** The reset whose rows issue, and the cycle in which the last one does, under what is known; {@link NEVER} where there is none. */
  private reset: Entry | null = null;
  resetEndsAt = NEVER;
  private newest = 0;
  /** The last answer of {@link writes}: its segment, cycle and position. */
  private cursor: Segment;
  private cursorCycle = NEVER;
  private i = 0;
  private j = 0;
  private k = 0;

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
    private readonly segments: readonly Segment[],
  ) {
    for (const s of segments) s.forget();
    this.cursor = segments[0];
  }

  /** First cycle in which `entry` can start, as far as GEMM itself is concerned. */
  startAt(entry: Entry): number {
    if (this.reset === null) return this.freeAt;
    const yields = !entry.resetsRows && (entry.writeLow > this.reset.writeHigh || this.reset.writeLow > entry.writeHigh);
    return yields ? Math.max(this.freeAt, Math.min(entry.scannedAt, this.resetEndsAt)) : this.resetEndsAt;
  }

  /** To be called in cycle {@link resetEndsAt}. */
  endReset(): void {
    const { reset, resetEndsAt, recorder } = this;
    if (reset === null) return;
    reset.doneAt = resetEndsAt + GEMM_WRITE + 1;
    if (recorder !== null) recorder.insns.finished[reset.insn.index] = resetEndsAt;
    this.reset = null;
    this.resetEndsAt = NEVER;
  }

  start(entry: Entry, t: number): void {
    if (this.recorder !== null) this.recorder.insns.started[entry.insn.index] = t + 1;
    entry.started = true;
    if (entry.resetsRows) this.startRows(entry, t);
    else this.startMicroOps(entry, t);
  }

  private startRows(entry: Entry, t: number): void {
    const rows = this.rowsOf(entry);
    this.reset = entry;
    this.resetEndsAt = t + rows;
    this.steps += rows;
    this.freeAt = t + 1;
    this.append(t + 1, t + rows).every = true;
  }

  private startMicroOps(entry: Entry, t: number): void {
    const { insn } = entry;
    const { steps } = insn;
    // Rows that have not issued by now come after the micro-ops.
    const rows = this.reset === null ? 0 : this.resetEndsAt - t;
    if (rows > 0) this.cut(t);
    this.steps += steps;
    this.freeAt = t + steps;
    if (this.recorder !== null) this.recorder.insns.finished[insn.index] = this.freeAt;
    entry.doneAt = this.freeAt + GEMM_WRITE + 1;
    const s = this.append(t + 1, this.freeAt);
    s.every = false;
    s.count = insn.uopCount;
    s.iterIn = insn.iterIn;
    s.dstOut = insn.dstOut;
    s.dstIn = insn.dstIn;
    [s.dst, entry.dst] = [entry.dst, s.dst];
    if (rows > 0) {
      this.resetEndsAt = this.freeAt + rows;
      this.append(this.freeAt + 1, this.resetEndsAt).every = true;
    }
  }

  /** A stretch of steps that issue in the cycles `from..to`. */
  private append(from: number, to: number): Segment {
    this.newest = (this.newest + 1) % SEGMENTS;
    const s = this.segments[this.newest];
    s.first = from + GEMM_WRITE;
    this.lastWrite = s.last = to + GEMM_WRITE;
    if (this.cursor === s) this.cursorCycle = NEVER;
    return s;
  }

  /** No row issues after cycle t, for now. */
  private cut(t: number): void {
    const s = this.segments[this.newest];
    if (s.first > t + GEMM_WRITE) {
      this.newest = (this.newest - 1 + SEGMENTS) % SEGMENTS;
      s.forget();
    } else s.last = t + GEMM_WRITE;
    if (this.cursor === s) this.cursorCycle = NEVER;
  }

  /** Writes before cycle `since` are not asked for. */
  visit(w: StateWalk, since: number): void {
    this.freeAt = w.cycle(this.freeAt);
    this.lastWrite = w.cycle(this.lastWrite);
    this.resetEndsAt = w.cycle(this.resetEndsAt);
    w.plain(this.reset !== null);
    if (this.reset !== null) w.index(this.reset.insn.index);
    this.steps = w.total(this.steps);
    this.cursorCycle = NEVER;
    for (let n = 0; n < SEGMENTS; n++) {
      const s = this.segments[(this.newest - n + SEGMENTS) % SEGMENTS];
      w.plain(s.last >= since);
      if (s.last < since) return;
      s.visit(w);
    }
  }

  /** Rows of banks of its interval. */
  private rowsOf(entry: Entry): number {
    const { bankRow } = this.p;
    return Math.floor(entry.writeHigh / bankRow) - Math.floor(entry.writeLow / bankRow) + 1;
  }

  /** The ACC index written in cycle `c`, {@link EVERY} where all banks are, or {@link NONE}. */
  writes(c: number): number {
    if (c > this.lastWrite) return NONE;
    if (c === this.cursorCycle + 1 && c <= this.cursor.last) this.advance();
    else if (c !== this.cursorCycle && !this.seek(c)) return NONE;
    const s = this.cursor;
    if (s.every) return EVERY;
    return s.dst[this.k] + this.i * s.dstOut + this.j * s.dstIn;
  }

  private advance(): void {
    this.cursorCycle++;
    const s = this.cursor;
    if (++this.k < s.count) return;
    this.k = 0;
    if (++this.j < s.iterIn) return;
    this.j = 0;
    this.i++;
  }

  /** Position of cycle c; false where nothing is written in it. */
  private seek(c: number): boolean {
    for (let n = 0; n < SEGMENTS; n++) {
      const s = this.segments[(this.newest - n + SEGMENTS) % SEGMENTS];
      if (c > s.last) return false;
      if (c < s.first) continue;
      const step = c - s.first;
      const iteration = Math.floor(step / s.count);
      this.cursor = s;
      this.cursorCycle = c;
      this.k = step - iteration * s.count;
      this.i = Math.floor(iteration / s.iterIn);
      this.j = iteration - this.i * s.iterIn;
      return true;
    }
    return false;
  }

  /** The last cycle of the stretch from `c` on in which nothing is written, under what is known; `c - 1` if something is written in `c`. */
  quietUntil(c: number): number {
    if (c > this.lastWrite) return NEVER;
    let end = NEVER;
    for (let n = 0; n < SEGMENTS; n++) {
      const s = this.segments[(this.newest - n + SEGMENTS) % SEGMENTS];
      if (c > s.last) return end;
      if (c >= s.first) return c - 1;
      end = s.first - 1;
    }
    return end;
  }

  /** The entry that writes in `c`; something must. */
  segmentAt(c: number): Readonly<Segment> {
    if (this.writes(c) === NONE) throw new Error('internal error: GEMM does not write in this cycle');
    return this.cursor;
  }
}
