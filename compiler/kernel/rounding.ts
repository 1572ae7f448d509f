import { roundHalfEven } from '#isa/semantics/requantize';
import { fixedMultiplier, multiplyDouble, multiplySingle } from '#runtime/host/requantize-rules';
import type { ConvSpec, Rounding } from './spec.js';

/** The requantized int8 of an accumulator; grows with the accumulator. */
export type Staircase = (acc: number) => number;

/**
 * The requantization of one channel as a function of the accumulator with bias, by rounding profile
 * (../shared/models/README.md): `reference` is the float32 product, ties to even; `single` a 31-bit multiplier and one
 * rounding shift, ties up; `double` rounds twice, as TFLite's built-in depthwise kernel does.
 */
export function staircaseOf(spec: ConvSpec, channel: number): Staircase {
  const { scales, zeroPoint, lo, hi, rounding } = spec.requant;
  const product = ROUNDINGS[rounding](scales[channel]);
  return (acc) => Math.max(lo, Math.min(hi, product(acc) + zeroPoint));
}

const ROUNDINGS: Readonly<Record<Rounding, (scale: number) => Staircase>> = {
  reference: (scale) => (acc) => roundHalfEven(Math.fround(Math.fround(acc) * scale)),
  single: (scale) => {
    const multiplier = fixedMultiplier(scale);
    return (acc) => multiplySingle(acc, multiplier);
  },
  double: (scale) => {
    const multiplier = fixedMultiplier(scale);
    return (acc) => multiplyDouble(acc, multiplier);
  },
};

/** Smallest and largest accumulator, with bias, that int8 inputs can produce in a channel. */
export function reachable(spec: ConvSpec, channel: number): readonly [low: number, high: number] {
  const count = spec.kernel[0] * spec.kernel[1] * spec.input.channels;
  let low = spec.bias[channel];
  let high = low;
  for (let i = channel * count; i < (channel + 1) * count; i++) {
    const w = spec.weights[i];
    low += w > 0 ? -128 * w : 127 * w;
    high += w > 0 ? 127 * w : -128 * w;
  }
  return [low, high];
}

/** `first[i]`: the smallest accumulator with at least `bottom + 1 + i`, for every value the channel reaches above `bottom`. */
export interface Thresholds {
  readonly bottom: number;
  readonly first: Float64Array;
}

export function thresholdsOf(f: Staircase, low: number, high: number): Thresholds {
  const bottom = f(low);
  const top = f(high);
  const first = new Float64Array(top - bottom);
  let from = low;
  for (let y = bottom + 1; y <= top; y++) {
    // f(below) < y <= f(above)
    let below = from;
    let above = high;
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2);
      if (f(middle) >= y) above = middle;
      else below = middle;
    }
    first[y - bottom - 1] = above;
    from = above - 1;
  }
  return { bottom, first };
}
