import { describe, expect, test } from 'vitest';
import { importModel } from '#compiler/frontend/import';
import { openModel } from '#compiler/frontend/tflite/model';
import { writeTflite } from '#compiler/frontend/tflite/write';
import { exportModel } from './export.js';
import { multiply } from './matrix.js';
import { Network } from './network.js';
import { calibrate, rangeQuantization } from './quantize.js';
import { Random } from './random.js';
import { drawPicture } from './shapes.js';
import { toFloats, train } from './train.js';

const pictures = (seed: number, count: number) => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => drawPicture(random));
};

describe('matrix products', () => {
  test.each([
    [3, 5, 16],
    [1, 1, 32],
    [7, 9, 6],
  ])('%i x %i x %i', (m, k, n) => {
    const random = new Random(m);
    const fill = (size: number) => Float32Array.from({ length: size }, () => random.below(9) - 4);
    const [a, b, c] = [fill(m * k), fill(k * n), fill(m * n)];
    const expected = c.map((v, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return Array.from({ length: k }, (_, p) => a[i * k + p] * b[p * n + j]).reduce((x, y) => x + y, v);
    });
    multiply(a, b, c, m, k, n);
    expect(c).toEqual(expected);
  });
});

test('the gradient of every parameter is the slope of the loss', () => {
  const network = new Network(new Random(5));
  const x = toFloats(pictures(6, 4));
  const weight = (i: number) => Math.sin(i);
  const loss = () => network.forward(x, 4, true).reduce((sum, score, i) => sum + score * weight(i), 0);
  loss();
  network.backward(
    Float32Array.from({ length: 24 }, (_, i) => weight(i)),
    4,
  );
  for (const { value, gradient } of network.parameters) {
    const at = Math.floor(value.length / 3);
    const before = value[at];
    const [above, below] = [1e-2, -1e-2].map((step) => {
      value[at] = before + step;
      return loss();
    });
    value[at] = before;
    const slope = (above - below) / 2e-2;
    expect(Math.abs(slope - gradient[at]), `${gradient.length} values`).toBeLessThan(0.02 + 0.05 * Math.abs(slope));
  }
});

test('the same seed gives the same network', () => {
  const run = (seed: number) => train({ seed, steps: 3, batch: 4, rate: 5e-3, report: () => {} }).parameters.map((p) => p.value);
  expect(run(3)).toEqual(run(3));
  expect(run(3)).not.toEqual(run(4));
});

test('ranges include zero, exactly', () => {
  for (const [low, high] of [
    [0, 4],
    [-3, 0],
    [-1.37, 2.9],
    [1, 2],
  ]) {
    const { scale, zeroPoint } = rangeQuantization(low, high);
    expect(Number.isInteger(zeroPoint)).toBe(true);
    expect(scale * (127 - zeroPoint)).toBeGreaterThan(high - scale);
    expect(scale * (-128 - zeroPoint)).toBeLessThan(Math.min(0, low) + scale);
  }
});

test('a model that is written is read again as it was', () => {
  const network = new Network(new Random(1));
  const spec = exportModel(network, calibrate(network, pictures(2, 4)), 'test');
  const bytes = writeTflite(spec);
  const model = openModel(bytes, 'm.tflite');
  expect(model.operators.map(({ op, inputs, outputs }) => ({ op, inputs, outputs }))).toEqual(
    spec.operators.map(({ op, inputs, outputs }) => ({ op, inputs, outputs })),
  );
  spec.tensors.forEach((tensor, i) => {
    const read = model.tensor(i);
    expect([read.name, read.shape]).toEqual([tensor.name, tensor.shape]);
    expect(read.scales).toEqual(tensor.quantization?.scales ?? []);
    expect(read.zeroPoints).toEqual(read.scales.map(() => tensor.quantization?.zeroPoint));
    if (tensor.data !== undefined) expect([...read.data]).toEqual([...new Uint8Array(tensor.data.buffer)]);
  });
  expect(importModel(bytes, 'm.tflite').main.params.map((p) => p.name)).toEqual(['picture']);
});
