/** Operators that treat each element alone: clamping, and changes of scale between int8 and float32. */
import type { Tensor } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { makeRequantizer, roundHalfAway, roundTiesToEven } from './requantize-rules.js';

/** int8 through a table of its 256 values. */
function mapInt8(x: Tensor & { readonly data: Int8Array }, f: (v: number) => number): Tensor {
  const table = Int8Array.from({ length: 256 }, (_, i) => f(i - 128));
  return int8Tensor(
    x.shape,
    x.data.map((v) => table[v + 128]),
  );
}

/** clamp(x); ReLU is the clamp [zeroPoint, 127]. */
export const relu: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('relu', inputs, attrs);
    const [lo, hi] = o.clamp();
    return mapInt8(o.tensor(0, 'int8'), (v) => Math.max(lo, Math.min(hi, v)));
  },
};

/**
 * Multiplier of the delegate's change of scale, in 1/256; null where the ratio of the scales is not within 2^-8 .. 2^7: it leaves
 * those to the built-in kernel (rounding profile `double`).
 */
export function convertMultiplier(inputScale: number, outputScale: number): number | null {
  const ratio = Math.fround(inputScale / outputScale);
  return ratio >= 2 ** -8 && ratio <= 2 ** 7 ? roundTiesToEven(256 * ratio) : null;
}

/** int8 to int8 of another scale and zero point. `reference` is the delegate's rule: ratio and result in 1/256, ties up. */
export const requantize: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('requantize', inputs, attrs);
    const [inputScale, outputScale] = [o.number('inputScale'), o.number('outputScale')];
    const [zero, outputZeroPoint] = [o.int8('inputZeroPoint'), o.int8('outputZeroPoint')];
    const [lo, hi] = o.clamp();
    const rounding = o.rounding();
    const multiplier = rounding === 'reference' ? convertMultiplier(inputScale, outputScale) : null;
    if (multiplier !== null)
      return mapInt8(o.tensor(0, 'int8'), (v) => Math.max(lo, Math.min(hi, (((v - zero) * multiplier + 128) >> 8) + outputZeroPoint)));
    const profile = rounding === 'single' ? 'single' : 'double';
    const f = makeRequantizer({ inputScale, weightScales: [1], outputScale, outputZeroPoint, clamp: [lo, hi], rounding: profile }, 1);
    return mapInt8(o.tensor(0, 'int8'), (v) => f(v - zero, 0));
  },
};

/**
 * float32 to int8. `reference` is the delegate's rule: x times the float32 reciprocal of the scale, ties to even; NaN gives 127.
 * `builtin` divides in double precision, halves away from zero; there NaN gives the zero point (the kernel leaves that open).
 */
export const quantize: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('quantize', inputs, attrs);
    const x = o.tensor(0, 'float32');
    const scale = o.number('outputScale');
    const zero = o.int8('outputZeroPoint');
    const inverse = Math.fround(1 / scale);
    const bounded = (steps: number): number => Math.max(-128, Math.min(127, steps + zero));
    const reference = (v: number): number => (Number.isNaN(v) ? 127 : bounded(roundTiesToEven(Math.fround(v * inverse))));
    const builtin = (v: number): number => (Number.isNaN(v) ? zero : bounded(roundHalfAway(v / scale)));
    const f = o.oneOf('rounding', ['reference', 'builtin']) === 'reference' ? reference : builtin;
    return int8Tensor(x.shape, Int8Array.from(x.data, f));
  },
};

/** int8 to float32: scale * (x - zeroPoint). */
export const dequantize: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('dequantize', inputs, attrs);
    const x = o.tensor(0, 'int8');
    const scale = o.number('inputScale');
    const zero = o.int8('inputZeroPoint');
    return { dtype: 'float32', shape: x.shape, data: Float32Array.from(x.data, (v) => scale * (v - zero)) };
  },
};
