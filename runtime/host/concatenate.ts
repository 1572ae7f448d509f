/** Operands of one type, one after the other along an axis. */
import { newData, sizeOf } from '../tensor.js';
import { Operands } from './operands.js';
import type { HostOperator } from './operator.js';

export const concatenate: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('concatenate', inputs, attrs);
    const parts = inputs.map((_, i) => o.any(i));
    o.check(parts.length > 0, 'there are no operands');
    const { shape, dtype } = parts[0];
    const axis = o.number('axis');
    o.check(Number.isInteger(axis) && axis >= 0 && axis < shape.length, `axis ${axis} is outside the shape [${shape}]`);
    for (const t of parts) {
      const fits = t.dtype === dtype && t.shape.length === shape.length && t.shape.every((n, i) => i === axis || n === shape[i]);
      o.check(fits, `[${t.shape}] does not fit [${shape}] along axis ${axis}`);
    }
    const outer = sizeOf(shape.slice(0, axis));
    const lengths = parts.map((t) => sizeOf(t.shape.slice(axis)));
    const total = lengths.reduce((a, b) => a + b, 0);
    const data = newData(dtype, outer * total);
    let offset = 0;
    parts.forEach((t, k) => {
      for (let i = 0; i < outer; i++) data.set(t.data.subarray(i * lengths[k], (i + 1) * lengths[k]), i * total + offset);
      offset += lengths[k];
    });
    return { dtype, shape: shape.map((n, i) => (i === axis ? parts.reduce((a, t) => a + t.shape[axis], 0) : n)), data };
  },
};
