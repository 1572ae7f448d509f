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
  /** 2: successive tiles overlap. */
  readonly threads: 1 | 2;
  /** Unit that clears the accumulators. */
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
export function tilingNeeds(t: Tiling, s: ConvShape, e: EpilogueCost): { readonly inp: number; readonly wgt: number; readonly acc: number } {
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

/** Rows or columns of input under `n` outputs and `k` kernel rows; rows that a 1-row kernel skips are not copied, columns are. */
const inputRows = (n: number, k: number, s: ConvShape) => (k === 1 ? n : (n - 1) * s.sh + k);
const inputColumns = (n: number, k: number, s: ConvShape) => (n - 1) * s.sw + k;

/** Kernel rows and columns in one reduction chunk. */
const chunkTaps = (t: Tiling, s: ConvShape) => ({ rows: t.taps === 'all' ? s.kh : 1, columns: t.taps === 'one' ? 1 : s.kw });

/** Blocks, rows and columns of one copy of the input. */
function inputBox(t: Tiling, s: ConvShape) {
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

const pieces = (n: number, tile: number) => Math.ceil(n / tile);

/** Machine times the cost model assumes, in cycles (docs/reference/timing.md has the exact ones). */
const BUS_BYTES = 8;
const READ_LATENCY = 22;
const PER_INSTRUCTION = 4;
const PER_ROW = 2;
const ALU_DEPTH = 8;

/**
 * Estimated cycles of a tiling: the four units as a pipeline over tiles, with as many tiles in flight as there are
 * virtual threads. Not exact; it only ranks tilings.
 */
export function estimateCycles(t: Tiling, s: ConvShape, e: EpilogueCost, c: VtaConfig): number {
  const m = new PipelineModel(t.threads);
  const tiles = { channels: pieces(s.co, t.co), pixels: pieces(s.oh, t.h) * pieces(s.ow, t.w) };
  const taps = chunkTaps(t, s);
  const chunks = pieces(s.ko, t.ko) * (s.kh / taps.rows) * (s.kw / taps.columns);
  const [outer, inner] = t.outer === 'channels' ? [tiles.channels, tiles.pixels] : [tiles.pixels, tiles.channels];
  const box = inputBox(t, s);
  const load = { input: (inputTiles(t, s) * c.inpBytes) / BUS_BYTES + PER_ROW * box.blocks * box.rows, weights: (weightTiles(t, s) * c.wgtBytes) / BUS_BYTES };
  const loadAt = (place: Place) => {
    let beats = 0;
    if (t.weights === place) beats += load.weights + PER_INSTRUCTION;
    if (t.input === place) beats += load.input + PER_INSTRUCTION;
    return beats;
  };
  const vectors = Math.min(t.co, s.co) * Math.min(t.h, s.oh) * Math.min(t.w, s.ow);
  const gemm = vectors * Math.min(t.ko, s.ko) * taps.rows * taps.columns + PER_INSTRUCTION;
  const vectorOps = (n: number) => n * Math.max(vectors, ALU_DEPTH) + n * PER_INSTRUCTION;
  const paramBeats = (e.vectors * (t.params === 'root' ? s.co : t.co) * c.accBytes) / BUS_BYTES;
  m.load(loadAt('root') + (t.params === 'root' ? paramBeats : 0), 1);
  for (let o = 0; o < outer; o++) {
    m.load(loadAt('outer'), inner * chunks);
    for (let i = 0; i < inner; i++) {
      m.load(loadAt('tile') + (t.params === 'tile' ? paramBeats : 0), chunks);
      const resets = t.reset === 'gemm' ? (1 + e.temporaries) * vectors : 0;
      m.beginTile(resets, t.reset === 'alu' ? vectorOps(1 + e.temporaries) : 0);
      for (let k = 0; k < chunks; k++) {
        m.load(loadAt('chunk'), 1);
        m.gemm(gemm);
      }
      m.endTile(vectorOps(e.ops), (vectors * c.outBytes) / BUS_BYTES + PER_INSTRUCTION);
    }
  }
  return m.finish();
}

/** Times at which the units become free. */
class PipelineModel {
  private bus = 0;
  private ready = 0;
  private gemmFree = 0;
  private aluFree = 0;
  private storeFree = 0;
  private accFree = 0;
  private pending: { readonly from: number; readonly alu: number; readonly store: number } | null = null;
  private readonly gemmEnds: number[] = [];
  private readonly stored: number[] = [];

  constructor(private readonly threads: number) {}

  /** A load whose buffer was last used `span` matrix products before, times the copies. */
  load(beats: number, span: number): void {
    if (beats === 0) return;
    const used = this.gemmEnds[this.gemmEnds.length - span * (this.threads - 1) - 1] ?? 0;
    this.bus = Math.max(this.bus, used) + beats;
    this.ready = this.bus + READ_LATENCY;
  }

  /** Clears the accumulators of a tile, once the tile that used them before is stored. */
  beginTile(gemmResets: number, aluResets: number): void {
    const free = this.stored[this.stored.length - this.threads] ?? 0;
    if (aluResets > 0) this.aluFree = Math.max(this.aluFree, free) + aluResets;
    this.accFree = aluResets > 0 ? this.aluFree : free;
    if (gemmResets > 0) {
      this.gemmFree = Math.max(this.gemmFree, this.accFree) + gemmResets + PER_INSTRUCTION;
    }
  }

  gemm(cycles: number): void {
    this.gemmFree = Math.max(this.gemmFree, this.ready, this.accFree) + cycles;
    this.gemmEnds.push(this.gemmFree);
  }

  /** The matrix products of a tile are issued; with two threads, its epilogue comes after those of the next tile. */
  endTile(alu: number, store: number): void {
    if (this.threads === 2) this.epilogue();
    this.pending = { from: this.gemmFree, alu, store };
    if (this.threads === 1) this.epilogue();
  }

  private epilogue(): void {
    if (this.pending === null) return;
    const { from, alu, store } = this.pending;
    this.pending = null;
    this.aluFree = Math.max(this.aluFree, from) + alu;
    this.storeFree = Math.max(this.storeFree, this.aluFree) + store;
    this.stored.push(this.storeFree + READ_LATENCY);
  }

  /** Cycles until everything is stored. */
  finish(): number {
    this.epilogue();
    return this.storeFree + READ_LATENCY;
  }
}
