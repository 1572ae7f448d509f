import { FreeRunning, Place, type Streamed, streamBeside } from './alu-stream.js';
import type { Entry } from './entry.js';
import { NEVER } from './time.js';
import { EVERY, type Gemm, NONE as UNWRITTEN } from './gemm.js';
import { ALU_WRITE } from './parameters.js';
import type { Rob } from './rob.js';
import type { StateWalk } from './state-walk.js';

/** What ends {@link AluPipeline.run}: the last vector of an entry issued, was written. */
export const SEQUENCED = 1;
export const WRITTEN = 2;

const STAGES = 8;
const STAGE_MASK = STAGES - 1;
/** Stages up to the interlock. */
const FRONT = 2;
/** Vectors that front and pipeline hold at once, and one more: beyond them a loop repeats itself. */
const WINDOW = FRONT + ALU_WRITE + 1;
const PASSED_MASK = (1 << ALU_WRITE) - 1;
const NONE = -1;
const NO_SOURCE = -2;

/** A loop boundary to compare later ones with: the state then, and the stretch of cycles without GEMM writes it lies in. */
class Anchor {
  cycle = 0;
  iteration = 0;
  passed = 0;
  patience = 1;
  quietFrom = NEVER;
  quietTo = -1;

  forget(): void {
    this.quietFrom = NEVER;
    this.quietTo = -1;
  }
  set(cycle: number, iteration: number, passed: number, quietTo: number): void {
    this.cycle = cycle;
    this.iteration = iteration;
    this.passed = passed;
    this.patience = 1;
    // The evolution from here on begins in the next cycle.
    this.quietFrom = cycle + 1;
    this.quietTo = quietTo;
  }
}

/**
 * The state of the ALU after a cycle, and its evolution (timing.md, ALU). `stage` holds the destination of the vector that
 * passed the interlock in each of the last ALU cycles; a vector is written `ALU_WRITE` ALU cycles after it passed. Loops
 * whose state repeats are skipped whole where no GEMM writes.
 */
export class AluPipeline {
  /** Last cycle computed. */
  cycle = -1;
  /** Cycle and destination of the last write. */
  wroteAt = -1;
  wroteDst = 0;
  /** Number of the entry whose last vector was written last, and when. */
  written = 0;
  private writtenAt = -1;
  /** Entries started and not completely written. */
  inFlight = 0;

  private tick = 0;
  private readonly stage = new Int32Array(STAGES).fill(NONE);
  /** Number of the entry whose last vector is in the stage, or 0. */
  private readonly lastOf = new Int32Array(STAGES);
  private front1 = NONE;
  private front1Src = NO_SOURCE;
  private front1Last = 0;
  private front2 = NONE;
  private front2Src = NO_SOURCE;
  private front2Last = 0;

  /** An entry given to the sequencer that has not issued a vector. */
  private pending: Entry | null = null;
  /** Cycle in which the first vector of the newest entry issued. */
  firstIssue = -1;
  /** The sequencer's entry and position. */
  private entry: Entry | null = null;
  private number = 0;
  private i = 0;
  private j = 0;
  private k = 0;
  private dstBase = 0;
  private srcBase = 0;
  private dstRow = 0;
  private srcRow = 0;
  /** Which of the last `ALU_WRITE` ALU cycles passed a vector, as bits. */
  private passed = 0;
  private readonly place = new Place();
  private readonly streamed: Streamed = { vector: 0, cycle: 0, wroteAt: 0 };
  private readonly inner = new Anchor();
  private readonly outer = new Anchor();
  /** Iterations of the inner and outer loop relate to each other like the ones before. */
  private innerRepeats = false;
  private outerRepeats = false;
  private readonly freeRunning = new FreeRunning();

  constructor(
    private readonly gemm: Gemm,
    private readonly bankOf: Uint8Array,
  ) {}

