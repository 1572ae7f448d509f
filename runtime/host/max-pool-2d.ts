/** int8 maximum pooling, NHWC; input and output are quantized alike. */
import type { HostOperator } from './operator.js';
import { poolWindows } from './pooling.js';

export const maxPool2d: HostOperator = {
  run: (inputs, attrs) =>
    poolWindows('max_pool_2d', inputs, attrs, (data, positions, count, channel) => {
      let best = -128;
      for (let i = 0; i < count; i++) best = Math.max(best, data[positions[i] + channel]);
      return best;
    }),
};
