import { fail } from '#isa/diag/diagnostic';
import type { VtaConfig } from '#isa/config/config';
import { simulatorMessages as M } from '../messages.js';
import { atInsn } from '../values/describe.js';
import type { TimingInsn } from './program.js';

/** Byte ranges [from, to), sorted and apart from each other: from0, to0, from1, to1, ... */
type Ranges = readonly number[];

/** The bytes of memory that an instruction reads or writes, from the lowest to the highest. */
export const bytesOf = ({ address, rows, rowStride, rowBytes }: TimingInsn): readonly [from: number, to: number] => [
  address,
  rows === 0 ? address : address + (rows - 1) * rowStride + rowBytes,
];

/** The same bytes as sorted ranges that do not meet. */
function merged(ranges: readonly (readonly [number, number])[]): Ranges {
  const out: number[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (out.length > 0 && from <= out[out.length - 1]) out[out.length - 1] = Math.max(out[out.length - 1], to);
    else out.push(from, to);
  }
  return out;
}

const pairs = (r: Ranges): [number, number][] => Array.from({ length: r.length / 2 }, (_, n) => [r[2 * n], r[2 * n + 1]]);

/** Does a range meet one of the sorted ranges? */
function meets(ranges: Ranges, from: number, to: number): boolean {
  let [low, high] = [0, ranges.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[2 * middle + 1] <= from) low = middle + 1;
    else high = middle;
  }
  return 2 * low < ranges.length && ranges[2 * low] < to;
}

const cache = new WeakMap<readonly TimingInsn[], Ranges>();

function storesOf(insns: readonly TimingInsn[]): Ranges {
  let ranges = cache.get(insns);
  if (ranges === undefined) {
    ranges = merged(insns.filter((t) => t.columns > 0).map(bytesOf));
    cache.set(insns, ranges);
  }
  return ranges;
}

/**
 * Where programs have stored since power-up. A machine without values does not know what is there, so it cannot load micro-ops from
 * there: they decide how long GEMM and ALU take.
 */
export class Stored {
  private ranges: Ranges = [];
  private readonly seen = new Set<Ranges>();

  /** Takes the stores of a launch. @throws VtaError VTA4051 where the launch loads micro-ops that it or an earlier launch may have stored */
  launch(insns: readonly TimingInsn[], config: VtaConfig): void {
    const stores = storesOf(insns);
    if (!this.seen.has(stores)) this.ranges = merged([...pairs(this.ranges), ...pairs(stores)]);
    this.seen.add(stores);
    for (const t of insns) {
      if (!t.writesUop || t.rows === 0) continue;
      const [from, to] = bytesOf(t);
      if (meets(this.ranges, from, to)) fail(M.VTA4051, { index: t.index, from, last: to - 1 }, atInsn(t.index, t.decoded.insn, config));
    }
  }

  reset(): void {
    this.ranges = [];
    this.seen.clear();
  }
}
