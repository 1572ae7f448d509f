/**
 * From int32 accumulators to int8, in three rounding profiles.
 *
 * - `reference`: what TFLite computes with its XNNPACK delegate: float32 product, ties to even.
 * - `single`: one 64-bit rounding shift of a 31-bit multiplier, ties toward +infinity (TFLite's built-in convolution).
 * - `double`: doubled high product, then a rounding right shift, ties away from zero (TFLite's built-in depthwise and ADD). The
 *   first step adds 2^30 (1 - 2^30 for negative products) and divides toward zero, so a tie goes toward +infinity there.
 *
 * Source of the formulas and of their measured agreement: the shared models' README.
 */

export type Rounding = 'reference' | 'single' | 'double';

/** value = q * 2^(exponent - 31), 2^30 <= q < 2^31; q = 0 where the value is too small to matter (exponent < -31). */
export interface FixedMultiplier {
  readonly q: number;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/** Exponent e of a positive normal double: value = m * 2^e with 0.5 <= m < 1. */
function frexpExponent(value: number): number {
  view.setFloat64(0, value);
  return ((view.getUint32(0) >>> 20) & 0x7ff) - 1022;
}

/** floor(log2(value)) of a positive normal double, exactly. */
export const floorLog2 = (value: number): number => frexpExponent(value) - 1;

/** The 31-bit fixed point form of a real multiplier (not negative). */
export function fixedMultiplier(value: number): FixedMultiplier {
  if (value === 0) return { q: 0, exponent: 0 };
  let exponent = frexpExponent(value);
  let q = Math.round(value * 2 ** -exponent * 2 ** 31);
  if (q === 2 ** 31) {
    q /= 2;
    exponent++;
  }
  return exponent < -31 ? { q: 0, exponent: 0 } : { q, exponent };
}

const clamp32 = (v: number): number => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, v));

/** (acc * q + 2^(30-e)) >> (31-e) in 64 bits, saturated to 32. */
export function multiplySingle(acc: number, { q, exponent }: FixedMultiplier): number {
  if (q === 0) return 0;
  const shift = 31 - exponent;
  if (shift <= 0) return clamp32(acc * q * 2 ** -shift);
  return Number(BigInt.asIntN(32, (BigInt(acc) * BigInt(q) + (1n << BigInt(shift - 1))) >> BigInt(shift)));
}

/** Saturating rounding doubling high product, then a rounding right shift; positive exponents shift left first. */
export function multiplyDouble(acc: number, { q, exponent }: FixedMultiplier): number {
  const shifted = exponent > 0 ? Number(BigInt.asIntN(32, BigInt(acc) << BigInt(exponent))) : acc;
  const product = BigInt(shifted) * BigInt(q);
  const high = Number((product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n));
  if (exponent >= 0) return high;
  const half = 2 ** (-exponent - 1);
  return Math.sign(high) * Math.floor((Math.abs(high) + half) / (2 * half));
}

/** float32 scale of each output channel: f32(f32(inputScale * weightScale) / outputScale). */
function requantScales(inputScale: number, weightScales: readonly number[], outputScale: number): Float32Array {
  return Float32Array.from(weightScales, (w) => Math.fround(Math.fround(inputScale * w) / outputScale));
}

/** The scales that a rounding profile multiplies accumulators by: float32 numbers for `reference`, double precision for the others. */
export const profileScales = (rounding: Rounding, inputScale: number, weightScales: readonly number[], outputScale: number) =>
  rounding === 'reference'
    ? requantScales(inputScale, weightScales, outputScale)
    : Float64Array.from(weightScales, (w) => (inputScale * w) / outputScale);

/** Nearest integer of a double below 2^51, ties to even: adding 1.5 * 2^52 leaves no room for fraction bits. */
const EVEN = 6755399441055744;
export const roundTiesToEven = (v: number): number => v + EVEN - EVEN;

/** Nearest integer, halves away from zero. */
export const roundHalfAway = (v: number): number => Math.sign(v) * Math.floor(Math.abs(v) + 0.5);

/** How a layer turns the accumulator of a channel into an int8 value. */
export type Requantizer = (acc: number, channel: number) => number;

export interface RequantSpec {
  readonly inputScale: number;
  /** One per output channel, or one for all. */
  readonly weightScales: readonly number[];
  readonly outputScale: number;
  readonly outputZeroPoint: number;
  readonly clamp: readonly number[];
  readonly rounding: Rounding;
}

/** The requantizer of a layer with `channels` output channels. */
export function makeRequantizer(spec: RequantSpec, channels: number): Requantizer {
  const weightScales = spec.weightScales.length === channels ? spec.weightScales : new Array<number>(channels).fill(spec.weightScales[0]);
  const zeroPoint = spec.outputZeroPoint;
  const [lo, hi] = spec.clamp;
  const bounded = (v: number): number => (v < lo ? lo : v > hi ? hi : v);
  const scales = profileScales(spec.rounding, spec.inputScale, weightScales, spec.outputScale);
  if (spec.rounding === 'reference') {
    // where a product is too large for exact rounding, the clamp has decided anyway
    return (acc, channel) => bounded(roundTiesToEven(Math.fround(Math.fround(acc) * scales[channel])) + zeroPoint);
  }
  const multiply = spec.rounding === 'single' ? multiplySingle : multiplyDouble;
  const fixed = Array.from(scales, fixedMultiplier);
  return (acc, channel) => bounded(multiply(acc, fixed[channel]) + zeroPoint);
}
