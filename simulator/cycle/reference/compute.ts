import { type Entry, uopsConflict } from '../entry.js';
import { ALU_WRITE, GEMM_WRITE, type Parameters } from '../parameters.js';
import { ALU, GEMM } from '../program.js';
import type { Recorder } from '../recorder.js';
import type { Chain } from './chains.js';
import { Register } from './register.js';

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

/** Every bank is written. */
const EVERY = -2;
const NONE = -1;

interface MicroOps {
  readonly entry: Entry;
  readonly steps: Steps;
}
/** What is left of the rows of a dense reset. */
interface Rows {
  readonly entry: Entry;
  left: number;
}

/** timing.md, GEMM, cycle by cycle. */
export class PlainGemm {
  private readonly microOps = new Register<MicroOps | null>(null);
  private readonly rows = new Register<Rows | null>(null);
  /** ACC index written in a cycle, or {@link EVERY}. */
  private readonly writes = new Map<number, number>();

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
  ) {}

  /** Is `bank` written in cycle t? */
  writesBank(bank: number, t: number): boolean {
    const dst = this.writes.get(t) ?? NONE;
    return dst === EVERY || (dst !== NONE && this.p.bankOf[dst] === bank);
  }

  /** Issues a step: a micro-op before a row. */
  tick(t: number): void {
    this.writes.delete(t - 1);
    const { now: microOps } = this.microOps;
    const { now: rows } = this.rows;
    if (microOps !== null) this.issueMicroOp(microOps, t);
    else if (rows !== null) this.issueRow(rows, t);
  }

  private issueMicroOp({ entry, steps }: MicroOps, t: number): void {
    this.step(entry, steps.dst, steps.last, t);
    if (steps.last) this.microOps.next = null;
    steps.advance();
  }

  private issueRow(rows: Rows, t: number): void {
    rows.left--;
    this.step(rows.entry, EVERY, rows.left === 0, t);
    if (rows.left === 0) this.rows.next = null;
  }

  private step(entry: Entry, writes: number, last: boolean, t: number): void {
    this.writes.set(t + GEMM_WRITE, writes);
    this.recorder?.works(entry.insn.index, t);
    if (!last) return;
    entry.doneAt = t + GEMM_WRITE + 1;
  }

  /** Can a visible entry start in cycle t, after {@link tick}? */
  takes(entry: Entry, t: number): boolean {
    const scanned = entry.scannedAt <= t;
    if (this.microOps.next !== null || (entry.insn.simple && entry.insn.resets && !scanned)) return false;
    if (this.rows.next === null) return true;
    const reset = this.rows.next.entry;
    return scanned && !entry.resetsRows && (entry.writeHigh < reset.writeLow || reset.writeHigh < entry.writeLow);
  }

  start(entry: Entry): void {
    const row = (index: number) => Math.floor(index / this.p.bankRow);
    if (entry.resetsRows) this.rows.next = { entry, left: row(entry.writeHigh) - row(entry.writeLow) + 1 };
    else this.microOps.next = { entry, steps: new Steps(entry) };
  }

  commit(): void {
    this.microOps.commit();
    this.rows.commit();
  }
}

export interface Vector {
  readonly chain: Chain;
  readonly dst: number;
  readonly src: number;
  readonly last: boolean;
}

interface Issuing {
  readonly chain: Chain;
  readonly steps: Steps;
}

/** timing.md, ALU, cycle by cycle: two stages before the interlock's exit, `ALU_WRITE` behind it. */
export class PlainAlu {
  private readonly active = new Register<Issuing | null>(null);
  private front: (Vector | null)[] = [null, null];
  private back: (Vector | null)[] = new Array(ALU_WRITE).fill(null);
  /** The bank written in the cycle of the last tick, or -1. */
  written = NONE;
  /** The last vector written. */
  readonly newest = new Register<Vector | null>(null);

  constructor(
    private readonly p: Parameters,
    private readonly recorder: Recorder | null,
  ) {}

  /** @returns whether the sequencer can take a new chain in this cycle */
  tick(t: number, gemm: PlainGemm): boolean {
    const issuing = this.active.now;
    const writing = this.back[ALU_WRITE - 1];
    this.written = NONE;
    if (writing !== null && gemm.writesBank(this.p.bankOf[writing.dst], t)) return issuing === null;
    if (writing !== null) this.write(writing, t);
    const standing = this.front[1];
    // The vectors that passed less than ALU_RAW ALU cycles ago are those in the stages behind the interlock.
    const waits = standing !== null && this.back.some((v) => v !== null && (v.dst === standing.dst || v.dst === standing.src));
    this.back = [waits ? null : standing, ...this.back.slice(0, -1)];
    if (waits) return issuing === null;
    this.front = [issuing === null ? null : this.issue(issuing, t), this.front[0]];
    return issuing === null || this.active.next === null;
  }

  private write(vector: Vector, t: number): void {
    this.written = this.p.bankOf[vector.dst];
    this.newest.next = vector;
    if (vector.last) for (const e of vector.chain.members) e.doneAt = t + 1;
  }

  private issue({ chain, steps }: Issuing, t: number): Vector {
    for (const e of chain.members) this.recorder?.works(e.insn.index, t);
    const vector = { chain, dst: steps.dst, src: steps.src, last: steps.last };
    if (steps.last) this.active.next = null;
    steps.advance();
    return vector;
  }

  start(chain: Chain): void {
    this.active.next = { chain, steps: new Steps(chain.lead) };
  }

  commit(): void {
    this.active.commit();
    this.newest.commit();
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
