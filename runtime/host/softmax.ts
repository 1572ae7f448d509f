/**
 * int8 softmax over the last axis, by a table of float32 exponentials as TFLite's kernel does it. For the usual output scale
 * 1/256 and zero point -128.
 */
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { roundHalfAway } from './requantize-rules.js';

/** exp(-inputScale * beta * v) for v = 0..255, the distances from the row's maximum. */
function exponentials(inputScale: number, beta: number): Float32Array {
  const factor = -Math.fround(inputScale * beta);
  return Float32Array.from({ length: 256 }, (_, v) => Math.exp(Math.fround(factor * v)));
}

export const softmax: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('softmax', inputs, attrs);
    const x = o.tensor(0, 'int8');
    const size = x.shape.at(-1) ?? 0;
    o.check(size > 0, 'the last axis is empty');
    const table = exponentials(o.number('inputScale'), o.number('beta'));
    const outputScale = o.number('outputScale');
    const zero = o.int8('outputZeroPoint');
    const y = new Int8Array(x.data.length);
    for (let base = 0; base < y.length; base += size) {
      let max = -128;
      for (let i = 0; i < size; i++) max = Math.max(max, x.data[base + i]);
      let sum = 0;
      for (let i = 0; i < size; i++) sum = Math.fround(sum + table[max - x.data[base + i]]);
      const inverse = Math.fround(1 / Math.fround(sum * outputScale));
      for (let i = 0; i < size; i++) {
        const v = roundHalfAway(Math.fround(table[max - x.data[base + i]] * inverse)) + zero;
        y[base + i] = Math.max(-128, Math.min(127, v));
      }
    }
    return int8Tensor(x.shape, y);
  },
};
