/**
 * Between int8 and uint8: QUANTIZE at the edges of a network with uint8 inputs or outputs. TensorFlow Lite computes it with its built-in
 * kernel, because the delegate takes only equal types. With equal scales and zero points 128 apart it adds or subtracts 128.
 */
import { newData, type Tensor } from '../tensor.js';
import { Operands } from './operands.js';
import type { HostOperator } from './operator.js';
import { fixedMultiplier, multiplyDouble } from './requantize-rules.js';

const RANGES = { int8: [-128, 127], uint8: [0, 255] } as const;
type Byte = keyof typeof RANGES;

/** The type that the other one becomes. */
export const otherByte = (dtype: Byte): Byte => (dtype === 'int8' ? 'uint8' : 'int8');

function zeroPoint(o: Operands, name: string, dtype: Byte): number {
  const v = o.number(name);
  const [lo, hi] = RANGES[dtype];
  o.check(Number.isInteger(v) && v >= lo && v <= hi, `attribute ${name} must be a ${dtype} value, not ${v}`);
  return v;
}

export const requantizeUint8: HostOperator = {
  run: (inputs, attrs): Tensor => {
    const o = new Operands('requantize_uint8', inputs, attrs);
    const x = o.any(0);
    const from = x.dtype === 'int8' || x.dtype === 'uint8' ? x.dtype : o.fail(`operand 0 is ${x.dtype}, not int8 or uint8`);
    const to = otherByte(from);
    const [lo, hi] = RANGES[to];
    const [inputZero, outputZero] = [zeroPoint(o, 'inputZeroPoint', from), zeroPoint(o, 'outputZeroPoint', to)];
    const multiplier = fixedMultiplier(o.number('inputScale') / o.number('outputScale'));
    const first = RANGES[from][0];
    const rule = (v: number): number => Math.max(lo, Math.min(hi, multiplyDouble(v - inputZero, multiplier) + outputZero));
    const table = Array.from({ length: 256 }, (_, i) => rule(first + i));
    const y = newData(to, x.data.length);
    for (let i = 0; i < y.length; i++) y[i] = table[x.data[i] - first];
    return { dtype: to, shape: x.shape, data: y };
  },
};
