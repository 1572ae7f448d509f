import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { TIMING } from '#isa/spec/timing';
import type { ConvShape } from './conv-tir.js';
import { chunkTaps, type EpilogueCost, inputBox, type Place, type Tiling, uopsPerKernel, weightTiles } from './tiling.js';

/** Machine times that the cost model assumes, in cycles, with the default memory; docs/reference/timing.md has the exact rules. */
const BUS_BYTES = DEFAULT_MEMORY.width / 8;
/** From the acceptance of a load to that of an instruction that waits for its token, beyond its beats. */
const READ_LATENCY = TIMING.AcceptToAddress + DEFAULT_MEMORY.latency + TIMING.BeatToStep + TIMING.StepToRetire + TIMING.TokenVisible;
/** From the acceptance of a store to its token, beyond its beats; fitted to measured layers, since a store also waits for the ALU. */
const WRITE_LATENCY = 14;
/** From the issue of a vector to the start of an instruction that depends on it. */
export const PIPELINE = TIMING.AluIssue + TIMING.AluWrite + TIMING.WriteToDone + TIMING.StartDelay;
const PER_LOAD = 2;
/** Bus cycles to fetch an instruction (fetch comes first on the bus and runs far ahead), and what a matrix product costs beyond its micro-ops. */
export const PER_INSTRUCTION = INSN_BYTES / BUS_BYTES;
const PER_GEMM = 1;
const FETCH = 32;

const pieces = (n: number, tile: number) => Math.ceil(n / tile);

/**
 * Estimated cycles of a tiling: bus, GEMM, ALU and Store as a pipeline over tiles, with as many tiles in flight as there
 * are virtual threads. Not exact; it only ranks tilings.
 */
export function estimateCycles(t: Tiling, s: ConvShape, e: EpilogueCost, c: VtaConfig): number {
  const w = workOf(t, s, e, c);
  const m = new PipelineModel(t.threads);
  const uops = new UopModel(w.uops, c.uopDepth);
  m.fetch(w.instructions);
  m.load(w.loadAt('root') + w.rootParams, 1);
  for (let o = 0; o < w.outer; o++) {
    m.load(w.loadAt('outer'), w.inner * w.chunks);
    for (let i = 0; i < w.inner; i++) {
      const tile = o * w.inner + i;
      m.load(w.loadAt('tile') + w.tileParams, w.chunks);
      m.beginTile(t.reset === 'gemm' ? w.vectors * (1 + e.temporaries) : 0, t.reset === 'alu' ? w.vectorOps(1 + e.temporaries) : 0);
      for (let k = 0; k < w.chunks; k++) {
        m.load(w.loadAt('chunk'), 1);
        m.uopLoad(uops.use(tile % t.threads, w.baseOf(t.input, tile, o, i, k), w.baseOf(t.weights, tile, o, i, k)));
        m.gemm(w.gemm);
      }
      m.endTile(w.vectorOps(e.ops), (w.vectors * c.outBytes) / BUS_BYTES + PER_LOAD);
    }
  }
  return m.finish() + FETCH;
}

/** No tiling is estimated below this: each unit's work alone, and the first load and last epilogue, which nothing overlaps. */
export function leastCycles(t: Tiling, s: ConvShape, e: EpilogueCost, c: VtaConfig): number {
  const w = workOf(t, s, e, c);
  const tiles = w.outer * w.inner;
  const resets = 1 + e.temporaries;
  const once =
    w.instructions * PER_INSTRUCTION +
    w.loadAt('root') +
    w.rootParams +
    w.loadAt('outer') +
    w.tileParams +
    w.loadAt('tile') +
    w.loadAt('chunk');
  const gemm = tiles * (w.chunks * w.gemm + (t.reset === 'gemm' ? w.vectors * resets : 0)) + once;
  const perTile = w.loadAt('tile') + w.tileParams + w.chunks * w.loadAt('chunk');
  const bus = w.instructions * PER_INSTRUCTION + w.loadAt('root') + w.rootParams + w.outer * w.loadAt('outer') + tiles * perTile;
  const alu = tiles * w.vectorOps(e.ops + (t.reset === 'alu' ? resets : 0));
  const last = w.vectorOps(e.ops) + (w.vectors * c.outBytes) / BUS_BYTES;
  return Math.max(gemm + last, bus, alu) + FETCH;
}

