/** What both pooling operators share: the walk over windows, with padded positions left out. */
import type { Tensor } from '../tensor.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostAttrs } from './operator.js';
import { readWindow } from './window.js';

/** Reduces the positions of one window: element indices of channel 0 in `positions[0..count)`, channel c is `c` further on. */
type Reduce = (data: Int8Array, positions: Int32Array, count: number, channel: number) => number;

export function poolWindows(operator: string, inputs: readonly Tensor[], attrs: HostAttrs, reduce: Reduce): Tensor {
  const o = new Operands(operator, inputs, attrs);
  const x = o.tensor(0, 'int8', 4);
  const [batch, height, width, channels] = x.shape;
  const [kh, kw] = o.ints('window', 1, 2);
  const w = readWindow(o, [height, width], [kh, kw], false);
  const [lo, hi] = o.clamp();
  const [rows, columns] = w.out;
  const y = new Int8Array(batch * rows * columns * channels);
  const positions = new Int32Array(kh * kw);
  let p = 0;
  for (let position = 0; position < batch * rows * columns; position++) {
    const n = Math.floor(position / (rows * columns));
    const top = (Math.floor(position / columns) % rows) * w.stride[0] - w.before[0];
    const left = (position % columns) * w.stride[1] - w.before[1];
    let count = 0;
    for (let iy = Math.max(top, 0); iy < Math.min(top + kh, height); iy++) {
      for (let ix = Math.max(left, 0); ix < Math.min(left + kw, width); ix++)
        positions[count++] = ((n * height + iy) * width + ix) * channels;
    }
    o.check(count > 0, 'a window lies in the padding alone');
    for (let c = 0; c < channels; c++) y[p++] = Math.max(lo, Math.min(hi, reduce(x.data, positions, count, c)));
  }
  return int8Tensor([batch, rows, columns, channels], y);
}
