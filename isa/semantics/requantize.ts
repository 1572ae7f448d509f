/**
 * The RQ operation of the ISA extension: the requantization of TFLite int8 networks as the reference interpreter
 * (XNNPACK delegate) computes it, for every accumulator value.
 *
 *   y = clamp(rne(f32(f32(acc) * scale)) + zeroPoint, lo, hi)
 *
 * `scaleBits` is the float32 pattern of the per-channel scale; its sign is ignored and an exponent field of 0 (zero and
 * subnormal) makes the product 0. `imm` bits 7:0 are the zero point, bits 15:8 the upper clamp `hi`, both int8.
 * `lo` is the zero point where `relu` is 1 (fused ReLU) and -128 otherwise.
 */
export function requantize(acc: number, scaleBits: number, imm: number, relu: number): number {
  const zeroPoint = (imm << 24) >> 24;
  const hi = (imm << 16) >> 24;
  const lo = relu ? zeroPoint : -128;
  const y = scaleRound(acc, scaleBits) + zeroPoint;
  return Math.min(hi, Math.max(lo, y));
}

const scratch = new DataView(new ArrayBuffer(4));
/** The float32 whose pattern is `bits`. */
export function float32FromBits(bits: number): number {
  scratch.setUint32(0, bits >>> 0);
  return scratch.getFloat32(0);
}
/** The pattern of a float32, as int32. */
export function float32ToBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getInt32(0);
}

/** `rne(f32(f32(acc) * scale))`, saturated to +-1024 (beyond what any clamp keeps). */
export function scaleRound(acc: number, scaleBits: number): number {
  const exponent = (scaleBits >>> 23) & 0xff;
  if (exponent === 0) return 0;
  // exponent 255 is an ordinary power of two here, not infinity: the hardware has no special case for it
  const mantissa = ((scaleBits & 0x7fffff) | 0x800000) * 2 ** -23;
  const product = Math.fround(Math.fround(acc) * mantissa) * 2 ** (exponent - 127);
  return Math.max(-1024, Math.min(1024, roundHalfEven(product)));
}

/** Nearest integer, ties to even. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const diff = x - floor;
  if (diff < 0.5) return floor;
  if (diff > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * The same with integers only, as the RTL does it (source: shared models README, "the same with integers only"):
 * a 24-bit magnitude, one 24x24 product, one rounding to 24 significant bits, one rounding shift. Used by tests to prove
 * that both statements agree.
 */
export function scaleRoundInteger(acc: number, scaleBits: number): number {
  const exponent = (scaleBits >>> 23) & 0xff;
  if (exponent === 0 || acc === 0) return 0;
  const m = BigInt((scaleBits & 0x7fffff) | 0x800000);
  let a = BigInt(acc < 0 ? -acc : acc);
  const t = Math.max(bitLength(a) - 24, 0);
  a = roundShift(a, t);
  let p = a * m;
  const r = Math.max(bitLength(p) - 24, 0);
  p = roundShift(p, r);
  const shift = 150 - exponent - t - r;
  const magnitude = shift > 26 ? 0 : shift <= 0 ? 1024 : Number(roundShift(p, shift));
  const clamped = Math.min(1024, magnitude);
  return acc < 0 ? -clamped : clamped;
}

const bitLength = (v: bigint): number => (v === 0n ? 0 : v.toString(2).length);

function roundShift(v: bigint, n: number): bigint {
  if (n === 0) return v;
  const down = v >> BigInt(n);
  const rest = v - (down << BigInt(n));
  const half = 1n << BigInt(n - 1);
  return rest > half || (rest === half && (down & 1n) === 1n) ? down + 1n : down;
}
