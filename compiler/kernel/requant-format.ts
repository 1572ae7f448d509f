import type { AffineFit, AffineFormat, FitForm, Fittable } from './affine-search.js';

/** A channel of a layer that is requantized without the extension. */
export interface Channel {
  readonly staircase: Fittable;
  /** Range of the accumulator without bias in which the result changes. */
  readonly low: number;
  readonly high: number;
  /** |acc| < 2^bits inside that range. */
  readonly bits: number;
}

/** In how many pieces the multiplier is cut. */
export type Pieces = 1 | 2 | 3;

/** The numbers of all channels of a layer, and the sequence that they are for. */
export interface LayerFits {
  readonly pieces: Pieces;
  readonly form: FitForm;
  readonly fits: readonly AffineFit[];
}

/** Bits by which the pieces of a channel's multiplier are apart. */
export const pieceBits = (c: Channel, pieces: Pieces): number =>
  pieces === 1 ? 0 : Math.max(1, Math.min(20, (pieces === 2 ? 32 : 31) - c.bits));

/** The numbers that a channel can have. */
export const formatOf = (c: Channel, pieces: Pieces): AffineFormat => ({ grain: pieceBits(c, pieces) * (pieces - 1) });
