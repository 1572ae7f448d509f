import { ALU_OPS } from '#isa/spec/tables';

/** Counts one thing in a bucket of a histogram. */
export type Note = (histogram: string, bucket: string) => void;

/** Buckets of whole numbers: each of the first ones alone, then by powers of two up to `last` and more. */
export function logBuckets(alone: number, last: number): string[] {
  const out = Array.from({ length: alone + 1 }, (_, n) => `${n}`);
  for (let low = alone + 1; low < last; low = 2 ** Math.floor(Math.log2(low) + 1)) {
    const high = Math.min(last, 2 ** Math.floor(Math.log2(low) + 1)) - 1;
    out.push(low === high ? `${low}` : `${low}..${high}`);
  }
  return [...out, `${last}+`];
}

/** The bucket of `n` among {@link logBuckets}. */
export function bucketOf(n: number, alone: number, last: number): string {
  if (n <= alone) return `${n}`;
  if (n >= last) return `${last}+`;
  const low = Math.max(alone + 1, 2 ** Math.floor(Math.log2(n)));
  const high = Math.min(last, 2 ** Math.floor(Math.log2(n) + 1)) - 1;
  return low === high ? `${low}` : `${low}..${high}`;
}

const powers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${2 ** (from + i)}`);
const pairs = (a: readonly string[], b: readonly string[]): string[] => a.flatMap((x) => b.map((y) => `${x} ${y}`));
const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

export const LOADS = ['UOP', 'WGT', 'INP', 'ACC', 'ACC_8BIT'];
export const PADS = ['y_pad_0', 'y_pad_1', 'x_pad_0', 'x_pad_1'] as const;
export const FLAGS = ['pop_prev_dep', 'pop_next_dep', 'push_prev_dep', 'push_next_dep'] as const;
/** Largest distances told apart: beyond the depth of every pipeline. */
export const NEAR = 16;
const DISTANCES = logBuckets(NEAR, 64).slice(1);

/** What an accumulator goes through: last written by, then touched by. */
const WRITERS = ['load', 'gemm', 'reset', 'alu'];
const USERS = [...WRITERS, 'store'];

/**
 * Every histogram with the buckets that random programs must reach (issue: all configurations, all instructions, all padding,
 * reuse at every distance, long and zero extents). A bucket that is empty in a run is a hole.
 */
export const BUCKETS: Readonly<Record<string, readonly string[]>> = {
  batch: powers(0, 8),
  'block in': powers(0, 8),
  'block out': powers(0, 8),
  'INP bits': powers(0, 5),
  'WGT bits': powers(0, 5),
  'ACC bits': powers(3, 5),
  'UOP depth': powers(0, 13),
  'INP depth': powers(0, 16),
  'WGT depth': powers(0, 16),
  'ACC depth': powers(0, 11),
  extension: ['on', 'off'],
  'element beside bus word': pairs(['INP', 'WGT', 'ACC', 'OUT'], ['smaller', 'equal', 'larger']),
  'bus width': ['64', '128', '256', '512'],
  latency: ['1', ...logBuckets(1, 128).slice(2)],
  interval: numbers(1, 12),
  'stall / 32': numbers(0, 6),
  launches: ['1', '2', '3'],
  'instructions of a launch': logBuckets(1, 1024).slice(1),
  // towards compute none can be left: FINISH has to wait for the last instruction of Load and of Store
  'tokens left to the next launch': ['none', 'c2l', 'c2s'],
  'instructions of one unit in a row': logBuckets(1, 64).slice(1),
  'instructions that wait for a token': ['none', 'up to a half', 'more than a half'],
  instruction: [
    ...LOADS.map((m) => `LOAD ${m}`),
    'LOAD PAD_VALUE',
    'LOAD of nothing',
    'STORE',
    'STORE of nothing',
    'GEMM',
    'GEMM reset',
    'GEMM of nothing',
    ...pairs(Object.keys(ALU_OPS), ['immediate', 'register']),
    'ALU of nothing',
    'FINISH',
  ],
  flag: [
    ...pairs(['LOAD', 'GEMM', 'ALU'], FLAGS),
    'STORE pop_prev_dep',
    'STORE push_prev_dep',
    'FINISH pop_prev_dep',
    'FINISH pop_next_dep',
  ],
  'reserved bits': ['zero', 'garbage'],
  padding: pairs(PADS, numbers(0, 15)),
  'padded memory': pairs(LOADS, PADS),
  'transfer of nothing': pairs([...LOADS, 'STORE'], ['no rows', 'no columns']),
  'loop of nothing': pairs(['GEMM', 'ALU'], ['iter_out 0', 'iter_in 0', 'no micro-ops', 'backward micro-ops']),
  x_size: logBuckets(4, 4096),
  y_size: logBuckets(4, 64),
  'row stride': pairs([...LOADS, 'STORE'], ['zero', 'smaller', 'equal', 'larger']),
  'DRAM block': ['starts inside a bus word', 'crosses 4 KiB', 'address wraps'],
  'micro-ops of an instruction': logBuckets(4, 64),
  iter_out: logBuckets(4, 8192),
  iter_in: logBuckets(4, 8192),
  'ALU vectors since dst was written': DISTANCES,
  'ALU vectors since src was written': DISTANCES,
  'GEMM micro-ops since dst was written': DISTANCES,
  'last written by, then used by': pairs(WRITERS, USERS),
  'compute instructions between write and use': logBuckets(NEAR, 32).slice(1),
  'walk of ALU': ['ascending', 'other order', 'gaps', 'repeats', 'repeats with gaps'],
  'walk of reset': ['ascending', 'other order', 'gaps', 'repeats', 'repeats with gaps'],
  'base of a dense reset': ['odd', 'aligned to 2', 'aligned to 4', 'aligned to 8', 'aligned to 16 and more'],
  'length of a dense reset': logBuckets(4, 256).slice(1),
  'ALU instructions in a row over one range': logBuckets(8, 9).slice(1),
  'between two of them': ['nothing', 'LOAD UOP', 'LOAD ACC', 'LOAD of nothing'],
  'range of the next ALU': [
    'same walk',
    'same range',
    'one longer',
    'one shorter',
    'shifted by one',
    'inside',
    'beside',
    'overlapping',
    'apart',
  ],
  'source of ALU': ['same element', 'up to 9 behind', 'up to 9 ahead', 'overlapping', 'apart', 'one inside', 'one outside'],
  'members of an ALU chain': ['1', '2', '3', '4'],
  'register operand in an ALU chain': ['none', 'first', 'second', 'third', 'fourth'],
  'no more in an ALU chain, because of': [
    'four members',
    'another range',
    'a second register operand',
    'SHR as third or fourth',
    'many micro-ops',
    'gaps or repeats',
    'MUL or RQ',
    'a source in the range',
  ],
  'reset, then GEMM': ['same range', 'sharing its last', 'sharing its first', 'overlapping', 'beside', 'apart'],
  'reset, then ALU': ['same range', 'overlapping', 'beside', 'apart'],
};
