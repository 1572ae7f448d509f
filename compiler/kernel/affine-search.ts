import type { Thresholds } from './rounding.js';

/**
 * A staircase as an integer affine function: y = (acc * M + K) >> s. Its thresholds allow, for every slope m = M / 2^s, an
 * interval of offsets k = K / 2^s; the width of that interval is a concave function of m, so the best slope is found by
 * ternary search, and a staircase is representable exactly when the width there is positive.
 *
 * Where it is not, the two ends come first: accumulators beyond the range of the staircase are clamped to its ends, so each end
 * stands for any number of them, and a threshold in between only for the few that lie between two positions of it.
 */
export interface AffineFit {
  readonly multiplier: bigint;
  readonly offset: bigint;
  /** Thresholds that are not where the staircase has them. */
  readonly wrong: number;
  /** Are the values at both ends right? Only where they are is a fit of any use. */
  readonly ends: boolean;
}

/** Number formats that the machine's sequence of operations allows. */
export interface AffineFormat {
  /** y = (acc * M + K) >> shift. */
  readonly shift: number;
  /** K is a multiple of 2^grain. */
  readonly grain: number;
}

/**
 * What an affine function must do: threshold `i` is right where the value at `acc[2i]` is at least `y[2i]` and that at
 * `acc[2i+1]`, one before it, is below. The last two keep the ends of the clamped range from overshooting.
 */
interface Constraints {
  readonly acc: Float64Array;
  readonly y: Float64Array;
}

/** Even ones bound the offset from below, odd ones from above. */
const isLower = (i: number): boolean => i % 2 === 0;

function constraintsOf(t: Thresholds): Constraints {
  const n = t.first.length;
  const acc = new Float64Array(2 * n + 2);
  const y = new Float64Array(2 * n + 2);
  for (let i = 0; i < n; i++) {
    acc[2 * i] = t.first[i];
    acc[2 * i + 1] = t.first[i] - 1;
    y.fill(t.bottom + 1 + i, 2 * i, 2 * i + 2);
  }
  acc[2 * n] = t.first[0] - 1;
  y[2 * n] = t.bottom;
  acc[2 * n + 1] = t.first[n - 1];
  y[2 * n + 1] = t.bottom + n + 1;
  return { acc, y };
}

/** The constraints on the two ends of the clamped range: both sides of each. */
const endConstraints = (c: Constraints): readonly number[] => [1, c.acc.length - 4, c.acc.length - 2, c.acc.length - 1];

/** Lowest and highest offset for slope m; empty where low >= high. */
function offsets(c: Constraints, m: number): readonly [low: number, high: number] {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < c.acc.length; i += 2) {
    low = Math.max(low, c.y[i] - c.acc[i] * m);
    high = Math.min(high, c.y[i + 1] - c.acc[i + 1] * m);
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

/** Multipliers next to the best slope that are tried. */
const NEIGHBOURS = 12;
/** Slopes tried on each side where none is right everywhere; at the outermost an end has moved by one accumulator. */
const SPREAD = 8;

/** The best fit in a format: right everywhere if there is such a fit, else with right ends and few wrong thresholds. */
export function fitAffine({ thresholds: t, constraints: c, slope }: Fittable, format: AffineFormat): AffineFit {
  if (c === null) return { multiplier: 0n, offset: BigInt(t.bottom) << BigInt(format.shift), wrong: 0, ends: true };
  const center = BigInt(Math.round(slope * 2 ** format.shift));
  let best = fitOffset(c, center, format);
  const attempt = (multiplier: bigint) => {
    const fit = fitOffset(c, multiplier, format);
    if (isBetter(fit, best)) best = fit;
  };
  for (let i = 1; i <= 2 * NEIGHBOURS && best.wrong > 0; i++) {
    const multiplier = center + BigInt(i % 2 === 0 ? i / 2 : -(i + 1) / 2);
    const [low, high] = offsets(c, Number(multiplier) / 2 ** format.shift);
    if (high > low) attempt(multiplier);
  }
  const range = t.first[t.first.length - 1] - t.first[0] + 1;
  for (let i = 1; i <= 2 * SPREAD && best.wrong > 0; i++) {
    const relative = ((i % 2 === 0 ? i : -(i + 1)) / (2 * SPREAD)) * (1 / range);
    attempt(BigInt(Math.round(slope * (1 + relative) * 2 ** format.shift)));
  }
  return best;
}

const isBetter = (a: AffineFit, b: AffineFit): boolean => (a.ends === b.ends ? a.wrong < b.wrong : a.ends);

/** The best offset for a multiplier: candidates by floating point, of which exact arithmetic counts what is wrong. */
function fitOffset(c: Constraints, multiplier: bigint, format: AffineFormat): AffineFit {
  const m = Number(multiplier) / 2 ** format.shift;
  /** Offsets are multiples of this. */
  const unit = 2 ** (format.grain - format.shift);
  const low = Math.ceil(
    Math.max(...endConstraints(c).map((i) => (isLower(i) ? (c.y[i] - c.acc[i] * m) / unit : Number.NEGATIVE_INFINITY))),
  );
  const high =
    Math.ceil(Math.min(...endConstraints(c).map((i) => (isLower(i) ? Number.POSITIVE_INFINITY : (c.y[i] - c.acc[i] * m) / unit)))) - 1;
  const inside = (k: number) => Math.max(low, Math.min(high, k));
  let best: AffineFit | null = null;
  for (const k of new Set([mostRight(c, m, unit, low, high), low, high].map(inside))) {
    const fit = check(c, multiplier, BigInt(k) << BigInt(format.grain), format.shift);
    if (best === null || isBetter(fit, best)) best = fit;
    if (fit.wrong === 0) break;
  }
  return best as AffineFit;
}

/** The middle of the range of offsets, in units, with which most thresholds are right. */
function mostRight(c: Constraints, m: number, unit: number, low: number, high: number): number {
  const n = c.acc.length / 2 - 1;
  const begins = new Float64Array(n);
  const ends = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    begins[i] = Math.ceil((c.y[2 * i] - c.acc[2 * i] * m) / unit);
    ends[i] = Math.ceil((c.y[2 * i + 1] - c.acc[2 * i + 1] * m) / unit);
  }
  begins.sort();
  ends.sort();
  // as offsets grow, thresholds become right at their begin and wrong again at their end
  let [right, most, at] = [0, -1, low];
  for (let i = 0, j = 0; i < n; i++) {
    while (ends[j] <= begins[i]) {
      right--;
      j++;
    }
    right++;
    const from = Math.max(low, begins[i]);
    const to = Math.min(high, Math.min(ends[j], begins[i + 1] ?? Number.POSITIVE_INFINITY) - 1);
    if (right > most && from <= to) [most, at] = [right, Math.floor((from + to) / 2)];
  }
  return at;
}

/** Counts with exact arithmetic what (acc * M + K) >> s has wrong. */
function check(c: Constraints, multiplier: bigint, offset: bigint, shift: number): AffineFit {
  const valueAt = (i: number) => Number((BigInt(c.acc[i]) * multiplier + offset) >> BigInt(shift));
  const holds = (i: number) => (isLower(i) ? valueAt(i) >= c.y[i] : valueAt(i) < c.y[i]);
  let wrong = 0;
  for (let i = 0; i < c.acc.length; i += 2) if (!holds(i) || !holds(i + 1)) wrong++;
  return { multiplier, offset, wrong, ends: endConstraints(c).every(holds) };
}
