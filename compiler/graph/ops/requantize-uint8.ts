import { otherByte } from '#runtime/host/requantize-uint8';
import { formatShape, INTEGER_RANGE, perTensor, tensorType } from '../types.js';
import { checkOutput, outScale, outZeroPoint } from './common.js';
import { defineOp, perTensorOf } from './row.js';

export const requantizeUint8 = defineOp({
  doc: "int8 to uint8 or uint8 to int8, with another scale and zero point, by TensorFlow Lite's built-in rule (rounding twice)",
  args: ['input'],
  attrs: { outScale, outZeroPoint },
  infer: ([x], { outScale: scale, outZeroPoint: zero }, refuse) => {
    perTensorOf(x, 'input', refuse);
    checkOutput({ outScale: scale }, refuse);
    const dtype =
      x.dtype === 'int8' || x.dtype === 'uint8' ? otherByte(x.dtype) : refuse(`input must be int8 or uint8, not ${formatShape(x)}`);
    const [lo, hi] = INTEGER_RANGE[dtype] as readonly [number, number];
    if (zero < lo || zero > hi) refuse(`outZeroPoint ${zero} is not a ${dtype} value`);
    return tensorType(dtype, x.shape, perTensor(scale, zero));
  },
  host: ([x], a) => ({
    operator: 'requantize_uint8',
    attrs: {
      inputScale: x.quantization?.scales[0] ?? 1,
      inputZeroPoint: x.quantization?.zeroPoint ?? 0,
      outputScale: a.outScale,
      outputZeroPoint: a.outZeroPoint,
    },
  }),
});
