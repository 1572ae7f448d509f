/** Constant padding of every axis of an int8 tensor. */
import { sizeOf } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';

export const pad: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('pad', inputs, attrs);
    const x = o.tensor(0, 'int8');
    const rank = x.shape.length;
    const before = o.ints('before', 0, rank);
    const after = o.ints('after', 0, rank);
    const shape = x.shape.map((n, i) => before[i] + n + after[i]);
    const y = new Int8Array(sizeOf(shape)).fill(o.int8('value'));
    const inner = rank === 0 ? 1 : x.shape[rank - 1];
    const runs = inner === 0 ? 0 : x.data.length / inner;
    for (let run = 0; run < runs; run++) {
      // the run's coordinates on the outer axes, moved by `before`, give its place in the result
      let rest = run;
      let offset = rank === 0 ? 0 : before[rank - 1];
      let step = rank === 0 ? 1 : shape[rank - 1];
      for (let axis = rank - 2; axis >= 0; axis--) {
        offset += ((rest % x.shape[axis]) + before[axis]) * step;
        rest = Math.floor(rest / x.shape[axis]);
        step *= shape[axis];
      }
      y.set(x.data.subarray(run * inner, (run + 1) * inner), offset);
    }
    return int8Tensor(shape, y);
  },
};
