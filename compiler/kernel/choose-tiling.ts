import type { VtaConfig } from '#isa/config/config';
import type { ConvShape } from './conv-tir.js';
import { estimateCycles, leastCycles } from './cost-model.js';
import { type EpilogueCost, fits, type Place, type Tiling, uopsPerKernel } from './tiling.js';

/** A tiling and the cycles that the cost model expects of it. */
export interface RankedTiling {
  readonly tiling: Tiling;
  readonly estimate: number;
}

/** Different sizes of `total` cut into equal pieces (the last may be smaller), largest first. */
function pieceSizes(total: number, limit: number): number[] {
  const out = new Set<number>();
  for (let n = 1; n <= total; n++) out.add(Math.ceil(total / n));
  const all = [...out];
  if (all.length <= limit) return all;
  // keep the extremes and an even choice between them
  return Array.from({ length: limit }, (_, i) => all[Math.round((i * (all.length - 1)) / (limit - 1))]);
}

const MAX_TILES = 4096;

type Placement = readonly [outer: Tiling['outer'], input: Place, weights: Place];
const PLACEMENTS: readonly Placement[] = [
  ['pixels', 'root', 'root'],
  ['pixels', 'tile', 'root'],
  ['pixels', 'outer', 'root'],
  ['pixels', 'outer', 'tile'],
  ['pixels', 'outer', 'chunk'],
  ['pixels', 'tile', 'tile'],
  ['pixels', 'chunk', 'chunk'],
  ['channels', 'tile', 'outer'],
  ['channels', 'chunk', 'outer'],
  ['channels', 'root', 'tile'],
  ['channels', 'root', 'outer'],
  ['channels', 'root', 'chunk'],
  ['channels', 'chunk', 'chunk'],
];

/** All tilings of one kind that fit: legal by construction, since every size cuts its dimension with a ragged last piece. */
export function* tilings(s: ConvShape, e: EpilogueCost, c: VtaConfig, taps: Tiling['taps']): Generator<Tiling> {
  for (const threads of [3, 2, 1] as const) {
    for (const co of pieceSizes(s.co, 8)) {
      for (const h of pieceSizes(s.oh, 24)) {
        for (const w of pieceSizes(s.ow, 10)) {
          if (Math.ceil(s.co / co) * Math.ceil(s.oh / h) * Math.ceil(s.ow / w) > MAX_TILES && w * h * co > 1) continue;
          for (const ko of pieceSizes(s.ko, 6)) {
            for (const [outer, input, weights] of PLACEMENTS) {
              const chunked = input === 'chunk' || weights === 'chunk';
              if (!chunked && (ko < s.ko || taps !== 'all')) continue;
              for (const params of ['root', 'tile'] as const) {
                const t: Tiling = { co, h, w, ko, taps, outer, input, weights, params, threads, reset: 'gemm' };
                if (fits(t, s, e, c) && uopsPerKernel(t, s) <= c.uopDepth / 2) yield t;
              }
            }
          }
        }
      }
    }
  }
}

/** Up to `count` tilings with the lowest estimates, best first. Kernels are cut into rows or taps only where they must be. */
export function bestTilings(s: ConvShape, e: EpilogueCost, c: VtaConfig, count: number): RankedTiling[] {
  for (const taps of ['all', 'row', 'one'] as const) {
    const found = cheapest(s, e, c, taps, count);
    if (found.length > 0) return found;
  }
  return [];
}

/** Estimates only tilings that the lower bound leaves a chance, most promising first. */
function cheapest(s: ConvShape, e: EpilogueCost, c: VtaConfig, taps: Tiling['taps'], count: number): RankedTiling[] {
  const candidates: { readonly tiling: Tiling; readonly least: number }[] = [];
  for (const t of tilings(s, e, c, taps)) {
    for (const reset of t.threads === 2 ? (['gemm'] as const) : (['gemm', 'alu'] as const)) {
      const tiling = { ...t, reset };
      candidates.push({ tiling, least: leastCycles(tiling, s, e, c) });
    }
  }
  candidates.sort((a, b) => a.least - b.least);
  let best: RankedTiling[] = [];
  for (const { tiling, least } of candidates) {
    if (best.length === count && least >= best[count - 1].estimate) break;
    best.push({ tiling, estimate: estimateCycles(tiling, s, e, c) });
    best = best.sort((a, b) => a.estimate - b.estimate).slice(0, count);
  }
  return best;
}
