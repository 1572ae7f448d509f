import { type Entry, NEVER, NO_INDICES } from './entry.js';
import { GEMM_WRITE, type Parameters } from './parameters.js';
import type { Recorder } from './recorder.js';
import type { StateWalk } from './state-walk.js';

/** GEMM entries whose writes somebody may still ask for. */
const SEGMENTS = 16;

/** {@link Gemm.writes}: nothing is written, every bank is. */
export const NONE = -1;
export const EVERY = -2;

/** The writes of one GEMM entry: step n writes in cycle `first + n`. */
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

  visit(w: StateWalk): void {
    this.first = w.cycle(this.first);
    this.last = w.cycle(this.last);
    for (const x of [this.count, this.iterIn, this.dstOut, this.dstIn]) w.plain(x);
    w.plain(this.every);
    if (!w.differs && !this.every) for (let k = 0; k < this.count; k++) w.plain(this.dst[k]);
  }
}

/** timing.md, GEMM: steps issue one per cycle and never stall, so a start decides everything. */
export class Gemm {
  /** First cycle in which the next entry can start: the last step issues in it. */
  freeAt = 0;
  /** Cycle of the last write known. */
  lastWrite = -1;
  /** Micro-ops and rows of banks. */
  steps = 0;
  private readonly segments = Array.from({ length: SEGMENTS }, () => new Segment());
  private newest = 0;
  /** The last answer of {@link writes}: its segment, cycle and position. */
  private cursor = this.segments[0];
  private cursorCycle = NEVER;
  private i = 0;
  private j = 0;
  private k = 0;

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
  ) {}

  start(entry: Entry, t: number): void {
    const { insn } = entry;
    const rows = entry.resetsRows;
    const steps = rows ? this.rowsOf(entry) : insn.steps;
    if (this.recorder !== null) {
      this.recorder.insns.started[insn.index] = t + 1;
      this.recorder.insns.finished[insn.index] = t + steps;
    }
    entry.started = true;
    this.freeAt = t + steps;
    this.lastWrite = t + steps + GEMM_WRITE;
    this.steps += steps;
    entry.doneAt = this.lastWrite + 1;
    this.newest = (this.newest + 1) % SEGMENTS;
    const s = this.segments[this.newest];
    s.first = t + 1 + GEMM_WRITE;
    s.last = this.lastWrite;
    s.every = rows;
    s.count = insn.uopCount;
    s.iterIn = insn.iterIn;
    s.dstOut = insn.dstOut;
    s.dstIn = insn.dstIn;
    [s.dst, entry.dst] = [entry.dst, s.dst];
    if (this.cursor === s) this.cursorCycle = NEVER;
  }

  /** Writes before cycle `since` are not asked for. */
  visit(w: StateWalk, since: number): void {
    this.freeAt = w.cycle(this.freeAt);
    this.lastWrite = w.cycle(this.lastWrite);
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
