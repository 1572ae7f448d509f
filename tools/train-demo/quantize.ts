import type { TensorSpec } from '#compiler/frontend/tflite/write';
import type { Convolution, Dense } from './layers.js';
import type { Network } from './network.js';
import { type Picture, pixelDeviation, pixelMean } from './shapes.js';
import { toFloats } from './train.js';

/** real = scale * (q - zeroPoint), q from -128 to 127. */
export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The input holds pixel - 128, so that real = (pixel - mean) / deviation. */
export const inputQuantization: Quantization = { scale: Math.fround(1 / pixelDeviation), zeroPoint: pixelMean - 128 };

/** What the format prescribes for the output of an int8 softmax. */
export const softmaxQuantization: Quantization = { scale: 1 / 256, zeroPoint: -128 };

/** The quantization of values from `low` to `high`: 0 is always included and exactly representable. */
export function rangeQuantization(low: number, high: number): Quantization {
  const min = Math.min(0, low);
  const scale = Math.fround((Math.max(0, high, min + 1e-6) - min) / 255);
  return { scale, zeroPoint: Math.max(-128, Math.min(127, Math.round(-128 - min / scale))) };
}

/** Quantizations of every activation by name, from the extremes that `pictures` cause. */
export function calibrate(network: Network, pictures: readonly Picture[]): Map<string, Quantization> {
  const ranges = new Map<string, [number, number]>();
  network.forward(toFloats(pictures), pictures.length, false, (name, values) => {
    ranges.set(
      name,
      values.reduce<[number, number]>(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [0, 0]),
    );
  });
  return new Map([...ranges].map(([name, [low, high]]) => [name, rangeQuantization(low, high)]));
}

/** Symmetric weights and their bias, ready to be written. */
export interface QuantizedLayer {
  readonly weights: TensorSpec;
  readonly bias: TensorSpec;
}

/** `rows[c]` are the float weights of output channel c; `scales` has one entry per channel. */
function quantizeRows(rows: readonly Float32Array[], scales: readonly number[]): Int8Array {
  return Int8Array.from(rows.flatMap((row, c) => Array.from(row, (w) => Math.max(-127, Math.min(127, Math.round(w / scales[c]))))));
}

const symmetricScale = (largest: number): number => Math.fround(Math.max(largest, 1e-9) / 127);

/** A bias has the scale of the accumulator: input scale times weight scale, as float32. */
function quantizeBias(name: string, values: readonly number[], scales: readonly number[]): TensorSpec {
  const data = Int32Array.from(values, (v, c) => Math.round(v / scales[scales.length === 1 ? 0 : c]));
  return { name, shape: [values.length], type: 'INT32', data, quantization: { scales, zeroPoint: 0, axis: 0 } };
}

/** Folds the normalization into the weights, then quantizes them per output channel. Weights become [out][row][column][in]. */
export function quantizeConvolution(layer: Convolution, input: Quantization): QuantizedLayer {
  const { name, kernel, channels } = layer.options;
  const folds = Array.from({ length: channels }, (_, c) => layer.normalization.folded(c));
  const rows = folds.map(({ scale }, c) =>
    Float32Array.from({ length: layer.patch }, (_, p) => layer.weights.value[p * channels + c] * scale),
  );
  const scales = rows.map((row) => symmetricScale(row.reduce((m, w) => Math.max(m, Math.abs(w)), 0)));
  const shape = [channels, kernel, kernel, layer.options.input.channels];
  const quantization = { scales, zeroPoint: 0, axis: 0 };
  return {
    weights: { name: `${name}/weights`, shape, type: 'INT8', data: quantizeRows(rows, scales), quantization },
    bias: quantizeBias(
      `${name}/bias`,
      folds.map((f) => f.offset),
      scales.map((s) => Math.fround(input.scale * s)),
    ),
  };
}

/** Quantizes a fully connected layer with one scale. Weights become [out][in]. */
export function quantizeDense(name: string, layer: Dense, input: Quantization): QuantizedLayer {
  const { inputs, outputs } = layer;
  const rows = Array.from({ length: outputs }, (_, o) =>
    Float32Array.from({ length: inputs }, (_, i) => layer.weights.value[i * outputs + o]),
  );
  const scale = symmetricScale(layer.weights.value.reduce((m, w) => Math.max(m, Math.abs(w)), 0));
  const data = quantizeRows(rows, Array(outputs).fill(scale));
  const quantization = { scales: [scale], zeroPoint: 0, axis: 0 };
  return {
    weights: { name: `${name}/weights`, shape: [outputs, inputs], type: 'INT8', data, quantization },
    bias: quantizeBias(`${name}/bias`, Array.from(layer.bias.value), [Math.fround(input.scale * scale)]),
  };
}