  /** A cycle before which the last vector of no entry issues or is written; {@link NEVER} where there is none. */
  eventFrom(): number {
    if (this.inFlight === 0) return NEVER;
    const { tick, cycle, entry } = this;
    // A reset that writes every bank holds all up while there is a vector in the write stage.
    const frozen = this.stage[(tick + 1 - ALU_WRITE) & STAGE_MASK] >= 0 && this.gemm.writes(cycle + 1) === EVERY;
    const from = frozen ? this.gemm.segmentAt(cycle + 1).last : cycle;
    let ticks = this.front2Last > 0 ? ALU_WRITE + 1 : this.front1Last > 0 ? ALU_WRITE + FRONT : NEVER;
    for (let n = 1; n <= ALU_WRITE; n++) {
      if (this.lastOf[(tick + n - ALU_WRITE) & STAGE_MASK] > 0) {
        ticks = n;
        break;
      }
    }
    if (entry !== null) ticks = Math.min(ticks, entry.insn.steps - this.issued(entry));
    else if (this.pending !== null) ticks = Math.min(ticks, this.pending.insn.steps);
    return from + ticks;
  }

  /** Vectors of the sequencer's entry that have issued. */
  private issued({ insn }: Entry): number {
    return (this.i * insn.iterIn + this.j) * insn.uopCount + this.k;
  }

  /** Number of the entry that wrote last. */
  get writing(): number {
    return this.wroteAt > this.writtenAt ? this.written + 1 : this.written;
  }

  /** Drops what was found to repeat: GEMM's writes are not those it was found with. */
  forget(): void {
    this.inner.forget();
    this.outer.forget();
  }

  /** Gives the sequencer an entry (and a number above 0 for it) at the end of cycle {@link cycle}: its first vector can issue in the next. */
  start(entry: Entry, number: number): void {
    this.pending = entry;
    this.number = number;
    this.inFlight++;
    this.i = this.j = this.k = 0;
    this.dstBase = this.srcBase = this.dstRow = this.srcRow = 0;
    this.forget();
    this.freeRunning.forget();
    // Distances between destinations are the same in every iteration; those from sources to destinations only if both move
    // alike. Where sources and destinations never meet, they do not matter.
    const { insn } = entry;
    const apart = entry.isApart;
    this.innerRepeats = apart || insn.srcIn === insn.dstIn;
    this.outerRepeats = apart || insn.srcOut === insn.dstOut;
  }

  /** Computes cycles up to `limit`, or to the first with an event. @returns the events of the last cycle */
  run(limit: number): number {
    while (this.cycle < limit) {
      const cycle = ++this.cycle;
      const writing = this.stage[(this.tick + 1 - ALU_WRITE) & STAGE_MASK];
      if (writing >= 0) {
        // Freeze: GEMM writes the bank of the vector in the write stage.
        const gemm = this.gemm.writes(cycle);
        if (gemm === EVERY || (gemm >= 0 && this.bankOf[gemm] === this.bankOf[writing])) continue;
        this.wroteAt = cycle;
        this.wroteDst = writing;
      }
      const events = this.move(limit);
      if (events !== 0) return events;
    }
    return 0;
  }

  /** One ALU cycle. */
  private move(limit: number): number {
    const { stage } = this;
    const tick = ++this.tick;
    let events = 0;
    const done = this.lastOf[(tick - ALU_WRITE) & STAGE_MASK];
    if (done > 0) {
      this.lastOf[(tick - ALU_WRITE) & STAGE_MASK] = 0;
      this.written = done;
      this.writtenAt = this.cycle;
      this.inFlight--;
      events = WRITTEN;
    }
    const slot = tick & STAGE_MASK;
    if (this.front2 >= 0 && this.waits(tick)) {
      stage[slot] = NONE;
      this.lastOf[slot] = 0;
      this.passed = (this.passed << 1) & PASSED_MASK;
      return events;
    }
    stage[slot] = this.front2;
    this.passed = ((this.passed << 1) | (this.front2 >= 0 ? 1 : 0)) & PASSED_MASK;
    this.lastOf[slot] = this.front2Last;
    this.front2 = this.front1;
    this.front2Src = this.front1Src;
    this.front2Last = this.front1Last;
    if (this.entry === null) {
      if (this.pending === null) {
        this.front1 = NONE;
        this.front1Last = 0;
        return events;
      }
      this.entry = this.pending;
      this.pending = null;
      this.firstIssue = this.cycle;
    }
    return events | this.issue(this.entry, limit);
  }

