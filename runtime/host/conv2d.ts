/**
 * int8 convolution. Operands: input int8 NHWC, weights int8 [outC,kh,kw,inC], bias int32 [outC]. Result int8 NHWC.
 * acc = bias + sum (x - inputZeroPoint) * w in 32 bits, padded positions contributing 0; then requantization per output channel.
 */
import type { Tensor } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { makeRequantizer } from './requantize-rules.js';
import { readWindow, type Window } from './window.js';

/** Copies the window at (row, column) of one image into `patch` as x - zeroPoint, with 0 where it leaves the image. */
function gather(
  patch: Int32Array,
  image: Int8Array,
  base: number,
  shape: readonly number[],
  w: Window,
  row: number,
  column: number,
  zero: number,
): void {
  const [, height, width, channels] = shape;
  let p = 0;
  for (let ky = 0; ky < w.kernel[0]; ky++) {
    const y = row * w.stride[0] - w.before[0] + ky * w.dilation[0];
    for (let kx = 0; kx < w.kernel[1]; kx++) {
      const x = column * w.stride[1] - w.before[1] + kx * w.dilation[1];
      if (y < 0 || y >= height || x < 0 || x >= width) {
        patch.fill(0, p, p + channels);
        p += channels;
      } else {
        let i = base + (y * width + x) * channels;
        for (let c = 0; c < channels; c++) patch[p++] = image[i++] - zero;
      }
    }
  }
}

/** bias + dot product of a patch with a row of weights, wrapping at 32 bits. */
export function dot(patch: Int32Array, weights: Int8Array, offset: number, size: number, bias: number): number {
  let acc = bias;
  for (let i = 0; i < size; i++) acc = (acc + Math.imul(patch[i], weights[offset + i])) | 0;
  return acc;
}

function run(inputs: readonly Tensor[], attrs: Parameters<HostOperator['run']>[1]): Tensor {
  const o = new Operands('conv2d', inputs, attrs);
  const x = o.tensor(0, 'int8', 4);
  const weights = o.tensor(1, 'int8', 4);
  const bias = o.tensor(2, 'int32', 1).data;
  const [batch, height, width, channels] = x.shape;
  const [outChannels, kh, kw, inChannels] = weights.shape;
  o.check(inChannels === channels, `weights take ${inChannels} channels, the input has ${channels}`);
  o.check(bias.length === outChannels, `bias has ${bias.length} elements for ${outChannels} channels`);
  const window = readWindow(o, [height, width], [kh, kw], true);
  const requantize = makeRequantizer(o.requant(outChannels), outChannels);
  const zero = o.int8('inputZeroPoint');
  const size = kh * kw * channels;
  const patch = new Int32Array(size);
  const [rows, columns] = window.out;
  const y = new Int8Array(batch * rows * columns * outChannels);
  let p = 0;
  for (let n = 0; n < batch; n++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        gather(patch, x.data, n * height * width * channels, x.shape, window, row, column, zero);
        for (let c = 0; c < outChannels; c++) y[p++] = requantize(dot(patch, weights.data, c * size, size, bias[c]), c);
      }
    }
  }
  return int8Tensor([batch, rows, columns, outChannels], y);
}

export const conv2d: HostOperator = { run };
