import { expect, test } from 'vitest';
import type { Tensor } from '../tensor.js';
import { type HostAttrs, runHostOperator } from './registry.js';

const run = (x: Tensor, attrs: HostAttrs) => runHostOperator('requantize_uint8', [x], attrs);
const all = (dtype: 'int8' | 'uint8'): Tensor => ({
  dtype,
  shape: [256],
  data: dtype === 'int8' ? Int8Array.from({ length: 256 }, (_, i) => i - 128) : Uint8Array.from({ length: 256 }, (_, i) => i),
});

test('equal scales and zero points 128 apart: the same numbers in the other type', () => {
  const scale = Math.fround(0.0123);
  const up = run(all('int8'), { inputScale: scale, inputZeroPoint: -3, outputScale: scale, outputZeroPoint: 125 });
  expect(up).toEqual(all('uint8'));
  expect(run(up, { inputScale: scale, inputZeroPoint: 125, outputScale: scale, outputZeroPoint: -3 })).toEqual(all('int8'));
});

test('halves are rounded away from zero, and results are clamped', () => {
  const x: Tensor = { dtype: 'uint8', shape: [6], data: Uint8Array.of(0, 127, 128, 129, 131, 255) };
  const y = run(x, { inputScale: 0.5, inputZeroPoint: 128, outputScale: 1, outputZeroPoint: 100 });
  // (x - 128) / 2 + 100; the first step of rounding takes a half toward +infinity, the second away from zero
  expect(y).toEqual({ dtype: 'int8', shape: [6], data: Int8Array.of(36, 100, 100, 101, 102, 127) });
});

test('other types and zero points outside the type are refused', () => {
  const attrs = { inputScale: 1, inputZeroPoint: 0, outputScale: 1, outputZeroPoint: 0 };
  expect(() => run({ dtype: 'int32', shape: [1], data: new Int32Array(1) }, attrs)).toThrow(/VTA3011.*int32/);
  expect(() => run(all('int8'), { ...attrs, outputZeroPoint: -1 })).toThrow(/VTA3011.*uint8 value/);
  expect(() => run(all('uint8'), { ...attrs, inputZeroPoint: -1 })).toThrow(/VTA3011.*uint8 value/);
});
