/** Operators on single elements, changes of number format among them. */
import { call } from '../../../graph/build.js';
import { addVerdict, requantizeVerdict } from '../delegate.js';
import { ADD_OPTIONS } from '../schema.js';
import { type Converter, int8 } from './converter.js';

export const add = int8((c) => {
  const range = c.range(ADD_OPTIONS.activation);
  const kernels = c.kernels(addVerdict(c.scaleOf(0), c.scaleOf(1), c.resultScale(), range));
  const attrs = { ...c.output(), clamp: c.clamp(range, kernels), rounding: kernels === 'delegate' ? 'reference' : 'double' } as const;
  return call('add', [c.input(0), c.input(1)], attrs, c.name, c.origin);
});

/** The delegate has no int8 activations of their own. */
export const activation = (name: string): Converter =>
  int8((c) =>
    call('requantize', [c.input(0)], { ...c.output(), clamp: c.clamp(c.range(name), 'builtin'), rounding: 'double' }, c.name, c.origin),
  );

export const quantize: Converter = {
  takes: [
    ['float32', 'int8'],
    ['int8', 'int8'],
    ['uint8', 'int8'],
    ['int8', 'uint8'],
  ],
  convert: (c) => {
    const [from, to] = [c.inputType(0).dtype, c.result.dtype];
    if (from === 'float32') {
      const rounding = c.kernels('takes') === 'delegate' ? 'reference' : 'builtin';
      return call('quantize', [c.input(0)], { ...c.output(), rounding }, c.name, c.origin);
    }
    if (from !== to) return call('requantize_uint8', [c.input(0)], c.output(), c.name, c.origin);
    const rounding = c.kernels(requantizeVerdict(c.scaleOf(0), c.resultScale())) === 'delegate' ? 'reference' : 'double';
    return call('requantize', [c.input(0)], { ...c.output(), rounding }, c.name, c.origin);
  },
};

export const dequantize: Converter = {
  takes: [['int8', 'float32']],
  convert: (c) => call('dequantize', [c.input(0)], {}, c.name, c.origin),
};
