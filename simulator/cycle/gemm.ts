import { type Entry, NEVER } from './entry.js';
import { GEMM_WRITE } from './parameters.js';

/** GEMM entries whose writes somebody may still ask for. */
const SEGMENTS = 16;

/** The writes of one GEMM entry: micro-op n writes in cycle `first + n`. */
class Segment {
  first = NEVER;
  last = -1;
  count = 1;
  iterIn = 1;
  dstOut = 0;
  dstIn = 0;
  /** Taken from the entry, whose slot may be used again before the last question. */
  dst = new Int32Array(16);
}

/** timing.md, GEMM: micro-ops issue one per cycle and never stall, so a start decides everything. */
export class Gemm {
  /** First cycle in which the next entry can start: the last micro-op issues in it. */
  freeAt = 0;
  /** Cycle of the last write known. */
  lastWrite = -1;
  /** Micro-ops executed. */
  steps = 0;
  private readonly segments = Array.from({ length: SEGMENTS }, () => new Segment());
  private newest = 0;

  start(entry: Entry, t: number): void {
    const { insn } = entry;
    entry.started = true;
    this.freeAt = t + insn.steps;
    this.lastWrite = t + insn.steps + GEMM_WRITE;
    this.steps += insn.steps;
    entry.doneAt = this.lastWrite + 1;
    this.newest = (this.newest + 1) % SEGMENTS;
    const s = this.segments[this.newest];
    s.first = t + 1 + GEMM_WRITE;
    s.last = this.lastWrite;
    s.count = insn.uopCount;
    s.iterIn = insn.iterIn;
    s.dstOut = insn.dstOut;
    s.dstIn = insn.dstIn;
    [s.dst, entry.dst] = [entry.dst, s.dst];
  }

  /** The ACC index written in cycle `c`, or -1. */
  writes(c: number): number {
    if (c > this.lastWrite) return -1;
    for (let n = 0; n < SEGMENTS; n++) {
      const s = this.segments[(this.newest - n + SEGMENTS) % SEGMENTS];
      if (c > s.last) return -1;
      if (c >= s.first) return this.index(s, c - s.first);
    }
    return -1;
  }

  private index(s: Segment, n: number): number {
    const k = n % s.count;
    const iteration = (n - k) / s.count;
    const j = iteration % s.iterIn;
    return s.dst[k] + ((iteration - j) / s.iterIn) * s.dstOut + j * s.dstIn;
  }
}