  /** Interlock: a vector that passed less than ALU_RAW ALU cycles ago has the destination as its own. */
  private waits(tick: number): boolean {
    const { stage } = this;
    const dst = this.front2;
    const src = this.front2Src;
    for (let n = 1; n <= ALU_WRITE; n++) {
      const passed = stage[(tick - n) & STAGE_MASK];
      if (passed >= 0 && (passed === dst || passed === src)) return true;
    }
    return false;
  }

  private issue(entry: Entry, limit: number): number {
    const { insn } = entry;
    this.front1 = entry.dst[this.k] + this.dstBase;
    this.front1Src = insn.readsSource ? entry.src[this.k] + this.srcBase : NO_SOURCE;
    this.front1Last = 0;
    if (++this.k < insn.uopCount) return 0;
    this.k = 0;
    this.dstBase += insn.dstIn;
    this.srcBase += insn.srcIn;
    if (++this.j < insn.iterIn) {
      this.innerBoundary(entry, limit);
      return 0;
    }
    this.j = 0;
    this.dstRow += insn.dstOut;
    this.srcRow += insn.srcOut;
    this.dstBase = this.dstRow;
    this.srcBase = this.srcRow;
    this.inner.forget();
    if (++this.i < insn.iterOut) {
      this.outerBoundary(entry, limit);
      return 0;
    }
    this.front1Last = this.number;
    this.entry = null;
    return SEQUENCED;
  }

  /**
   * At a loop boundary: looks for an earlier boundary at which the state was the same relative to the indices of the ALU, with no GEMM
   * write since, and returns how many cycles later than it this one is (else 0).
   */
  private recurrence(anchor: Anchor, iteration: number): number {
    const next = this.cycle + 1;
    if (next < anchor.quietFrom || next > anchor.quietTo) {
      anchor.set(this.cycle, iteration, this.passed, this.gemm.quietUntil(next));
      return 0;
    }
    const cycles = this.cycle - anchor.cycle;
    if (this.passed === anchor.passed && cycles > 0) return cycles;
    // Anchors at doubling distances, so that a state that does not come back is left behind.
    if (iteration - anchor.iteration >= anchor.patience) {
      anchor.cycle = this.cycle;
      anchor.iteration = iteration;
      anchor.passed = this.passed;
      anchor.patience *= 2;
    }
    return 0;
  }

  /** How many times a recurrence of `cycles` and `iterations` can be skipped: to the last iteration, the limit, or GEMM's next change. */
  private repeats(anchor: Anchor, cycles: number, iterations: number, left: number, limit: number): number {
    return Math.min(Math.floor((left - 1) / iterations), Math.floor((Math.min(limit, anchor.quietTo) - this.cycle) / cycles));
  }

  private innerBoundary(entry: Entry, limit: number): void {
    const { insn } = entry;
    const { inner } = this;
    if (!this.innerRepeats || this.j * insn.uopCount < WINDOW) return;
    if (this.gemm.writes(this.cycle + 1) !== UNWRITTEN) {
      this.beside(entry, limit);
      return;
    }
    const cycles = this.recurrence(inner, this.j);
    if (cycles === 0) return;
    const iterations = this.j - inner.iteration;
    const n = this.repeats(inner, cycles, iterations, insn.iterIn - this.j, limit);
    if (n <= 0) return;
    const moved = n * iterations;
    this.j += moved;
    this.skip(n * cycles, moved * insn.dstIn, moved * insn.srcIn);
    this.dstBase += moved * insn.dstIn;
    this.srcBase += moved * insn.srcIn;
    inner.forget();
  }

  private outerBoundary(entry: Entry, limit: number): void {
    const { insn } = entry;
    const { outer } = this;
    if (!this.outerRepeats || this.i * insn.iterIn * insn.uopCount < WINDOW || this.gemm.writes(this.cycle + 1) !== UNWRITTEN) return;
    const cycles = this.recurrence(outer, this.i);
    if (cycles === 0) return;
    const iterations = this.i - outer.iteration;
    const n = this.repeats(outer, cycles, iterations, insn.iterOut - this.i, limit);
    if (n <= 0) return;
    const moved = n * iterations;
    this.i += moved;
    this.skip(n * cycles, moved * insn.dstOut, moved * insn.srcOut);
    this.dstBase = this.dstRow += moved * insn.dstOut;
    this.srcBase = this.srcRow += moved * insn.srcOut;
    outer.forget();
  }

