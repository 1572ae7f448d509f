import type { VtaConfig } from '#isa/config/config';
import type { ConvShape } from './conv-tir.js';

/** Loop level at which an operand is copied to its scratchpad, from the inside: reduction chunk, tile, outer tile loop, once. */
export type Place = 'chunk' | 'tile' | 'outer' | 'root';

/** One way to tile a convolution; everything else of its schedule follows. */
export interface Tiling {
  /** Output tile: blocks of channels, rows, columns; and blocks of input channels per reduction chunk. */
  readonly co: number;
  readonly h: number;
  readonly w: number;
  readonly ko: number;
  /** How much of the kernel one reduction chunk covers. */
  readonly taps: 'all' | 'row' | 'one';
  /** Which tile loops are outermost: those over channels, or those over pixels. */
  readonly outer: 'channels' | 'pixels';
  readonly input: Place;
  readonly weights: Place;
  readonly params: 'root' | 'tile';
  /** Tiles in flight: with 2 or 3 successive tiles overlap. */
  readonly threads: 1 | 2 | 3;
  /** Unit that clears the accumulators; `alu` does it while the matrix products of the tile before run, which takes 3 threads. */
  readonly reset: 'gemm' | 'alu';
}

/** What the epilogue needs of a tiling. */
export interface EpilogueCost {
  /** Vector operations per output vector. */
  readonly ops: number;
  readonly temporaries: number;
  readonly vectors: number;
}

/** Scratchpad elements that a tiling keeps at once. */
export function tilingNeeds(
  t: Tiling,
  s: ConvShape,
  e: EpilogueCost,
): { readonly inp: number; readonly wgt: number; readonly acc: number } {
  const copies = (place: Place) => (place === 'root' ? 1 : t.threads);
  const tile = t.co * t.h * t.w;
  const params = t.params === 'root' ? e.vectors * s.co : t.threads * e.vectors * t.co;
  return {
    inp: copies(t.input) * inputTiles(t, s),
    wgt: copies(t.weights) * weightTiles(t, s),
    acc: t.threads * tile * (1 + e.temporaries) + params,
  };
}

export const fits = (t: Tiling, s: ConvShape, e: EpilogueCost, c: VtaConfig): boolean => {
  const n = tilingNeeds(t, s, e);
  return n.inp <= c.inpDepth && n.wgt <= c.wgtDepth && n.acc <= c.accDepth;
};

/** The tiling that needs least of every buffer: one pixel, one block of channels, one tap at a time. */
export const SMALLEST: Tiling = {
  co: 1,
  h: 1,
  w: 1,
  ko: 1,
  taps: 'one',
  outer: 'pixels',
  input: 'chunk',
  weights: 'chunk',
  params: 'tile',
  threads: 1,
  reset: 'gemm',
};

/** Rows or columns of input under `n` outputs and `k` kernel rows; rows that a 1-row kernel skips are not copied, columns are. */
const inputRows = (n: number, k: number, s: ConvShape) => (k === 1 ? n : (n - 1) * s.sh + k);
const inputColumns = (n: number, k: number, s: ConvShape) => (n - 1) * s.sw + k;

/** Kernel rows and columns in one reduction chunk. */
export const chunkTaps = (t: Tiling, s: ConvShape) => ({ rows: t.taps === 'all' ? s.kh : 1, columns: t.taps === 'one' ? 1 : s.kw });

/** Blocks, rows and columns of one copy of the input. */
export function inputBox(t: Tiling, s: ConvShape) {
  const taps = t.input === 'chunk' ? chunkTaps(t, s) : { rows: s.kh, columns: s.kw };
  const [h, w] = t.input === 'root' ? [s.oh, s.ow] : [t.h, t.w];
  return { blocks: t.input === 'chunk' ? t.ko : s.ko, rows: inputRows(h, taps.rows, s), columns: inputColumns(w, taps.columns, s) };
}

/** INP elements of one copy of the input. */
export function inputTiles(t: Tiling, s: ConvShape): number {
  const box = inputBox(t, s);
  return box.blocks * box.rows * box.columns;
}

/** WGT elements of one copy of the weights. */
export function weightTiles(t: Tiling, s: ConvShape): number {
  const taps = s.kh * s.kw;
  if (t.weights === 'root') return s.co * s.ko * taps;
  if (t.weights !== 'chunk') return t.co * s.ko * taps;
  const chunk = chunkTaps(t, s);
  return t.co * t.ko * chunk.rows * chunk.columns;
}

/** Loops of one matrix-product instruction except those over pixels. */
export const reductionLoops = (t: Tiling, s: ConvShape): { readonly name: string; readonly extent: number }[] => [
  { name: 'conv.co', extent: t.co },
  { name: 'conv.ko1', extent: Math.min(t.ko, s.ko) },
  { name: 'conv.dy', extent: chunkTaps(t, s).rows },
  { name: 'conv.dx', extent: chunkTaps(t, s).columns },
];

/** Micro-ops of one matrix-product instruction: everything but the two longest of those loops. */
export function uopsPerKernel(t: Tiling, s: ConvShape): number {
  const extents = reductionLoops(t, s).map((l) => l.extent);
  const rest = [...extents].sort((a, b) => b - a).slice(2);
  return t.h * t.w * rest.reduce((n, e) => n * e, 1);
}
