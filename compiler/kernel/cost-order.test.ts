import { expect, test } from 'vitest';
import type { VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import { createCycle } from '#simulator/cycle/device';
import { compileKernel } from './compile.js';
import { rankTilings } from './conv.js';
import { type ConvOptions, NO_HALO, packActivation, randomConv, randomImage, runKernel } from './testing.js';

/** The cost model's one job is the order of candidates: measured here with the cycle simulator, whose times are exact. */

const SAME = { top: 1, left: 1, bottom: 1, right: 1 };

/** Layers that different resources bind. */
const LAYERS: Readonly<Record<string, ConvOptions>> = {
  '8x8x32 3x3': { inC: 32, outC: 32, size: [8, 8], kernel: [3, 3], stride: [1, 1], padding: SAME },
  '12x12x16 3x3 stride 2': { inC: 16, outC: 32, size: [12, 12], kernel: [3, 3], stride: [2, 2], padding: SAME },
  '8x8x64 1x1': { inC: 64, outC: 64, size: [8, 8], kernel: [1, 1], stride: [1, 1], padding: NO_HALO },
  'fully connected': { inC: 640, outC: 128, size: [1, 1], kernel: [1, 1], stride: [1, 1], padding: NO_HALO },
};

/** Least rank correlation, just below what is measured: lower means that the model has become worse. Where tilings hardly differ, so do ranks. */
const ROWS: readonly (readonly [config: string, layer: keyof typeof LAYERS, correlation: number])[] = [
  ['default-x', '8x8x32 3x3', 0.97],
  ['default-x', '12x12x16 3x3 stride 2', 0.65],
  ['default-x', '8x8x64 1x1', 0.6],
  ['default-x', 'fully connected', 0.77],
  ['mac64-x', '8x8x32 3x3', 0.81],
  ['mac64-x', '12x12x16 3x3 stride 2', 0.94],
  ['mac64-x', '8x8x64 1x1', 0.7],
  ['mac64-x', 'fully connected', 0.96],
];
/** The favourite's cycles, of the best that was measured. */
const FAVOURITE = 1.08;
/** Of the pairs whose cycles differ by more than a tenth, so many are in the right order. */
const CLEAR_PAIRS = 0.78;

/** Ranks measured: the favourites one by one, then further and further apart. */
const RANKS = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1280, 1499];

interface Candidate {
  readonly estimate: number;
  readonly cycles: number;
}

async function candidates(options: ConvOptions, config: VtaConfig): Promise<readonly Candidate[]> {
  const spec = randomConv(41, options);
  const ranked = rankTilings(spec, config, 1500);
  const input = packActivation(randomImage(1, spec.input), spec.input, config.batch, config.blockIn);
  const device = createCycle(config, { timingOnly: true });
  const measured: Candidate[] = [];
  for (const { tiling, estimate } of RANKS.flatMap((r) => ranked[r] ?? [])) {
    device.reset();
    const { result } = await runKernel(compileKernel(spec, config, { tiling }), { input }, device);
    measured.push({ estimate, cycles: result.cycles as number });
  }
  return measured;
}

/** Ranks of values from 0; equal values share their mean rank. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((v) => (sorted.indexOf(v) + sorted.lastIndexOf(v)) / 2);
}

/** Spearman's rank correlation: 1 for the same order, 0 for none, -1 for the opposite. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  const sum = (p: readonly number[], q: readonly number[]) => p.reduce((s, v, i) => s + (v - mean) * (q[i] - mean), 0);
  return sum(x, y) / Math.sqrt(sum(x, x) * sum(y, y));
}

test('rank correlation', () => {
  expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 40])).toBe(1);
  expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
  expect(rankCorrelation([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8);
});

/** Of the pairs whose cycles differ by more than a tenth, the share that the estimates put in the right order. */
function clearPairsInOrder(measured: readonly Candidate[]): number {
  const pairs = measured.flatMap((a) => measured.filter((b) => b.cycles > 1.1 * a.cycles).map((b) => a.estimate < b.estimate));
  return pairs.length === 0 ? 1 : pairs.filter((ordered) => ordered).length / pairs.length;
}

test.each(ROWS)('the order of tilings on %s: %s', async (name, layer, correlation) => {
  const measured = await candidates(LAYERS[layer], preset(name));
  const cycles = measured.map((m) => m.cycles);
  const estimates = measured.map((m) => m.estimate);
  expect(measured).toHaveLength(RANKS.length);
  expect(rankCorrelation(estimates, cycles)).toBeGreaterThan(correlation);
  expect(clearPairsInOrder(measured)).toBeGreaterThan(CLEAR_PAIRS);
  expect(cycles[0] / Math.min(...cycles)).toBeLessThan(FAVOURITE);
});
