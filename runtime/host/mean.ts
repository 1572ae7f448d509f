/**
 * int8 mean over axes: the sum of (x - inputZeroPoint) times float32 inputScale / outputScale / count, ties to even. This is the
 * reference rule of requantization; no recorded reference covers MEAN.
 */
import { sizeOf } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { makeRequantizer } from './requantize-rules.js';

export const mean: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('mean', inputs, attrs);
    const x = o.tensor(0, 'int8');
    const axes = o.ints('axes', 0);
    o.check(
      axes.every((a) => a < x.shape.length),
      `axes [${axes}] are outside the shape [${x.shape}]`,
    );
    const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
    const count = sizeOf(x.shape) / Math.max(1, sizeOf(kept));
    o.check(count >= 1, 'there is nothing to average');
    const zero = o.int8('inputZeroPoint');
    const sums = new Int32Array(sizeOf(kept));
    for (let i = 0; i < x.data.length; i++) {
      let rest = i;
      let index = 0;
      let step = 1;
      for (let axis = x.shape.length - 1; axis >= 0; axis--) {
        if (!axes.includes(axis)) index += (rest % x.shape[axis]) * step;
        rest = Math.floor(rest / x.shape[axis]);
        step *= kept[axis];
      }
      sums[index] += x.data[i] - zero;
    }
    const inputScale = Math.fround(Math.fround(o.number('inputScale') / o.number('outputScale')) / count);
    const requantize = makeRequantizer(
      {
        inputScale,
        weightScales: [1],
        outputScale: 1,
        outputZeroPoint: o.int8('outputZeroPoint'),
        clamp: [-128, 127],
        rounding: 'reference',
      },
      1,
    );
    const shape = o.bool('keepDims') ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return int8Tensor(
      shape,
      Int8Array.from(sums, (s) => requantize(s, 0)),
    );
  },
};
