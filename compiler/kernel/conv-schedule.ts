import type { Schedule, Step } from '../schedule/primitive.js';
import { step } from '../schedule/schedule.js';
import type { ConvShape } from './conv-tir.js';
import type { Epilogue } from './epilogue.js';
import type { Place, Tiling } from './tiling.js';

/** The schedule of a convolution (kernel/conv-tir.ts) for a tiling. */
export function convSchedule(t: Tiling, s: ConvShape, e: Epilogue): Schedule {
  const loops = tileLoops(t);
  const tile = loops.tile;
  const blocks = e.steps.map((b) => b.block);
  const places: Readonly<Record<Place, string>> = { chunk: chunkLoops(t).at(-1) as string, tile, outer: loops.outer, root: 'root' };
  const usesParams = e.vectors.length > 0;
  const copies: Step[] = [
    ...(usesParams ? [step('cache_read', 'params', 'acc', places[t.params])] : []),
    step('cache_read', 'input', 'inp', places[t.input]),
    step('cache_read', 'weights', 'wgt', places[t.weights]),
  ];
  return [
    step('split', 'store.co', t.co),
    step('split', 'store.y', t.h),
    step('split', 'store.x', t.w),
    step('reorder', ...loops.order),
    ...[...blocks].reverse().map((b) => step('compute_at', b, tile)),
    step('compute_at', 'conv', tile),
    step('compute_at', 'init', tile),
    ...['acc', ...e.temporaries].map((name) => step('set_scope', name, 'acc')),
    step('split', 'conv.ko', t.ko),
    step('reorder', ...chunkLoops(t), ...reductionOrder(t, s)),
    ...copies,
    ...(t.threads === 2 ? pipeline(loops.order.slice(0, 3), blocks) : []),
    step('tensorize', 'init', t.reset === 'gemm' ? 'reset' : 'alu'),
    step('tensorize', 'conv', 'gemm'),
    ...e.steps.map((b) => step('tensorize', b.block, b.op === 'zero' && t.reset === 'gemm' ? 'reset' : 'alu')),
    ...(usesParams ? [step('tensorize', 'load_params', 'dma')] : []),
    step('tensorize', 'load_input', 'dma'),
    step('tensorize', 'load_weights', 'dma'),
    step('tensorize', 'store', 'dma'),
  ];
}

function tileLoops(t: Tiling) {
  const inner = ['store.co1', 'store.y1', 'store.x1'];
  return t.outer === 'channels'
    ? { order: ['store.co0', 'store.y0', 'store.x0', ...inner], outer: 'store.co0', tile: 'store.x0' }
    : { order: ['store.y0', 'store.x0', 'store.co0', ...inner], outer: 'store.x0', tile: 'store.co0' };
}

/** Loops over reduction chunks: blocks of input channels, and kernel rows or single taps where they are cut. */
const chunkLoops = (t: Tiling): string[] => ['conv.ko0', ...(t.taps === 'all' ? [] : t.taps === 'row' ? ['conv.dy'] : ['conv.dy', 'conv.dx'])];

/** The two longest loops become instruction loops, so that few micro-ops remain; the weights move slowest of the rest. */
function reductionOrder(t: Tiling, s: ConvShape): string[] {
  const all: readonly (readonly [string, number])[] = [
    ['conv.y', t.h],
    ['conv.x', t.w],
    ['conv.ko1', Math.min(t.ko, s.ko)],
    ['conv.dy', s.kh],
    ['conv.dx', s.kw],
    ['conv.co', t.co],
  ];
  const loops = all.filter((l) => !chunkLoops(t).includes(l[0]));
  const longest = [...loops].sort((a, b) => b[1] - a[1]).slice(0, 2);
  return [...loops.filter((l) => longest.includes(l)), ...loops.filter((l) => !longest.includes(l))].map((l) => l[0]);
}

/** Virtual threads over the tile loops; epilogue and store run one tile later. */
const pipeline = (loops: readonly string[], blocks: readonly string[]): Step[] => [
  ...loops.map((l) => step('vthread', l, 2)),
  ...blocks.map((b) => step('annotate', b, 'stage', 1)),
  step('annotate', 'store.co1', 'stage', 1),
];
