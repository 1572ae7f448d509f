import type { VtaConfig } from '#isa/config/config';
import { float32ToBits } from '#isa/semantics/requantize';
import { constant, type Epilogue, vector, type VectorStep } from './epilogue.js';
import { BY_DEFINITION } from './exactness.js';
import type { ConvSpec } from './spec.js';

/** Channels rounded up to whole output blocks. */
export const paddedChannels = (spec: ConvSpec, config: VtaConfig): number =>
  Math.ceil(spec.output.channels / config.blockOut) * config.blockOut;

/** A per-channel vector padded with zeros. */
export function padVector(values: ArrayLike<number>, length: number): Int32Array {
  const out = new Int32Array(length);
  for (let i = 0; i < values.length; i++) out[i] = values[i];
  return out;
}

/** Can the RQ operation of the extension compute this requantization by itself? */
export const extensionRequantizes = (spec: ConvSpec, config: VtaConfig): boolean =>
  config.extension && spec.requant.rounding === 'reference';

/** Bias and RQ: two vector operations per output vector (three for a lower clamp that is neither -128 nor the zero point). */
export function extensionEpilogue(spec: ConvSpec, config: VtaConfig): Epilogue {
  const { scales, zeroPoint, lo, hi } = spec.requant;
  const length = paddedChannels(spec, config);
  const relu = lo === zeroPoint ? 1 : 0;
  const steps: VectorStep[] = [
    { block: 'bias', dst: 'acc', op: 'add', src: vector(0) },
    { block: 'requant', dst: 'acc', op: 'rq', src: vector(1), rq: { zeroPoint, hi, relu } },
  ];
  if (relu === 0 && lo > -128) steps.push({ block: 'clamp', dst: 'acc', op: 'max', src: constant(lo) });
  return {
    steps,
    temporaries: [],
    vectors: [padVector(spec.bias, length), padVector(Array.from(scales, float32ToBits), length)],
    exactness: BY_DEFINITION,
    remarks: [],
  };
}