/** Work per tile and chunk. */
function workOf(t: Tiling, s: ConvShape, e: EpilogueCost, c: VtaConfig) {
  const channels = pieces(s.co, t.co);
  const pixels = pieces(s.oh, t.h) * pieces(s.ow, t.w);
  const taps = chunkTaps(t, s);
  const chunks = pieces(s.ko, t.ko) * (s.kh / taps.rows) * (s.kw / taps.columns);
  const box = inputBox(t, s);
  const inputBeats = box.blocks * box.rows * Math.ceil((box.columns * c.inpBytes) / BUS_BYTES) + PER_LOAD * box.blocks;
  const weightBeats = (weightTiles(t, s) * c.wgtBytes) / BUS_BYTES + PER_LOAD;
  const vectors = Math.min(t.co, s.co) * Math.min(t.h, s.oh) * Math.min(t.w, s.ow);
  const loads = (t.input === 'chunk' ? t.ko : 0) + (t.weights === 'chunk' ? 1 : 0);
  const instructionsPerTile = e.ops + e.temporaries + 1 + t.co + (t.input === 'tile' ? box.blocks : 0) + chunks * (1 + loads);
  const params = (blocks: number) => (e.vectors * blocks * c.accBytes) / BUS_BYTES;
  return {
    outer: t.outer === 'channels' ? channels : pixels,
    inner: t.outer === 'channels' ? pixels : channels,
    chunks,
    vectors,
    instructions: channels * pixels * instructionsPerTile,
    uops: uopsPerKernel(t, s),
    gemm: vectors * Math.min(t.ko, s.ko) * taps.rows * taps.columns + PER_GEMM,
    vectorOps: (n: number) => n * Math.max(vectors, PIPELINE),
    loadAt: (place: Place) => (t.weights === place ? weightBeats : 0) + (t.input === place ? inputBeats : 0),
    rootParams: t.params === 'root' ? params(s.co) : 0,
    tileParams: t.params === 'tile' ? params(t.co) : 0,
    /** Which scratchpad base an operand has: copies in turn, or one per position where everything is resident. */
    baseOf: (place: Place, tile: number, outer: number, inner: number, chunk: number) => {
      if (place === 'chunk') return (tile * chunks + chunk) % t.threads;
      if (place === 'tile') return (tile % t.threads) * chunks + chunk;
      if (place === 'outer') return ((outer % t.threads) * 4096 + inner) * chunks + chunk;
      return tile * chunks + chunk;
    },
  };
}

/** Micro-op kernels in their buffer. */
class UopModel {
  private readonly seen = new Set<number>();
  private words = 0;

  constructor(
    private readonly perKernel: number,
    private readonly depth: number,
  ) {}

  /** Beats to load for this combination of bases. */
  use(acc: number, input: number, weights: number): number {
    const key = (acc * 0x100000 + input) * 0x100000 + weights;
    const resident = this.seen.has(key) && this.words <= this.depth;
    if (!this.seen.has(key)) this.words += this.perKernel;
    this.seen.add(key);
    return resident ? 0 : this.perKernel / 2 + PER_LOAD;
  }
}

/** Times at which the units become free. */
class PipelineModel {
  private bus = 0;
  private ready = 0;
  private uopsReady = 0;
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

  fetch(instructions: number): void {
    this.bus += instructions * PER_INSTRUCTION;
  }

  uopLoad(beats: number): void {
    if (beats === 0) return;
    this.bus += beats;
    this.uopsReady = this.bus + READ_LATENCY;
  }

  /** Clears the accumulators of a tile, once the tile that used them before is stored. */
  beginTile(gemmResets: number, aluResets: number): void {
    const free = this.stored[this.stored.length + (this.pending === null ? 0 : 1) - this.threads] ?? 0;
    if (aluResets > 0) this.aluFree = Math.max(this.aluFree, free) + aluResets;
    this.accFree = aluResets > 0 ? this.aluFree : free;
    if (gemmResets > 0) this.gemmFree = Math.max(this.gemmFree, this.accFree) + gemmResets;
  }

  gemm(cycles: number): void {
    this.gemmFree = Math.max(this.gemmFree, this.ready, this.uopsReady, this.accFree) + cycles;
    this.gemmEnds.push(this.gemmFree);
  }

  /** With several threads the next tile's clearing comes before this tile's epilogue on the ALU. */
  endTile(alu: number, store: number): void {
    this.epilogue();
    this.pending = { from: this.gemmFree + PIPELINE, alu, store };
    if (this.threads < 3) this.epilogue();
  }

  private epilogue(): void {
    if (this.pending === null) return;
    const { from, alu, store } = this.pending;
    this.pending = null;
    this.aluFree = Math.max(this.aluFree, from) + alu;
    this.storeFree = Math.max(this.storeFree, this.aluFree + PIPELINE) + store;
    this.stored.push(this.storeFree + WRITE_LATENCY);
  }

  /** Cycles until everything is stored. */
  finish(): number {
    this.epilogue();
    return this.storeFree + WRITE_LATENCY;
  }
}
