/** The same elements in another shape, of any type. The result shares the operand's data. */
import { sizeOf } from '../tensor.js';
import { Operands } from './operands.js';
import type { HostOperator } from './operator.js';

export const reshape: HostOperator = {
  run: (inputs, attrs) => {
    const o = new Operands('reshape', inputs, attrs);
    const x = o.any(0);
    const shape = o.ints('shape', 0);
    o.check(sizeOf(shape) === x.data.length, `${x.data.length} elements do not fill the shape [${shape}]`);
    return { dtype: x.dtype, shape: [...shape], data: x.data };
  },
};