  /** Runs beside a GEMM whose writes hold the ALU up now and then, where nothing else does. */
  private beside(entry: Entry, limit: number): void {
    if (this.passed !== PASSED_MASK || !this.freeRunning.of(entry)) return;
    const { streamed } = this;
    const { insn } = entry;
    streamed.vector = this.issued(entry) - FRONT - ALU_WRITE;
    streamed.cycle = this.cycle;
    streamed.wroteAt = this.wroteAt;
    const end = Math.min(limit, this.gemm.segmentAt(this.cycle + 1).last);
    // The issue of the last vector is an event, left to move().
    streamBeside(streamed, entry, insn.steps - 1 - FRONT - ALU_WRITE, this.gemm, end, this.bankOf);
    if (streamed.cycle > this.cycle) this.streamTo(entry);
  }

  /** Sets the state to that of {@link streamed}: vectors follow each other without gaps. */
  private streamTo(entry: Entry): void {
    const { insn } = entry;
    const { vector, cycle, wroteAt } = this.streamed;
    this.cycle = cycle;
    this.wroteAt = wroteAt;
    // From the last vector written through those in the stages and the front to the one to issue next.
    const { place } = this;
    this.wroteDst = place.set(insn, vector - 1).dst(entry);
    for (let n = 0; n < ALU_WRITE; n++) {
      place.step(insn);
      this.stage[(this.tick + 1 - ALU_WRITE + n) & STAGE_MASK] = place.dst(entry);
    }
    place.step(insn);
    this.front2 = place.dst(entry);
    if (insn.readsSource) this.front2Src = place.src(entry);
    place.step(insn);
    this.front1 = place.dst(entry);
    if (insn.readsSource) this.front1Src = place.src(entry);
    place.step(insn);
    this.i = place.i;
    this.j = place.j;
    this.k = place.k;
    this.dstRow = this.i * insn.dstOut;
    this.srcRow = this.i * insn.srcOut;
    this.dstBase = this.dstRow + this.j * insn.dstIn;
    this.srcBase = this.srcRow + this.j * insn.srcIn;
    this.forget();
  }

  visit(w: StateWalk, rob: Rob): void {
    this.forget();
    const { number, entry, pending } = this;
    // After the comparison: both may be long past.
    w.plain(this.wroteAt > this.writtenAt);
    this.cycle = w.cycle(this.cycle);
    this.wroteAt = w.cycle(this.wroteAt);
    this.writtenAt = w.cycle(this.writtenAt);
    this.firstIssue = w.cycle(this.firstIssue);
    w.plain(number - this.written);
    for (const x of [this.inFlight, this.wroteDst, this.passed, this.front1, this.front1Src, this.front2, this.front2Src]) w.plain(x);
    const numbered = (n: number) => w.plain(n > 0 ? number - n : NONE);
    numbered(this.front1Last);
    numbered(this.front2Last);
    for (let n = 0; n < ALU_WRITE; n++) {
      w.plain(this.stage[(this.tick - n) & STAGE_MASK]);
      numbered(this.lastOf[(this.tick - n) & STAGE_MASK]);
    }
    const at = pending ?? entry;
    w.plain(pending !== null);
    w.plain(entry !== null);
    if (at === null) return;
    w.plain(rob.position(at));
    for (const x of [this.i, this.j, this.k, this.dstBase, this.srcBase, this.dstRow, this.srcRow]) w.plain(x);
  }

  /** Moves the whole state by `cycles`, its indices by the given distances. */
  private skip(cycles: number, dst: number, src: number): void {
    this.wroteAt += cycles;
    this.wroteDst += dst;
    this.cycle += cycles;
    for (let n = 0; n < STAGES; n++) if (this.stage[n] >= 0) this.stage[n] += dst;
    this.front1 += dst;
    this.front2 += dst;
    if (this.front1Src >= 0) this.front1Src += src;
    if (this.front2Src >= 0) this.front2Src += src;
  }
}
