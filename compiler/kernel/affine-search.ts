import type { Thresholds } from './rounding.js';

/**
 * A staircase as an integer affine function: y = (acc * M + K) >> s. Its levels allow, for every slope m = M / 2^s, an interval of
 * offsets k = K / 2^s; the width of that interval is a concave function of m, so the best slope is found by ternary search, and a
 * staircase is representable exactly when the width there is positive.
 *
 * Two additions make more staircases representable (docs/rationale/base-isa-requantization.md):
 *
 * - *Ties*: float32 rounds a product close to k + 1/2 to it, and ties go to the even neighbour. So thresholds above an odd k lie a
 *   little lower than those above an even k; `tie` moves them apart.
 * - *Steps*: from some accumulator on, another offset. Each piece then has an interval of its own; the slope is shared.
 *
 * Where no fit is right everywhere, the two ends come first: accumulators beyond the range of the staircase are clamped to its ends, so an
 * end stands for any number of them, and a threshold in between only for those that lie between two positions of it.
 */
export interface AffineFit {
  readonly multiplier: bigint;
  /** K without the steps; a multiple of 2^grain. */
  readonly offset: bigint;
  /** Distance of thresholds from the middle between two levels, as a multiple of 2^grain; a power of 2, or 0. */
  readonly tie: number;
  readonly steps: readonly AffineStep[];
}

/** From accumulator `at` on, `by` * 2^grain is added to K. */
export interface AffineStep {
  readonly at: number;
  readonly by: number;
}

/** Bits behind the point of a level that offsets have; the last thing that the operations shift out. */
export const FINAL_SHIFT = 24;

/** Offsets are multiples of this part of a level. */
const LEVEL_UNIT = 2 ** -FINAL_SHIFT;

/** Number formats that the machine's sequence of operations allows. */
export interface AffineFormat {
  /** y = (acc * M + K) >> (FINAL_SHIFT + grain), where K is a multiple of 2^grain. */
  readonly grain: number;
}

/** Which additions a fit may use. */
export interface FitForm {
  readonly ties: boolean;
  readonly steps: 0 | 1 | 2;
}

/** Level `j` of a staircase, the value bottom + j, holds for the accumulators from[j]..to[j], of the clamped range. */
interface Levels {
  readonly bottom: number;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

function levelsOf({ bottom, first }: Thresholds): Levels {
  const n = first.length;
  const from = Float64Array.from({ length: n + 1 }, (_, j) => (j === 0 ? first[0] - 1 : first[j - 1]));
  const to = Float64Array.from({ length: n + 1 }, (_, j) => (j === n ? first[n - 1] : first[j] - 1));
  return { bottom, from, to };
}

/** A staircase made ready for fitting in several formats; `scale` is the slope it was made from. */
export interface Fittable {
  readonly thresholds: Thresholds;
  readonly levels: Levels | null;
  readonly scale: number;
  readonly zeroPoint: number;
  /** Best slope without additions. */
  readonly slope: number;
}

export function prepareFit(thresholds: Thresholds, scale: number, zeroPoint: number): Fittable {
  if (thresholds.first.length === 0) return { thresholds, levels: null, scale, zeroPoint, slope: 0 };
  const levels = levelsOf(thresholds);
  const slope = thresholds.first.length === 1 ? scale : bestSlope(boundsOf(levels, zeroPoint, 0), [], scale).slope;
  return { thresholds, levels, scale, zeroPoint, slope };
}

/** What the affine function must reach at from[j] (`least`), and stay below at to[j] (`below`). */
interface Bounds extends Levels {
  readonly least: Float64Array;
  readonly below: Float64Array;
}

/** `tie`: how far thresholds above an odd value before the zero point lie below, and those above an even one above. */
function boundsOf(levels: Levels, zeroPoint: number, tie: number): Bounds {
  const at = (value: number) => ((value - 1 - zeroPoint) % 2 === 0 ? value + tie : value - tie);
  const least = levels.from.map((_, j) => at(levels.bottom + j));
  const below = levels.from.map((_, j) => at(levels.bottom + j + 1));
  return { ...levels, least, below };
}

/** Lowest and highest offset for slope m of the levels begin..end-1; empty where low >= high. */
function offsets(b: Bounds, m: number, begin: number, end: number): readonly [low: number, high: number] {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  for (let j = begin; j < end; j++) {
    low = Math.max(low, b.least[j] - b.from[j] * m);
    high = Math.min(high, b.below[j] - b.to[j] * m);
  }
  return [low, high];
}

/** The narrowest interval of the pieces that begin at level 0 and at each of the `cuts`. */
function narrowest(b: Bounds, cuts: readonly number[], m: number): number {
  let width = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= cuts.length; i++) {
    const [low, high] = offsets(b, m, i === 0 ? 0 : cuts[i - 1], cuts[i] ?? b.from.length);
    width = Math.min(width, high - low);
  }
  return width;
}

