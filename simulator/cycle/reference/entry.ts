import type { VtaConfig } from '#isa/config/config';
import { TIMING } from '#isa/spec/timing';
import { uopDst, uopSrc } from '../../values/ranges.js';
import { elementsOf, type Insn, type Loops } from './insn.js';

/** Indices from `low` to `high`, both included; null where nothing is touched. */
export type Interval = { readonly low: number; readonly high: number } | null;

export const meets = (a: Interval, b: Interval): boolean => a !== null && b !== null && a.low <= b.high && b.low <= a.high;

/** timing.md, Scanner: lowest and highest index. */
const reached = (indices: readonly number[], l: Loops, outer: number, inner: number): Interval => ({
  low: Math.min(...indices),
  high: Math.max(...indices) + (l.outer - 1) * outer + (l.inner - 1) * inner,
});

interface Loop {
  readonly iterations: number;
  readonly stride: number;
}

/** timing.md, Scanner: "the difference of neighbouring micro-ops, if all are equal and positive". 0 stands for none. */
function strideOf(indices: readonly number[]): number {
  const differences = new Set(indices.slice(1).map((d, k) => d - indices[k]));
  const [first = 0] = differences;
  return differences.size === 1 && first > 0 ? first : 0;
}

/** "those of one iteration left out, the first has stride 1 and each other one the product of the iterations of those before it" */
function isDenseOrder(loops: readonly Loop[]): boolean {
  let product = 1;
  for (const { iterations, stride } of loops) {
    if (iterations === 1) continue;
    if (stride !== product) return false;
    product *= iterations;
  }
  return true;
}

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/**
 * An entry of the reorder buffer. Its micro-ops are those of its place in the program; when the hardware knows the intervals is told by `scannedAt`.
 * Cycles are Infinity until known.
 */
export class Entry {
  readonly visibleAt: number;
  doneAt = Infinity;
  scannedAt = Infinity;
  started = false;
  /** Destination and source index of each micro-op. */
  readonly dst: readonly number[] = [];
  readonly src: readonly number[] = [];
  /** Accumulators written, and the accumulators that an alu reads as its register operand. */
  readonly writes: Interval = null;
  readonly operand: Interval = null;
  /** Micro-ops written (load) or read (gemm, alu). */
  readonly uops: Interval = null;
  readonly simple: boolean = false;
  readonly dense: boolean = false;
  readonly ascending: boolean = false;

  /** @param cycle in which it issues @param uop the micro-op buffer at its place in the program */
  constructor(
    readonly insn: Insn,
    readonly hash: number,
    cycle: number,
    uop: Uint32Array,
    config: VtaConfig,
  ) {
    this.visibleAt = cycle + 1;
    const { block, loops: l } = insn;
    if (l === null) this.scannedAt = this.visibleAt;
    if (insn.kind === 'nop') this.doneAt = this.visibleAt;
    if (block !== null && elementsOf(block) > 0) {
      const all = { low: block.sramBase, high: block.sramBase + elementsOf(block) - 1 };
      if (insn.writesUop) this.uops = all;
      if (insn.writesAcc) this.writes = all;
    }
    if (l === null) return;
    this.uops = { low: l.uopBegin, high: l.uopBegin + l.uopCount - 1 };
    const words = [...uop.subarray(l.uopBegin, l.uopBegin + l.uopCount)];
    this.dst = words.map((w) => uopDst(w, config));
    this.writes = reached(this.dst, l, l.dstOuter, l.dstInner);
    if (insn.readsSource) {
      this.src = words.map((w) => uopSrc(w, config));
      this.operand = reached(this.src, l, l.srcOuter, l.srcInner);
    }
    this.simple = l.uopCount <= TIMING.SimpleUops;
    if (!this.simple) return;
    const loops = [
      { iterations: l.uopCount, stride: strideOf(this.dst) },
      { iterations: l.inner, stride: l.dstInner },
      { iterations: l.outer, stride: l.dstOuter },
    ];
    this.ascending = isDenseOrder(loops);
    this.dense = ORDERS.some((order) => isDenseOrder(order.map((n) => loops[n])));
  }

  /** timing.md, GEMM: a *dense reset*, which goes by rows of banks. */
  get isDenseReset(): boolean {
    return this.insn.resets && this.simple && this.dense;
  }

  /** timing.md, ALU, *Chains*: "simple, dense, its operation is MIN, MAX, ADD or SHR, and its src interval ... does not meet its dst interval". */
  get chainable(): boolean {
    return this.simple && this.dense && ['MIN', 'MAX', 'ADD', 'SHR'].includes(this.insn.operation) && !meets(this.operand, this.writes);
  }
}
