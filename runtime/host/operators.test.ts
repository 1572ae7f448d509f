import { expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { addParameters } from './add.js';
import { HOST_OPERATORS, runHostOperator, type HostAttrs } from './registry.js';
import type { Tensor } from '../tensor.js';

const int8 = (shape: readonly number[], values: readonly number[]): Tensor => ({ dtype: 'int8', shape, data: Int8Array.from(values) });
const run = (operator: string, inputs: readonly Tensor[], attrs: HostAttrs): number[] =>
  Array.from(runHostOperator(operator, inputs, attrs).data);

test('an unknown operator is named, with a hint', () => {
  expect(() => runHostOperator('conv2', [], {})).toThrow(/VTA3010.*did you mean conv2d/);
  expect(() => runHostOperator('toString', [], {})).toThrow(VtaError);
});

test('every operator refuses missing operands with a diagnostic', () => {
  for (const operator of Object.keys(HOST_OPERATORS)) expect(() => runHostOperator(operator, [], {}), operator).toThrow(VtaError);
});

const equal: HostAttrs = {
  aScale: 1,
  aZeroPoint: 0,
  bScale: 1,
  bZeroPoint: 0,
  outputScale: 1,
  outputZeroPoint: 0,
  clamp: [-128, 127],
  rounding: 'reference',
};

test('add with equal scales is addition, in every profile', () => {
  const a = int8([4], [1, -5, 100, -100]);
  const b = int8([4], [2, 7, 100, -100]);
  for (const rounding of ['reference', 'single', 'double']) expect(run('add', [a, b], { ...equal, rounding })).toEqual([3, 2, 127, -128]);
  expect(run('add', [a, b], { ...equal, outputZeroPoint: -10, clamp: [-10, 127] })).toEqual([-7, -8, 127, -10]);
  expect(() => run('add', [a, int8([2, 3], [1, 2, 3, 4, 5, 6])], equal)).toThrow(/VTA3011.*\[4\] and \[2,3\]/);
  expect(run('add', [a, int8([2, 1], [0, 1])], equal)).toEqual([1, -5, 100, -100, 2, -4, 101, -99]);
});

test('add parameters leave the delegate rule outside its range of scales', () => {
  const scales = { aScale: 1, aZeroPoint: 3, bScale: 0.5, bZeroPoint: -2, outputScale: 1 };
  expect(addParameters(scales)).toEqual({ mulA: 2 ** 20, mulB: 2 ** 19, shift: 20, constant: 2 ** 19 - 3 * 2 ** 20 + 2 ** 20 });
  expect(addParameters({ ...scales, aScale: 256 })).toBeNull();
  expect(addParameters({ ...scales, bScale: 2 ** -11 })).toBeNull();
  const far: HostAttrs = { ...equal, aScale: 2 ** -11 };
  const operands = [int8([1], [127]), int8([1], [5])];
  expect(run('add', operands, far)).toEqual(run('add', operands, { ...far, rounding: 'double' }));
});

test('average pooling rounds halves away from zero and leaves padding out', () => {
  const attrs: HostAttrs = { window: [1, 2], stride: [1, 2], padding: [0, 0, 0, 0], clamp: [-128, 127] };
  expect(run('average_pool_2d', [int8([1, 1, 4, 1], [1, 2, -1, -2])], attrs)).toEqual([2, -2]);
  const padded: HostAttrs = { window: [2, 2], stride: [2, 2], padding: [1, 1, 1, 1], clamp: [-128, 127] };
  expect(run('average_pool_2d', [int8([1, 2, 2, 1], [10, 20, 30, 40])], padded)).toEqual([10, 20, 30, 40]);
});

test('max pooling keeps channels apart and clamps', () => {
  const x = int8([1, 2, 2, 2], [1, -1, 5, -5, 3, -3, 2, -2]);
  expect(run('max_pool_2d', [x], { window: [2, 2], stride: [1, 1], padding: [0, 0, 0, 0], clamp: [-128, 4] })).toEqual([4, -1]);
});

test('pad surrounds every axis', () => {
  const y = runHostOperator('pad', [int8([1, 2, 2], [1, 2, 3, 4])], { before: [0, 1, 0], after: [1, 0, 1], value: 9 });
  expect(y.shape).toEqual([2, 3, 3]);
  expect(Array.from(y.data)).toEqual([9, 9, 9, 1, 2, 9, 3, 4, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
});

test('mean over axes', () => {
  const x = int8([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]);
  const attrs: HostAttrs = {
    axes: [1, 2],
    keepDims: false,
    inputScale: 1,
    inputZeroPoint: 0,
    outputScale: 0.5,
    outputZeroPoint: 1,
    rounding: 'reference',
  };
  const y = runHostOperator('mean', [x], attrs);
  expect(y.shape).toEqual([1, 2]);
  expect(Array.from(y.data)).toEqual([6, 51]);
  expect(runHostOperator('mean', [x], { ...attrs, keepDims: true }).shape).toEqual([1, 1, 1, 2]);
});

test('mean: sums that end between two values, by each of the three rules', () => {
  const q = { inputScale: 1, inputZeroPoint: 0, outputScale: 1, outputZeroPoint: 0 };
  const attrs: HostAttrs = { axes: [1], keepDims: true, ...q };
  // sums of four: -6, -2, -1, 1, 2, 6
  const x = int8([6, 4], [-6, 0, 0, 0, -2, 0, 0, 0, -1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0]);
  const by = (rounding: string, change: HostAttrs = {}) => run('mean', [x], { ...attrs, ...change, rounding }).map((v) => v + 0);
  expect(by('reference')).toEqual([-2, 0, 0, 0, 0, 2]);
  expect(by('double')).toEqual([-2, -1, 0, 1, 1, 2]);
  expect(by('builtin')).toEqual([-1, 0, 0, 0, 0, 1]);
  expect(by('builtin', { outputScale: 2 })).toEqual([-1, 0, 0, 0, 0, 1]);
  expect(by('builtin', { inputScale: 2 })).toEqual([-3, -1, -1, 1, 1, 3]);
  // the zero point's share is rounded apart: 3 * 0.5 makes 2
  expect(by('double', { inputZeroPoint: 3, inputScale: 0.5 })).toEqual([-3, -2, -2, -2, -2, -1]);
});

test('softmax: equal inputs share, a far larger one takes all', () => {
  const attrs: HostAttrs = { beta: 1, inputScale: 0.1, outputScale: 1 / 256, outputZeroPoint: -128 };
  expect(run('softmax', [int8([2, 2], [5, 5, 127, -128])], attrs)).toEqual([0, 0, 127, -128]);
});

test('concatenate along an inner axis, of any type', () => {
  const a: Tensor = { dtype: 'float32', shape: [2, 1], data: Float32Array.of(1, 2) };
  const b: Tensor = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(3, 4, 5, 6) };
  expect(runHostOperator('concatenate', [a, b], { axis: 1 })).toEqual({
    dtype: 'float32',
    shape: [2, 3],
    data: Float32Array.of(1, 3, 4, 2, 5, 6),
  });
});

test('requantize: the ratio of the scales in 1/256, or the built-in kernel where the ratio is far', () => {
  const attrs: HostAttrs = {
    inputScale: 1,
    inputZeroPoint: 0,
    outputScale: 2,
    outputZeroPoint: 0,
    clamp: [-128, 127],
    rounding: 'reference',
  };
  const x = int8([6], [-3, -2, -1, 1, 2, 3]);
  expect(run('requantize', [x], attrs)).toEqual([-1, -1, 0, 1, 1, 2]);
  expect(run('requantize', [x], { ...attrs, outputScale: 4, rounding: 'double' }).map((v) => v + 0)).toEqual([-1, -1, 0, 1, 1, 1]);
  expect(run('requantize', [x], { ...attrs, outputScale: 4 }).map((v) => v + 0)).toEqual([-1, 0, 0, 0, 1, 1]);
  // 256 * 0.3 is 76.8: 77 / 256 of 127 is 38.2, and of 128 38.5
  const ratio: HostAttrs = { ...attrs, inputScale: Math.fround(0.3), outputScale: 1, inputZeroPoint: -1 };
  expect(run('requantize', [int8([2], [126, 127])], ratio)).toEqual([38, 39]);
  const far: HostAttrs = { ...attrs, outputScale: 512 };
  expect(run('requantize', [int8([1], [-128])], far)).toEqual(run('requantize', [int8([1], [-128])], { ...far, rounding: 'double' }));
});

test('quantize, dequantize, requantize, relu, reshape', () => {
  const f: Tensor = { dtype: 'float32', shape: [6], data: Float32Array.of(0.25, -0.25, 1, 1000, -1000, Number.NaN) };
  const q = { outputScale: 0.5, outputZeroPoint: 10 };
  expect(run('quantize', [f], { ...q, rounding: 'reference' })).toEqual([10, 10, 12, 127, -128, 127]);
  expect(run('quantize', [f], { ...q, rounding: 'builtin' })).toEqual([11, 9, 12, 127, -128, 10]);
  expect(run('dequantize', [int8([2], [11, -128])], { inputScale: 0.5, inputZeroPoint: 10 })).toEqual([0.5, -69]);
  const attrs: HostAttrs = {
    inputScale: 0.5,
    inputZeroPoint: 10,
    outputScale: 0.25,
    outputZeroPoint: 0,
    clamp: [0, 100],
    rounding: 'reference',
  };
  expect(run('requantize', [int8([3], [11, 0, 127])], attrs)).toEqual([2, 0, 100]);
  expect(run('relu', [int8([3], [-5, 3, 127])], { clamp: [-2, 6] })).toEqual([-2, 3, 6]);
  expect(runHostOperator('reshape', [int8([4], [1, 2, 3, 4])], { shape: [2, 2] })).toEqual(int8([2, 2], [1, 2, 3, 4]));
});
