/**
 * int8 average pooling, NHWC; input and output are quantized alike. The sum of the stored values (zero point not subtracted) is
 * divided by the number of positions inside the image, halves away from zero.
 */
import type { HostOperator } from './operator.js';
import { poolWindows } from './pooling.js';

export const averagePool2d: HostOperator = {
  run: (inputs, attrs) =>
    poolWindows('average_pool_2d', inputs, attrs, (data, positions, count, channel) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += data[positions[i] + channel];
      const half = Math.floor(count / 2);
      return Math.trunc((sum + (sum > 0 ? half : -half)) / count);
    }),
};
