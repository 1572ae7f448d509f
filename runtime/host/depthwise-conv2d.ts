/**
 * int8 depthwise convolution. Operands: input int8 NHWC, weights int8 [1,kh,kw,inC*m], bias int32 [inC*m]. Output channel c
 * reads input channel floor(c / m) (m is the depth multiplier). Arithmetic as conv2d.
 */
import type { Tensor } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { makeRequantizer } from './requantize-rules.js';
import { readWindow } from './window.js';

/** Adds one kernel tap to the accumulators of all channels. */
function tap(acc: Int32Array, x: Int8Array, xi: number, w: Int8Array, wi: number, multiplier: number, zero: number): void {
  if (multiplier === 1) {
    for (let c = 0; c < acc.length; c++) acc[c] += Math.imul(x[xi + c] - zero, w[wi + c]);
    return;
  }
  for (let c = 0; c < acc.length; c++) acc[c] += Math.imul(x[xi + Math.floor(c / multiplier)] - zero, w[wi + c]);
}

function run(inputs: readonly Tensor[], attrs: Parameters<HostOperator['run']>[1]): Tensor {
  const o = new Operands('depthwise_conv2d', inputs, attrs);
  const x = o.tensor(0, 'int8', 4);
  const weights = o.tensor(1, 'int8', 4);
  const bias = o.tensor(2, 'int32', 1).data;
  const [batch, height, width, channels] = x.shape;
  const [one, kh, kw, outChannels] = weights.shape;
  o.check(one === 1 && channels > 0 && outChannels % channels === 0, `weights [${weights.shape}] do not fit ${channels} input channels`);
  o.check(bias.length === outChannels, `bias has ${bias.length} elements for ${outChannels} channels`);
  const w = readWindow(o, [height, width], [kh, kw], true);
  const requantize = makeRequantizer(o.requant(outChannels), outChannels);
  const zero = o.int8('inputZeroPoint');
  const multiplier = outChannels / channels;
  const [rows, columns] = w.out;
  const acc = new Int32Array(outChannels);
  const y = new Int8Array(batch * rows * columns * outChannels);
  let p = 0;
  for (let position = 0; position < batch * rows * columns; position++) {
    const n = Math.floor(position / (rows * columns));
    const top = (Math.floor(position / columns) % rows) * w.stride[0] - w.before[0];
    const left = (position % columns) * w.stride[1] - w.before[1];
    acc.set(bias);
    for (let ky = 0; ky < kh; ky++) {
      const iy = top + ky * w.dilation[0];
      if (iy < 0 || iy >= height) continue;
      for (let kx = 0; kx < kw; kx++) {
        const ix = left + kx * w.dilation[1];
        if (ix < 0 || ix >= width) continue;
        tap(acc, x.data, ((n * height + iy) * width + ix) * channels, weights.data, (ky * kw + kx) * outChannels, multiplier, zero);
      }
    }
    for (let c = 0; c < outChannels; c++) y[p++] = requantize(acc[c], c);
  }
  return int8Tensor([batch, rows, columns, outChannels], y);
}

export const depthwiseConv2d: HostOperator = { run };
