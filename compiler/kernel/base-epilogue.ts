import type { VtaConfig } from '#isa/config/config';
import { type AffineFit, type Fittable, fitAffine, prepareFit } from './affine-search.js';
import { padVector, paddedChannels } from './conv-epilogue.js';
import { buffer, constant, type Epilogue, vector, type VectorStep } from './epilogue.js';
import { measureExactness } from './exactness.js';
import { reachable, staircaseOf, thresholdsOf } from './rounding.js';
import type { ConvSpec } from './spec.js';

/**
 * Requantization with MIN, MAX, MUL, ADD and SHR only.
 *
 * Per channel, y = (acc * M + K) >> s with exact (M, K) where such numbers exist (affine-search.ts); bias and zero point are in K.
 * First the accumulator is clamped to the range in which y changes, which also clamps y. That leaves |acc| < 2^bits.
 *
 * M is cut into pieces of j = 32 - bits signed bits, M = Mh * 2^j + Ml, so that acc * Ml fits 32 bits, and
 *
 *   (acc * M + C * 2^j) >> (24 + j)  =  (acc * Mh + ((acc * Ml) >> j) + C) >> 24      (floor of floor)
 *
 * where the last sum is between -2^31 and 2^31 - 1 because y is an int8: intermediate wrapping is harmless. Two pieces take 9
 * operations per vector, one piece takes 5, three take 13; the number is the smallest that is exact wherever an affine form is.
 */
export function baseEpilogue(spec: ConvSpec, config: VtaConfig): Epilogue {
  const channels = Array.from({ length: spec.output.channels }, (_, c) => channelOf(spec, c));
  let chosen = fitAll(channels, 1);
  for (const pieces of [2, 3] as const) {
    const next = fitAll(channels, pieces);
    if (next.broken < chosen.broken || (next.broken === chosen.broken && next.inexact < chosen.inexact)) chosen = next;
  }
  const steps = sequence(chosen, channels, paddedChannels(spec, config));
  return { ...steps, exactness: measureExactness(spec, steps) };
}

/** What three pieces take, the most that can be chosen. */
export const LARGEST_EPILOGUE = { ops: 13, temporaries: 2, vectors: 7 };

type Pieces = 1 | 2 | 3;

interface Channel {
  readonly staircase: Fittable;
  /** Range of the accumulator without bias in which y changes. */
  readonly low: number;
  readonly high: number;
  /** |acc| < 2^bits inside that range. */
  readonly bits: number;
}

function channelOf(spec: ConvSpec, c: number): Channel {
  const [low, high] = reachable(spec, c);
  const withBias = thresholdsOf(staircaseOf(spec, c), low, high);
  const bias = spec.bias[c];
  const thresholds = { bottom: withBias.bottom, first: withBias.first.map((t) => t - bias) };
  const n = thresholds.first.length;
  const range = n === 0 ? [0, 0] : [thresholds.first[0] - 1, thresholds.first[n - 1]];
  const magnitude = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  return {
    staircase: prepareFit(thresholds, spec.requant.scales[c]),
    low: range[0],
    high: range[1],
    bits: magnitude === 0 ? 0 : Math.floor(Math.log2(magnitude)) + 1,
  };
}

/** Bits by which the pieces of a channel's multiplier are apart; 24 more are shifted out at the end. */
const FINAL_SHIFT = 24;
const pieceBits = (c: Channel, pieces: Pieces): number => (pieces === 1 ? 0 : Math.max(1, Math.min(20, (pieces === 2 ? 32 : 31) - c.bits)));

interface Fits {
  readonly pieces: Pieces;
  readonly fits: readonly AffineFit[];
  readonly inexact: number;
  /** Channels whose values at the ends of the range are wrong. */
  readonly broken: number;
}

function fitAll(channels: readonly Channel[], pieces: Pieces): Fits {
  const fits = channels.map((c) => {
    const grain = pieceBits(c, pieces) * (pieces - 1);
    return fitAffine(c.staircase, { shift: FINAL_SHIFT + grain, grain });
  });
  return { pieces, fits, inexact: fits.filter((f) => f.wrong > 0).length, broken: fits.filter((f) => !f.ends).length };
}

/** The pieces of M, lowest first; all but the highest signed with `j` bits. */
function cut(multiplier: bigint, j: number, pieces: Pieces): number[] {
  const out: number[] = [];
  let rest = multiplier;
  for (let i = 1; i < pieces; i++) {
    const low = BigInt.asIntN(j, rest);
    out.push(Number(low));
    rest = (rest - low) >> BigInt(j);
  }
  return [...out, Number(BigInt.asIntN(32, rest))];
}

function sequence({ pieces, fits }: Fits, channels: readonly Channel[], length: number): Omit<Epilogue, 'exactness'> {
  const parts = fits.map((f, i) => cut(f.multiplier, pieceBits(channels[i], pieces), pieces));
  const column = (k: number) =>
    padVector(
      parts.map((p) => p[k]),
      length,
    );
  const offset = fits.map((f, i) => Number(f.offset >> BigInt(pieceBits(channels[i], pieces) * (pieces - 1))));
  const vectors = [
    padVector(
      channels.map((c) => c.high),
      length,
    ),
    padVector(
      channels.map((c) => c.low),
      length,
    ),
    padVector(offset, length),
  ];
  const [high, low, sum] = [vector(0), vector(1), vector(2)];
  const put = (values: Int32Array) => vector(vectors.push(values) - 1);
  const multiply = column(pieces - 1);
  const steps: VectorStep[] = [
    { block: 'clamp_high', dst: 'acc', op: 'min', src: high },
    { block: 'clamp_low', dst: 'acc', op: 'max', src: low },
  ];
  const shifts =
    pieces === 1
      ? null
      : put(
          padVector(
            channels.map((c) => pieceBits(c, pieces)),
            length,
          ),
        );
  const temporaries = ['low', 'middle'].slice(0, pieces - 1);
  temporaries.forEach((name, k) => {
    steps.push(
      { block: `copy_${name}`, dst: name, op: 'add', src: buffer('acc') },
      { block: `multiply_${name}`, dst: name, op: 'mul', src: put(column(k)) },
    );
    if (k > 0) steps.push({ block: `carry_${name}`, dst: name, op: 'add', src: buffer(temporaries[k - 1]) });
    steps.push({ block: `shift_${name}`, dst: name, op: 'shr', src: shifts as ReturnType<typeof put> });
  });
  steps.push({ block: 'multiply', dst: 'acc', op: 'mul', src: put(multiply) });
  if (pieces > 1) steps.push({ block: 'carry', dst: 'acc', op: 'add', src: buffer(temporaries[pieces - 2]) });
  steps.push({ block: 'offset', dst: 'acc', op: 'add', src: sum }, { block: 'shift', dst: 'acc', op: 'shr', src: constant(FINAL_SHIFT) });
  return { steps, temporaries, vectors };
}
