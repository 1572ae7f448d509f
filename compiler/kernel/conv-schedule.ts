import type { Schedule, Step } from '../schedule/primitive.js';
import { step } from '../schedule/schedule.js';
import { type ConvShape, initBlock } from './conv-tir.js';
import type { Epilogue } from './epilogue.js';
import { type Place, reductionLoops, type Tiling } from './tiling.js';

/** The schedule of a convolution (kernel/conv-tir.ts) for a tiling. */
export function convSchedule(t: Tiling, s: ConvShape, e: Epilogue): Schedule {
  const loops = tileLoops(t);
  const tile = loops.tile;
  const blocks = e.steps.map((b) => b.block);
  const inits = ['acc', ...e.temporaries].map(initBlock);
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
    ...inits.map((b) => step('compute_at', b, tile)),
    ...['acc', ...e.temporaries].map((name) => step('set_scope', name, 'acc')),
    step('split', 'conv.ko', t.ko),
    step('reorder', ...chunkLoops(t), ...reductionOrder(t, s)),
    ...copies,
    ...(t.threads > 1 ? loops.order.slice(0, 3).map((l) => step('vthread', l, t.threads)) : []),
    ...(t.threads > 1 && t.reset === 'alu' ? inits.map((b) => step('annotate', b, 'stage', -1)) : []),
    ...inits.map((b) => step('tensorize', b, t.reset === 'gemm' ? 'reset' : 'alu')),
    step('tensorize', 'conv', 'gemm'),
    ...e.steps.map((b) => step('tensorize', b.block, 'alu')),
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
const chunkLoops = (t: Tiling): string[] => [
  'conv.ko0',
  ...(t.taps === 'all' ? [] : t.taps === 'row' ? ['conv.dy'] : ['conv.dy', 'conv.dx']),
];

/**
 * Pixels innermost: successive micro-ops then write different accumulators, which keeps the accumulator banks free for the
 * ALU. Of the others the two longest become instruction loops, so that few micro-ops remain.
 */
export function reductionOrder(t: Tiling, s: ConvShape): string[] {
  const loops = reductionLoops(t, s).filter((l) => !chunkLoops(t).includes(l.name));
  const longest = [...loops].sort((a, b) => b.extent - a.extent).slice(0, 2);
  const order = [...loops.filter((l) => longest.includes(l)), ...loops.filter((l) => !longest.includes(l))];
  return [...order.map((l) => l.name), 'conv.y', 'conv.x'];
}
