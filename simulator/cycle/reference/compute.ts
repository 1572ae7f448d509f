import { TIMING } from '#isa/spec/timing';
import type { Banks } from './banks.js';
import type { Chain } from './chains.js';
import { type Entry, meets } from './entry.js';
import { uopsConflict } from './hazards.js';
import type { Loops } from './insn.js';
import type { Recording } from './recording.js';
import { Register } from './register.js';

const NONE = -1;

/** Steps of a GEMM or ALU entry in execution order. */
class Steps {
  private i = 0;
  private j = 0;
  private k = 0;
  private readonly loops: Loops;
  constructor(readonly entry: Entry) {
    this.loops = entry.insn.loops!;
  }
  get last(): boolean {
    const { outer, inner, uopCount } = this.loops;
    return this.i + 1 === outer && this.j + 1 === inner && this.k + 1 === uopCount;
  }
  get dst(): number {
    return this.entry.dst[this.k] + this.i * this.loops.dstOuter + this.j * this.loops.dstInner;
  }
  get src(): number {
    const { insn, src } = this.entry;
    return insn.readsSource ? src[this.k] + this.i * this.loops.srcOuter + this.j * this.loops.srcInner : NONE;
  }
  advance(): void {
    const { inner, uopCount } = this.loops;
    if (++this.k < uopCount) return;
    this.k = 0;
    if (++this.j < inner) return;
    this.j = 0;
    this.i++;
  }
}

/** Every bank is written. */
const EVERY = -2;

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
export class Gemm {
  private readonly microOps = new Register<MicroOps | null>(null);
  private readonly rows = new Register<Rows | null>(null);
  /** ACC index written in a cycle, or {@link EVERY}. */
  private readonly writes = new Map<number, number>();

  constructor(
    private readonly banks: Banks,
    private readonly recording: Recording | null,
  ) {}

  /** Is `bank` written in cycle t? */
  writesBank(bank: number, t: number): boolean {
    const dst = this.writes.get(t) ?? NONE;
    return dst === EVERY || (dst !== NONE && this.banks.of[dst] === bank);
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
    this.writes.set(t + TIMING.GemmWrite, writes);
    this.recording?.step(entry.insn.index, t);
    if (!last) return;
    entry.doneAt = t + TIMING.GemmWrite + 1;
  }

  /** timing.md, GEMM, "starts in cycle t if": of an entry that is visible and clear, after {@link tick}. */
  takes(entry: Entry, t: number): boolean {
    const scanned = entry.scannedAt <= t;
    const isSimpleReset = entry.simple && entry.insn.resets;
    if (isSimpleReset && !scanned) return false;
    const noMicroOpAfter = this.microOps.next === null;
    const rows = this.rows.next;
    const rowsAllow = rows === null || (scanned && !entry.isDenseReset && !meets(entry.writes, rows.entry.writes));
    return noMicroOpAfter && rowsAllow;
  }

  start(entry: Entry): void {
    const row = (index: number) => Math.floor(index / this.banks.rowElements);
    const { low, high } = entry.writes!;
    if (entry.isDenseReset) this.rows.next = { entry, left: row(high) - row(low) + 1 };
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

/** timing.md, ALU, cycle by cycle: `AluIssue` stages up to the interlock, `AluWrite` behind it. */
export class Alu {
  private readonly active = new Register<Issuing | null>(null);
  private front: (Vector | null)[] = new Array(TIMING.AluIssue).fill(null);
  private back: (Vector | null)[] = new Array(TIMING.AluWrite).fill(null);
  /** The bank written in the cycle of the last tick, or -1. */
  written = NONE;
  /** The last vector written. */
  readonly newest = new Register<Vector | null>(null);

  constructor(
    private readonly banks: Banks,
    private readonly recording: Recording | null,
  ) {}

  /** @returns whether the sequencer can take a new chain in this cycle */
  tick(t: number, gemm: Gemm): boolean {
    const issuing = this.active.now;
    const writing = this.back[TIMING.AluWrite - 1];
    this.written = NONE;
    if (writing !== null && gemm.writesBank(this.banks.of[writing.dst], t)) return issuing === null;
    if (writing !== null) this.write(writing, t);
    const standing = this.front[TIMING.AluIssue - 1];
    // The vector in stage n behind the interlock passed it n + 1 ALU cycles ago.
    const recent = this.back.slice(0, TIMING.AluRaw - 1);
    const waits = standing !== null && recent.some((v) => v !== null && (v.dst === standing.dst || v.dst === standing.src));
    this.back = [waits ? null : standing, ...this.back.slice(0, -1)];
    if (waits) return issuing === null;
    this.front = [issuing === null ? null : this.issue(issuing, t), ...this.front.slice(0, -1)];
    return issuing === null || this.active.next === null;
  }

  private write(vector: Vector, t: number): void {
    this.written = this.banks.of[vector.dst];
    this.newest.next = vector;
    if (vector.last) for (const e of vector.chain.members) e.doneAt = t + 1;
  }

  private issue({ chain, steps }: Issuing, t: number): Vector {
    for (const e of chain.members) this.recording?.step(e.insn.index, t);
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
export class Scanner {
  private freeAt = 0;

  tick(t: number, rob: readonly Entry[], isNext: (e: Entry) => boolean, begun: (e: Entry) => void): void {
    const at = rob.findIndex((e) => e.insn.loops !== null && isNext(e));
    if (at < 0 || rob[at].visibleAt > t || t < this.freeAt) return;
    const entry = rob[at];
    if (rob.slice(0, at).some((o) => o.insn.kind === 'load' && o.doneAt > t && uopsConflict(o, entry))) return;
    const n = entry.insn.loops!.uopCount;
    this.freeAt = t + n;
    entry.scannedAt = t + n + TIMING.ScanDelay;
    begun(entry);
  }
}
