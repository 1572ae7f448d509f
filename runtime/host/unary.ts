/** Operators that treat each element alone: clamping, and changes of scale between int8 and float32. */
import type { Tensor } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { makeRequantizer, roundHalfAway } from './requantize-rules.js';

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

/** int8 to int8 of another scale and zero point. */
export const requantize: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('requantize', inputs, attrs);
    const f = makeRequantizer(
      {
        inputScale: o.number('inputScale'),
        weightScales: [1],
        outputScale: o.number('outputScale'),
        outputZeroPoint: o.int8('outputZeroPoint'),
        clamp: o.clamp(),
        rounding: o.rounding(),
      },
      1,
    );
    const zero = o.int8('inputZeroPoint');
    return mapInt8(o.tensor(0, 'int8'), (v) => f(v - zero, 0));
  },
};

/** float32 to int8: clamp(round(x / scale) + zeroPoint), halves away from zero; NaN gives the zero point. */
export const quantize: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('quantize', inputs, attrs);
    const x = o.tensor(0, 'float32');
    const scale = o.number('outputScale');
    const zero = o.int8('outputZeroPoint');
    const f = (v: number): number => (Number.isNaN(v) ? zero : Math.max(-128, Math.min(127, roundHalfAway(Math.fround(v / scale)) + zero)));
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