function bestSlope(b: Bounds, cuts: readonly number[], guess: number): { readonly slope: number; readonly width: number } {
  let low = guess * (1 - 2 ** -7);
  let high = guess * (1 + 2 ** -7);
  for (let i = 0; i < 90; i++) {
    const p = low + (high - low) / 3;
    const q = high - (high - low) / 3;
    if (narrowest(b, cuts, p) < narrowest(b, cuts, q)) low = p;
    else high = q;
  }
  const slope = (low + high) / 2;
  return { slope, width: narrowest(b, cuts, slope) };
}

const multiplierOf = (slope: number, format: AffineFormat): bigint => BigInt(Math.round(slope * 2 ** (FINAL_SHIFT + format.grain)));
const slopeOf = (multiplier: bigint, format: AffineFormat): number => Number(multiplier) / 2 ** (FINAL_SHIFT + format.grain);

const plainFit = (multiplier: bigint, offset: number, format: AffineFormat): AffineFit => ({
  multiplier,
  offset: BigInt(offset) << BigInt(format.grain),
  tie: 0,
  steps: [],
});

/** Multipliers next to the best slope that are tried. */
const NEIGHBOURS = 12;

/** An affine fit without additions that is right everywhere, or null. */
export function fitExactly({ thresholds: t, levels, slope, zeroPoint }: Fittable, format: AffineFormat): AffineFit | null {
  if (levels === null) return plainFit(0n, t.bottom * 2 ** FINAL_SHIFT, format);
  const b = boundsOf(levels, zeroPoint, 0);
  const center = multiplierOf(slope, format);
  for (let i = 0; i <= 2 * NEIGHBOURS; i++) {
    const multiplier = center + BigInt(i % 2 === 0 ? i / 2 : -(i + 1) / 2);
    const [low, high] = offsets(b, slopeOf(multiplier, format), 0, b.from.length).map((k) => k / LEVEL_UNIT);
    for (const offset of new Set(high > low ? [Math.round((low + high) / 2), Math.ceil(low), Math.ceil(high) - 1] : [])) {
      const fit = plainFit(multiplier, offset, format);
      if (b.from.every((_, j) => isRight(b, j, fit, format))) return fit;
    }
  }
  return null;
}

/** Does level `j` hold at both ends of its range? Exact arithmetic. */
function isRight(b: Levels, j: number, { multiplier, offset }: AffineFit, { grain }: AffineFormat): boolean {
  const valueAt = (acc: number) => Number((BigInt(acc) * multiplier + offset) >> BigInt(FINAL_SHIFT + grain));
  return valueAt(b.from[j]) >= b.bottom + j && valueAt(b.to[j]) < b.bottom + j + 1;
}

/** Slopes tried on each side of the best one; at the outermost an end has moved by one accumulator. */
const SPREAD = 8;

/** An affine fit with right ends and few wrong thresholds in between; null where not even the ends can be right. */
export function fitNearest({ thresholds: t, levels, slope, zeroPoint }: Fittable, format: AffineFormat): AffineFit | null {
  if (levels === null) throw new Error('internal error: a constant is always representable');
  const b = boundsOf(levels, zeroPoint, 0);
  const last = b.from.length - 1;
  const range = t.first[last - 1] - t.first[0] + 1;
  let best: AffineFit | null = null;
  let most = -1;
  for (let i = -SPREAD; i <= SPREAD; i++) {
    const multiplier = multiplierOf(slope * (1 + i / SPREAD / range), format);
    const { right, offset } = mostRight(b, slopeOf(multiplier, format), LEVEL_UNIT);
    if (right <= most) continue;
    const fit = plainFit(multiplier, offset, format);
    if (isRight(b, 0, fit, format) && isRight(b, last, fit, format)) [best, most] = [fit, right];
  }
  return best;
}

