/**
 * Where TensorFlow Lite's interpreter computes something that no other build or processor need compute: an error of the delegate, and
 * conversions that C++ leaves open. docs/reference/host-operators.md says so to the user.
 */
import type { Inference } from './interpreter.js';
import type { OperatorCase } from './random-values.js';

/** Elements that are not compared, or `all`. */
export type Known = 'all' | ((element: number) => boolean);

/**
 * The XNNPACK of this build takes the padding of SAME, (out - 1) * stride + extent - size, for a positive number. Where the stride is
 * larger than the extent and the last window ends before the image does, it is negative; every window then lies in the padding.
 */
function negativePadding({ operator, model }: OperatorCase): boolean {
  if (operator !== 'CONV_2D' && operator !== 'DEPTHWISE_CONV_2D') return false;
  const o = model.operators[0].options ?? {};
  const [x, weights] = model.tensors;
  const y = model.tensors[model.outputs[0]];
  const kernel = weights.shape.slice(1, 3);
  if (o.padding !== 0 || kernel.every((k) => k === 1)) return false;
  return [0, 1].some((i) => {
    const extent = (kernel[i] - 1) * [o.dilationH, o.dilationW][i] + 1;
    return (y.shape[i + 1] - 1) * [o.strideH, o.strideW][i] + extent < x.shape[i + 1];
  });
}

/** The built-in QUANTIZE converts to int32 first: undefined for numbers beyond, and for NaN. */
function beyondInt32({ operator, model, inputs }: OperatorCase): (element: number) => boolean {
  if (operator !== 'QUANTIZE' || model.tensors[0].type !== 'FLOAT32') return () => false;
  const scale = model.tensors[1].quantization?.scales[0] ?? 1;
  return (i) => !(Math.abs(inputs[0][i] / scale) < 2 ** 31 - 256);
}

export function knownDifference(c: OperatorCase, ran: Inference['ran']): Known {
  if (ran === 'delegate') return negativePadding(c) ? 'all' : () => false;
  return beyondInt32(c);
}
