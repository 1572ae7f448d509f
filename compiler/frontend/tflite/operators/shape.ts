/** Operators that move elements, and those along an axis. */
import { call } from '../../../graph/build.js';
import { meanVerdict } from '../delegate.js';
import { CONCATENATION_OPTIONS, REDUCER_OPTIONS, SOFTMAX_OPTIONS } from '../schema.js';
import { ANY_TYPE, type Converter, int8 } from './converter.js';

export const reshape: Converter = {
  takes: ANY_TYPE,
  convert: (c) => call('reshape', [c.input(0)], { shape: c.result.shape }, c.name, c.origin),
};

export const softmax = int8((c) =>
  call('softmax', [c.input(0)], { beta: c.options?.float32(SOFTMAX_OPTIONS.beta) ?? 0, ...c.output() }, c.name, c.origin),
);

export const pad = int8((c) => {
  const rank = c.inputType(0).shape.length;
  const pairs = c.parameter(1, 'the paddings');
  if (pairs.length !== 2 * rank) c.refuse(`${pairs.length} paddings are given for ${rank} dimensions`, 'export the model again');
  const zero = c.inputType(0).quantization?.zeroPoint ?? 0;
  const side = (k: 0 | 1): number[] => Array.from({ length: rank }, (_, i) => pairs[2 * i + k]);
  return call('pad', [c.input(0)], { before: side(0), after: side(1), value: zero }, c.name, c.origin);
});

export const mean = int8((c) => {
  const rank = c.inputType(0).shape.length;
  const given = c.parameter(1, 'the axes');
  const axes = [...new Set(given.map((a) => (a < 0 ? a + rank : a)))].sort((a, b) => a - b);
  const keepDims = (c.options?.uint8(REDUCER_OPTIONS.keepDims) ?? 0) !== 0;
  const kernels = c.kernels(meanVerdict(rank, given, c.scaleOf(0), c.resultScale()));
  // both look at the axes as the file writes them
  const builtin = keepDims && rank === 4 && ['1,2', '2,1'].includes(given.join()) ? 'double' : 'builtin';
  const rounding = kernels === 'delegate' ? 'reference' : builtin;
  return call('mean', [c.input(0)], { axes, keepDims, ...c.output(), rounding }, c.name, c.origin);
});

export const concatenate = int8((c) => {
  const inputs = Array.from({ length: c.inputCount }, (_, i) => c.input(i));
  const axis = c.options?.int32(CONCATENATION_OPTIONS.axis) ?? 0;
  const [lo, hi] = c.range(CONCATENATION_OPTIONS.activation);
  if (lo !== -Infinity || hi !== Infinity) c.refuse('it has a fused activation that clamps', 'export the activation as a layer of its own');
  return call('concatenate', inputs, { axis: axis < 0 ? axis + c.result.shape.length : axis }, c.name, c.origin);
});
