import type { Thresholds } from './rounding.js';

/**
 * A staircase as an integer affine function: y = (acc * M + K) >> s. Its thresholds allow, for every slope m = M / 2^s, an
 * interval of offsets k = K / 2^s; the width of that interval is a concave function of m, so the best slope is found by
 * ternary search, and a staircase is representable exactly when the width there is positive.
 */
export interface AffineFit {
  readonly multiplier: bigint;
  readonly offset: bigint;
  /** Thresholds on the wrong side: the accumulators right at them come out 1 too small or too large. */
  readonly wrong: number;
}

/** Number formats that the machine's sequence of operations allows. */
export interface AffineFormat {
  /** y = (acc * M + K) >> shift. */
  readonly shift: number;
  /** K is a multiple of 2^grain. */
  readonly grain: number;
}

/** Constraints: at accumulator `acc` the value must be at least (or below) `y`. */
interface Constraints {
  readonly acc: Float64Array;
  readonly y: Float64Array;
  readonly atLeast: readonly boolean[];
}

function constraintsOf(t: Thresholds): Constraints {
  const n = t.first.length;
  const acc: number[] = [];
  const y: number[] = [];
  const atLeast: boolean[] = [];
  const need = (a: number, value: number, least: boolean) => {
    acc.push(a);
    y.push(value);
    atLeast.push(least);
  };
  for (let i = 0; i < n; i++) {
    need(t.first[i], t.bottom + 1 + i, true);
    need(t.first[i] - 1, t.bottom + 1 + i, false);
  }
  // the ends of the clamped range must not overshoot
  need(t.first[0] - 1, t.bottom, true);
  need(t.first[n - 1], t.bottom + n + 1, false);
  return { acc: Float64Array.from(acc), y: Float64Array.from(y), atLeast };
}

/** Lowest and highest offset for slope m; empty where low >= high. */
function offsets(c: Constraints, m: number): readonly [low: number, high: number] {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < c.acc.length; i++) {
    const k = c.y[i] - c.acc[i] * m;
    if (c.atLeast[i]) low = Math.max(low, k);
    else high = Math.min(high, k);
  }
  return [low, high];
}

function bestSlope(c: Constraints, guess: number): number {
  const width = (m: number) => {
    const [low, high] = offsets(c, m);
    return high - low;
  };
  let a = guess * (1 - 2 ** -7);
  let b = guess * (1 + 2 ** -7);
  for (let i = 0; i < 90; i++) {
    const p = a + (b - a) / 3;
    const q = b - (b - a) / 3;
    if (width(p) < width(q)) a = p;
    else b = q;
  }
  return (a + b) / 2;
}

/** Multipliers tried around the best slope. */
const NEIGHBOURS = 12;

/** A staircase made ready for fitting in several formats; `scale` is the slope it was made from. */
export interface Fittable {
  readonly thresholds: Thresholds;
  readonly constraints: Constraints | null;
  readonly slope: number;
}

export function prepareFit(thresholds: Thresholds, scale: number): Fittable {
  if (thresholds.first.length === 0) return { thresholds, constraints: null, slope: 0 };
  const constraints = constraintsOf(thresholds);
  return { thresholds, constraints, slope: thresholds.first.length === 1 ? scale : bestSlope(constraints, scale) };
}

/** The best fit in a format. Only multipliers that floating point leaves room for an offset are tried exactly. */
export function fitAffine({ thresholds: t, constraints: c, slope }: Fittable, format: AffineFormat): AffineFit {
  if (c === null) return { multiplier: 0n, offset: BigInt(t.bottom) << BigInt(format.shift), wrong: 0 };
  const center = BigInt(Math.round(slope * 2 ** format.shift));
  let best: AffineFit | null = null;
  for (let i = 0; i <= 2 * NEIGHBOURS; i++) {
    const multiplier = center + BigInt(i % 2 === 0 ? i / 2 : -(i + 1) / 2);
    const [low, high] = offsets(c, Number(multiplier) / 2 ** format.shift);
    if (i > 0 && high <= low) continue;
    const fit = fitOffset(c, multiplier, format);
    if (best === null || fit.wrong < best.wrong) best = fit;
    if (best.wrong === 0) break;
  }
  return best as AffineFit;
}

/** The best offset for a multiplier: exact arithmetic. */
function fitOffset(c: Constraints, multiplier: bigint, format: AffineFormat): AffineFit {
  const unit = 1n << BigInt(format.shift);
  const grain = BigInt(format.grain);
  let low: bigint | null = null;
  let high: bigint | null = null;
  for (let i = 0; i < c.acc.length; i++) {
    const k = BigInt(c.y[i]) * unit - BigInt(c.acc[i]) * multiplier;
    if (c.atLeast[i]) low = low === null || k > low ? k : low;
    else high = high === null || k - 1n < high ? k - 1n : high;
  }
  const middle = (((low as bigint) + (high as bigint)) >> 1n) >> grain;
  const candidates = [middle, middle + 1n, -(-(low as bigint) >> grain), (high as bigint) >> grain].map((k) => k << grain);
  let best: AffineFit | null = null;
  for (const offset of candidates) {
    const fit = { multiplier, offset, wrong: countWrong(c, multiplier, offset, format.shift) };
    if (best === null || fit.wrong < best.wrong) best = fit;
    if (fit.wrong === 0) break;
  }
  return best as AffineFit;
}

/** Constraints that (acc * M + K) >> s breaks. */
function countWrong(c: Constraints, multiplier: bigint, offset: bigint, shift: number): number {
  let wrong = 0;
  for (let i = 0; i < c.acc.length; i++) {
    const value = Number((BigInt(c.acc[i]) * multiplier + offset) >> BigInt(shift));
    if (c.atLeast[i] ? value < c.y[i] : value >= c.y[i]) wrong++;
  }
  return wrong;
}
