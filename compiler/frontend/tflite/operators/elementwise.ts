/** Operators on single elements, changes of number format among them. */
import { call } from '../../../graph/build.js';
import { ADD_OPTIONS } from '../schema.js';
import { type Converter, int8 } from './converter.js';

export const add = int8((c) =>
  call('add', [c.input(0), c.input(1)], { ...c.output(), clamp: c.clamp(ADD_OPTIONS.activation), rounding: 'reference' }, c.name, c.origin),
);

const requantize =
  (activation: string): Converter['convert'] =>
  (c) =>
    call('requantize', [c.input(0)], { ...c.output(), clamp: c.clamp(activation), rounding: 'reference' }, c.name, c.origin);

export const activation = (name: string): Converter => int8(requantize(name));

export const quantize: Converter = {
  takes: [
    ['float32', 'int8'],
    ['int8', 'int8'],
    ['uint8', 'int8'],
    ['int8', 'uint8'],
  ],
  convert: (c) => {
    const [from, to] = [c.inputType(0).dtype, c.result.dtype];
    if (from === 'float32') return call('quantize', [c.input(0)], c.output(), c.name, c.origin);
    return from === to ? requantize('NONE')(c) : call('requantize_uint8', [c.input(0)], c.output(), c.name, c.origin);
  },
};

export const dequantize: Converter = {
  takes: [['int8', 'float32']],
  convert: (c) => call('dequantize', [c.input(0)], {}, c.name, c.origin),
};
