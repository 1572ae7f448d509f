/**
 * Which kernels the reference computes an operator with. TensorFlow Lite hands to its XNNPACK delegate the operators that this can do, and
 * computes the others with its built-in kernels; the two round differently. An operator that the delegate takes but then cannot build
 * makes TensorFlow Lite take everything back ("Restored original execution plan"): all operators then run in built-in kernels.
 * Measured by the random operator test (docs/reference/host-operators.md).
 */
import { addParameters } from '#runtime/host/add';
import { roundHalfAway, roundTiesToEven } from '#runtime/host/requantize-rules';
import { convertMultiplier } from '#runtime/host/unary';
import { isNormal } from '../../graph/types.js';

export type Kernels = 'delegate' | 'builtin';

/** What the delegate makes of an operator: takes it, leaves it, or takes it and fails, for the reason given. */
export type Verdict = 'takes' | 'leaves' | { readonly fails: string };

export interface Scale {
  readonly scale: number;
  readonly zeroPoint: number;
}

const clip = (v: number): number => Math.max(-128, Math.min(127, v));

/**
 * The stored value of an activation's bound: the delegate rounds to even after the zero point, and its built-in kernels halves away from
 * zero before.
 */
export function storedBound(real: number, { scale, zeroPoint }: Scale, kernels: Kernels): number {
  const steps = Math.fround(real / scale);
  return kernels === 'delegate'
    ? roundTiesToEven(clip(Math.fround(steps + zeroPoint)))
    : clip(roundHalfAway(Math.max(-512, Math.min(512, steps))) + zeroPoint);
}

/** Bounds of a fused activation as real numbers. */
export type RealRange = readonly [low: number, high: number];

function rangeVerdict(range: RealRange, output: Scale): Verdict {
  const [low, high] = range.map((v) => storedBound(v, output, 'delegate'));
  return low < high ? 'takes' : { fails: `its activation leaves no more than the value ${low}` };
}

/** The quantization that the file gives to a bias, or why there is none. The values follow from the other operands; the delegate looks at the form. */
export type BiasForm = { readonly scales: readonly number[]; readonly zeroPoints: readonly number[] } | 'absent' | 'not quantized';

/** What the delegate makes of a bias beside weights with `count` scales. */
function biasVerdict(bias: BiasForm, count: number, channels: number): Verdict {
  if (bias === 'absent' || bias === 'not quantized') return 'leaves';
  if (channels > 1 && bias.scales.length > 1 !== count > 1)
    return { fails: 'its bias has one scale and its weights have several, or the reverse' };
  if (bias.zeroPoints.some((z) => z !== 0)) return { fails: 'the zero point of its bias is not 0' };
  return bias.scales.every(isNormal) ? 'takes' : { fails: 'a scale of its bias is 0 or denormal' };
}

/** Operands and result of an operator with weights. */
export interface Weighted {
  readonly input: Scale;
  readonly weightScales: readonly number[];
  readonly channels: number;
  readonly bias: BiasForm;
  readonly output: Scale;
  readonly range: RealRange;
}

export function depthwiseVerdict(w: Weighted): Verdict {
  const bias = biasVerdict(w.bias, w.weightScales.length, w.channels);
  return bias === 'takes' ? scalesVerdict(w) : bias;
}

/** TensorFlow Lite of the reference's age refuses an int8 CONV_2D without a bias. */
export const conv2dVerdict = (w: Weighted): Verdict => (w.bias === 'absent' ? scalesVerdict(w) : depthwiseVerdict(w));

/** FULLY_CONNECTED: the delegate knows one scale for all weights, and needs no bias. */
export function fullyConnectedVerdict(w: Weighted): Verdict {
  if (w.weightScales.length > 1) return 'leaves';
  const bias = w.bias === 'absent' ? 'takes' : biasVerdict(w.bias, 1, w.channels);
  return bias === 'takes' ? scalesVerdict(w) : bias;
}

function scalesVerdict({ input, weightScales, output, range }: Weighted): Verdict {
  if (!weightScales.every(isNormal)) return { fails: 'a scale of its weights is 0 or denormal' };
  const ratios = weightScales.map((w) => Math.fround(Math.fround(input.scale * w) / output.scale));
  if (ratios.some((ratio) => ratio >= 256)) return { fails: 'its accumulators are scaled by 256 or more' };
  return rangeVerdict(range, output);
}

export function addVerdict(a: Scale, b: Scale, output: Scale, range: RealRange): Verdict {
  const scales = { aScale: a.scale, aZeroPoint: a.zeroPoint, bScale: b.scale, bZeroPoint: b.zeroPoint, outputScale: output.scale };
  return addParameters(scales) === null ? 'leaves' : rangeVerdict(range, output);
}

/** `axes` as the file gives them: the delegate knows no negative ones. */
export function meanVerdict(rank: number, axes: readonly number[], input: Scale, output: Scale): Verdict {
  const image = rank === 4 && ['2', '1,2', '2,1'].includes(axes.join());
  if (!image) return 'leaves';
  const ratio = Math.fround(input.scale / output.scale);
  return ratio >= 2 ** -8 && ratio < 2 ** 8 ? 'takes' : { fails: 'the scales of input and result are too far apart' };
}

export function maxPoolVerdict(window: readonly number[], stride: readonly number[], output: Scale, range: RealRange): Verdict {
  return stride.some((s, i) => s > window[i]) ? 'leaves' : rangeVerdict(range, output);
}

export const requantizeVerdict = (input: Scale, output: Scale): Verdict =>
  convertMultiplier(input.scale, output.scale) === null ? 'leaves' : 'takes';
