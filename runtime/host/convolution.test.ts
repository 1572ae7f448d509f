import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import type { Tensor } from '../tensor.js';
import { runHostOperator } from './registry.js';
import { samePadding } from './window.js';

/** Reproducible int8 data. */
const data = (size: number, seed: number): Int8Array =>
  Int8Array.from({ length: size }, (_, i) => Math.imul(seed * 7919 + i + 1, 0x9e3779b1) >> 24);

interface Case {
  batch: number;
  height: number;
  width: number;
  inC: number;
  outC: number;
  kernel: number[];
  stride: number[];
  dilation: number[];
  padding: number[];
  zero: number;
  seed: number;
}
const small = (min: number, max: number) => fc.integer({ min, max });
const pair = (min: number, max: number) => fc.tuple(small(min, max), small(min, max)).map((p) => [...p]);
const cases: fc.Arbitrary<Case> = fc.record({
  batch: small(1, 2),
  height: small(5, 8),
  width: small(5, 8),
  inC: small(1, 4),
  outC: small(1, 5),
  kernel: pair(1, 3),
  stride: pair(1, 3),
  dilation: pair(1, 2),
  padding: fc.tuple(small(0, 2), small(0, 2), small(0, 2), small(0, 2)).map((p) => [...p]),
  zero: small(-128, 127),
  seed: small(0, 1e6),
});

/** One output element from the definition, with real numbers for the requantization. */
function element(
  c: Case,
  x: Int8Array,
  weight: (ky: number, kx: number, ic: number) => number,
  channels: readonly number[],
  at: readonly number[],
): number {
  const [n, row, column] = at;
  let acc = 0;
  for (let ky = 0; ky < c.kernel[0]; ky++) {
    for (let kx = 0; kx < c.kernel[1]; kx++) {
      const iy = row * c.stride[0] + ky * c.dilation[0] - c.padding[0];
      const ix = column * c.stride[1] + kx * c.dilation[1] - c.padding[1];
      if (iy < 0 || ix < 0 || iy >= c.height || ix >= c.width) continue;
      for (const ic of channels) acc += (x[((n * c.height + iy) * c.width + ix) * c.inC + ic] - c.zero) * weight(ky, kx, ic);
    }
  }
  return acc;
}

