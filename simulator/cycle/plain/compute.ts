import { accsConflict, type Entry, uopsConflict } from '../entry.js';
import { ALU_WRITE, GEMM_WRITE, type Parameters } from '../parameters.js';
import { ALU, GEMM, NOP } from '../program.js';
import type { Recorder } from '../recorder.js';
import { Register } from './register.js';

/** timing.md, Hazards: is `entry` clear in cycle t, given the older entries? */
export function isClear(entry: Entry, older: readonly Entry[], t: number): boolean {
  return !older.some((o) => {
    if (o.insn.kind === NOP || o.insn.kind === entry.insn.kind || o.doneAt <= t) return false;
    if (uopsConflict(o, entry)) return true;
    if (!o.touchesAcc || !entry.touchesAcc) return false;
    return o.scannedAt > t || entry.scannedAt > t || accsConflict(o, entry);
  });
}

/** Steps of a GEMM or ALU entry in execution order. */
class Steps {
  private i = 0;
  private j = 0;
  private k = 0;
  constructor(readonly entry: Entry) {}
  get last(): boolean {
    const { insn } = this.entry;
    return this.i + 1 === insn.iterOut && this.j + 1 === insn.iterIn && this.k + 1 === insn.uopCount;
  }
  get dst(): number {
    const { insn, dst } = this.entry;
    return dst[this.k] + this.i * insn.dstOut + this.j * insn.dstIn;
  }
  get src(): number {
    const { insn, src } = this.entry;
    return insn.readsSource ? src[this.k] + this.i * insn.srcOut + this.j * insn.srcIn : -1;
  }
  advance(): void {
    const { insn } = this.entry;
    if (++this.k < insn.uopCount) return;
    this.k = 0;
    if (++this.j < insn.iterIn) return;
    this.j = 0;
    this.i++;
  }
}

/** timing.md, GEMM, cycle by cycle. */
export class PlainGemm {
  private readonly active = new Register<Steps | null>(null);
  /** ACC index written in a cycle. */
  private readonly writes = new Map<number, number>();

  constructor(private readonly recorder: Recorder | null) {}

  /** The bank written in cycle t, or -1. */
  bank(t: number, p: Parameters): number {
    const dst = this.writes.get(t);
    return dst === undefined ? -1 : p.bankOf[dst];
  }

  /** Issues; returns whether the sequencer can take a new entry in this cycle. */
  tick(t: number): boolean {
    this.writes.delete(t - 1);
    const steps = this.active.now;
    if (steps === null) return true;
    this.writes.set(t + GEMM_WRITE, steps.dst);
    this.recorder?.works(steps.entry.insn.index, t);
    const last = steps.last;
    if (last) {
      steps.entry.doneAt = t + GEMM_WRITE + 1;
      this.active.next = null;
    }
    steps.advance();
    return last;
  }

  start(entry: Entry): void {
    this.active.next = new Steps(entry);
  }

  commit(): void {
    this.active.commit();
  }
}

interface Vector {
  readonly dst: number;
  readonly src: number;
  /** The entry whose last vector this is. */
  readonly lastOf: Entry | null;
}

/** timing.md, ALU, cycle by cycle: two stages before the interlock's exit, `ALU_WRITE` behind it. */
export class PlainAlu {
  private readonly active = new Register<Steps | null>(null);
  private front: (Vector | null)[] = [null, null];
  private back: (Vector | null)[] = new Array(ALU_WRITE).fill(null);
  /** The bank written in the cycle of the last tick, or -1. */
  written = -1;

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
  ) {}

  /** @returns whether the sequencer can take a new entry in this cycle */
  tick(t: number, gemmBank: number): boolean {
    const steps = this.active.now;
    const writing = this.back[ALU_WRITE - 1];
    this.written = -1;
    if (writing !== null && this.p.bankOf[writing.dst] === gemmBank) return steps === null;
    if (writing !== null) {
      this.written = this.p.bankOf[writing.dst];
      if (writing.lastOf !== null) writing.lastOf.doneAt = t + 1;
    }
    const standing = this.front[1];
    // The vectors that passed less than ALU_RAW ALU cycles ago are those in the stages behind the interlock.
    const waits = standing !== null && this.back.some((v) => v !== null && (v.dst === standing.dst || v.dst === standing.src));
    this.back = [waits ? null : standing, ...this.back.slice(0, -1)];
    if (waits) return steps === null;
    this.front = [steps === null ? null : { dst: steps.dst, src: steps.src, lastOf: steps.last ? steps.entry : null }, this.front[0]];
    if (steps === null) return true;
    this.recorder?.works(steps.entry.insn.index, t);
    const last = steps.last;
    if (last) this.active.next = null;
    steps.advance();
    return last;
  }

  start(entry: Entry): void {
    this.active.next = new Steps(entry);
  }

  commit(): void {
    this.active.commit();
  }
}

/** timing.md, Scanner, cycle by cycle. */
export class PlainScanner {
  private freeAt = 0;

  tick(t: number, rob: readonly Entry[], isNext: (e: Entry) => boolean, begun: (e: Entry) => void): void {
    const at = rob.findIndex((e) => (e.insn.kind === GEMM || e.insn.kind === ALU) && isNext(e));
    if (at < 0 || rob[at].visibleAt > t || t < this.freeAt) return;
    const entry = rob[at];
    if (rob.slice(0, at).some((o) => o.insn.writesUop && o.doneAt > t && uopsConflict(o, entry))) return;
    this.freeAt = t + entry.insn.uopCount;
    entry.scannedAt = t + entry.insn.uopCount + 3;
    begun(entry);
  }
}