/** The middle of the range of offsets, in units, with which both ends and most thresholds are right; how many those are. */
function mostRight(b: Bounds, m: number, unit: number): { readonly right: number; readonly offset: number } {
  const n = b.from.length - 1;
  const [lowest, highest] = [offsets(b, m, 0, 1), offsets(b, m, n, n + 1)];
  const low = Math.ceil(Math.max(lowest[0], highest[0]) / unit);
  const high = Math.ceil(Math.min(lowest[1], highest[1]) / unit) - 1;
  const begins = Float64Array.from({ length: n }, (_, i) => Math.ceil((b.least[i + 1] - b.from[i + 1] * m) / unit)).sort();
  const ends = Float64Array.from({ length: n }, (_, i) => Math.ceil((b.below[i] - b.to[i] * m) / unit)).sort();
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
  return { right: most, offset: at };
}

/** Distances tried, in 2^-24 of a level: 64 is half a unit in the last place of the largest float32 products. */
const TIES = [64, 32, 128, 16, 256, 8, 4];
/** Room that an offset needs for the roundings of the operations, in 2^-24 of a level. */
const ROOM = 4;
/** Positions tried for each of two steps. */
const POSITIONS = 64;

/** Numbers with which a staircase is representable, before they are rounded to a format. */
export interface Shape {
  readonly tie: number;
  /** First levels of the pieces after the first. */
  readonly cuts: readonly number[];
  readonly slope: number;
}

/** How a staircase is representable with additions, or null. Floating point finds it; who uses it verifies the operations. */
export function findShape(form: FitForm, { levels, scale, zeroPoint }: Fittable): Shape | null {
  if (levels === null) return null;
  for (const tie of form.ties ? TIES.slice(0, form.steps === 0 ? TIES.length : 3) : [0]) {
    const b = boundsOf(levels, zeroPoint, tie * LEVEL_UNIT);
    for (const cuts of cutsOf(form.steps, b.from.length)) {
      const { slope, width } = bestSlope(b, cuts, scale);
      if (width >= ROOM * LEVEL_UNIT) return { tie, cuts, slope };
    }
  }
  return null;
}

/** First levels of the pieces after the first. */
function* cutsOf(steps: number, levels: number): Generator<readonly number[]> {
  if (steps === 0) yield [];
  if (steps === 1) for (let j = 1; j < levels; j++) yield [j];
  if (steps < 2) return;
  const some = new Set(Array.from({ length: POSITIONS }, (_, i) => 1 + Math.round((i * (levels - 2)) / (POSITIONS - 1))));
  for (const i of some) for (const j of some) if (i < j) yield [i, j];
}

/** Offsets in the middle of every piece's interval, or null where rounding the multiplier has left one without. */
export function fitShape({ levels, zeroPoint }: Fittable, shape: Shape, format: AffineFormat): AffineFit | null {
  if (levels === null) return null;
  const { tie, cuts } = shape;
  const b = boundsOf(levels, zeroPoint, tie * LEVEL_UNIT);
  const multiplier = multiplierOf(shape.slope, format);
  const middles: number[] = [];
  for (let i = 0; i <= cuts.length; i++) {
    const [low, high] = offsets(b, slopeOf(multiplier, format), i === 0 ? 0 : cuts[i - 1], cuts[i] ?? b.from.length);
    if (high - low < (ROOM * LEVEL_UNIT) / 2) return null;
    middles.push(Math.round((low + high) / 2 / LEVEL_UNIT));
  }
  const steps = cuts.map((j, i) => ({ at: b.from[j], by: middles[i + 1] - middles[i] }));
  return { ...plainFit(multiplier, middles[0], format), tie, steps };
}