const requant = (c: Case, channels: number) => ({
  inputScale: 0.5,
  inputZeroPoint: c.zero,
  weightScales: Array.from({ length: channels }, (_, i) => 2 ** -(10 + (i % 3))),
  outputScale: 0.25,
  outputZeroPoint: -3,
  clamp: [-100, 120],
  rounding: 'reference',
});
/** All scales above are powers of two, so this is exact: ties to even. */
function expected(acc: number, channel: number): number {
  const v = acc * 2 ** -(9 + (channel % 3));
  const floor = Math.floor(v);
  const rounded = v - floor > 0.5 || (v - floor === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.max(-100, Math.min(120, rounded - 3));
}

function check(c: Case, y: Tensor, acc: (at: readonly number[], channel: number) => number): void {
  const [batch, rows, columns, channels] = y.shape;
  const size = (axis: 0 | 1, image: number) =>
    Math.floor((image + c.padding[axis] + c.padding[axis + 2] - ((c.kernel[axis] - 1) * c.dilation[axis] + 1)) / c.stride[axis]) + 1;
  expect([batch, rows, columns]).toEqual([c.batch, size(0, c.height), size(1, c.width)]);
  y.data.forEach((v, i) => {
    const at = [
      Math.floor(i / (channels * columns * rows)),
      Math.floor(i / (channels * columns)) % rows,
      Math.floor(i / channels) % columns,
    ];
    expect(v).toBe(expected(acc(at, i % channels), i % channels));
  });
}

test('conv2d equals its definition: batch, stride, dilation, padding, zero points, per-channel scales', () => {
  fc.assert(
    fc.property(cases, (c) => {
      const x = data(c.batch * c.height * c.width * c.inC, c.seed);
      const w = data(c.outC * c.kernel[0] * c.kernel[1] * c.inC, c.seed + 1);
      const bias = Int32Array.from(data(c.outC, c.seed + 2), (v) => v * 100);
      const inputs: Tensor[] = [
        { dtype: 'int8', shape: [c.batch, c.height, c.width, c.inC], data: x },
        { dtype: 'int8', shape: [c.outC, ...c.kernel, c.inC], data: w },
        { dtype: 'int32', shape: [c.outC], data: bias },
      ];
      const y = runHostOperator('conv2d', inputs, { stride: c.stride, dilation: c.dilation, padding: c.padding, ...requant(c, c.outC) });
      const all = Array.from({ length: c.inC }, (_, i) => i);
      check(c, y, (at, o) => bias[o] + element(c, x, (ky, kx, ic) => w[((o * c.kernel[0] + ky) * c.kernel[1] + kx) * c.inC + ic], all, at));
    }),
    { seed: 21, numRuns: 60 },
  );
});

test('depthwise_conv2d equals its definition, also with a depth multiplier', () => {
  fc.assert(
    fc.property(cases, small(1, 3), (c, multiplier) => {
      const outC = c.inC * multiplier;
      const x = data(c.batch * c.height * c.width * c.inC, c.seed);
      const w = data(c.kernel[0] * c.kernel[1] * outC, c.seed + 1);
      const bias = Int32Array.from(data(outC, c.seed + 2), (v) => v * 50);
      const inputs: Tensor[] = [
        { dtype: 'int8', shape: [c.batch, c.height, c.width, c.inC], data: x },
        { dtype: 'int8', shape: [1, ...c.kernel, outC], data: w },
        { dtype: 'int32', shape: [outC], data: bias },
      ];
      const y = runHostOperator('depthwise_conv2d', inputs, {
        stride: c.stride,
        dilation: c.dilation,
        padding: c.padding,
        ...requant(c, outC),
      });
      check(c, y, (at, o) => bias[o] + element(c, x, (ky, kx) => w[(ky * c.kernel[1] + kx) * outC + o], [Math.floor(o / multiplier)], at));
    }),
    { seed: 22, numRuns: 60 },
  );
});

test('accumulators wrap at 32 bits', () => {
  const inputs: Tensor[] = [
    { dtype: 'int8', shape: [1, 1], data: Int8Array.of(127) },
    { dtype: 'int8', shape: [1, 1], data: Int8Array.of(1) },
    { dtype: 'int32', shape: [1], data: Int32Array.of(2 ** 31 - 1) },
  ];
  const attrs = {
    inputScale: 1,
    inputZeroPoint: 0,
    weightScales: [1],
    outputScale: 1,
    outputZeroPoint: 0,
    clamp: [-128, 127],
    rounding: 'reference',
  };
  expect([...runHostOperator('fully_connected', inputs, attrs).data]).toEqual([-128]);
});

test('SAME padding of the README: the larger half goes after', () => {
  expect(samePadding(49, 10, 2)).toEqual({ before: 4, after: 5 });
  expect(samePadding(10, 4, 2)).toEqual({ before: 1, after: 1 });
  expect(samePadding(32, 3, 2)).toEqual({ before: 0, after: 1 });
  expect(samePadding(32, 1, 2)).toEqual({ before: 0, after: 0 });
  expect(samePadding(8, 3, 1, 2)).toEqual({ before: 2, after: 2 });
});

test('operands that do not fit are refused', () => {
  const x: Tensor = { dtype: 'int8', shape: [1, 2, 2, 1], data: new Int8Array(4) };
  const w: Tensor = { dtype: 'int8', shape: [1, 3, 3, 1], data: new Int8Array(9) };
  const b: Tensor = { dtype: 'int32', shape: [1], data: new Int32Array(1) };
  const attrs = {
    stride: [1, 1],
    dilation: [1, 1],
    padding: [1, 1, 1, 1],
    inputScale: 1,
    inputZeroPoint: 0,
    weightScales: [1],
    outputScale: 1,
    outputZeroPoint: 0,
    clamp: [-128, 127],
    rounding: 'reference',
  };
  const problem = (inputs: Tensor[], a: object): string => {
    try {
      runHostOperator('conv2d', inputs, { ...attrs, ...a });
    } catch (e) {
      if (e instanceof VtaError) return `${e.code} ${e.diagnostics[0].what}`;
      throw e;
    }
    return 'ran';
  };
  expect(problem([x, w, b], {})).toBe('ran');
  expect(problem([x, w, b], { padding: [0, 0, 0, 0] })).toMatch(/VTA3011.*does not fit/);
  expect(problem([x, w], {})).toMatch(/operand 2 is missing/);
  expect(problem([x, w, { ...b, dtype: 'int8' }], {})).toMatch(/operand 2 is int8, not int32/);
  expect(problem([{ ...x, shape: [1, 2, 2, 2] }, w, b], {})).toMatch(/has 4 elements for the shape/);
  expect(problem([x, w, b], { stride: [0, 1] })).toMatch(/stride/);
  expect(problem([x, w, b], { rounding: 'nearest' })).toMatch(/rounding/);
  expect(problem([x, w, b], { clamp: [1, 0] })).toMatch(/clamp/);
  expect(problem([x, w, b], { outputZeroPoint: 128 })).toMatch(/outputZeroPoint/);
});
