import { encodeUop, UOP_BYTES, insn } from '#isa/codec/codec';
import type { LoadInsn } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import type { Random } from './random.js';
import { MOTIF_ADDRESS, MOTIF_UOPS, type World } from './world.js';

/** A walk over accumulators: what the loops of a GEMM or ALU and the micro-ops inside them do to a base index. */
export interface Sweep {
  /** Index of the first element of the range. */
  readonly base: number;
  /** Elements of the range; every one is visited at least once where `dense`. */
  readonly length: number;
  readonly dense: boolean;
  /** What each micro-op adds to the base. */
  readonly offsets: readonly number[];
  readonly iter_out: number;
  readonly iter_in: number;
  readonly out: number;
  readonly inner: number;
}

type Walk = Omit<Sweep, 'base' | 'length' | 'dense'>;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
export const divisorsOf = (n: number): number[] => range(n).flatMap((i) => (n % (i + 1) === 0 ? [i + 1] : []));

/** Micro-ops that one sweep may need: most of what compilers make, and a load of them stays short. */
const MOST_UOPS = 64;

/** Ways to visit `n` elements, each once, in ascending order. */
function ascending(r: Random, n: number, uopDepth: number): Walk {
  const some = r.pick(divisorsOf(n).filter((d) => d <= Math.min(uopDepth, MOST_UOPS)));
  const rest = n / some;
  const rows = r.pick(divisorsOf(rest));
  const offsets = range(some);
  const unused = () => r.pick([0, 1, some, n]);
  return r.pick([
    () => ({ offsets: [0], iter_out: 1, iter_in: n, out: unused(), inner: 1 }),
    () => ({ offsets: [0], iter_out: n, iter_in: 1, out: 1, inner: unused() }),
    () => ({ offsets: [0], iter_out: n / some, iter_in: some, out: some, inner: 1 }),
    () => ({ offsets, iter_out: 1, iter_in: rest, out: unused(), inner: some }),
    () => ({ offsets, iter_out: rest, iter_in: 1, out: some, inner: unused() }),
    () => ({ offsets, iter_out: rows, iter_in: rest / rows, out: n / rows, inner: some }),
  ])();
}

/** Ways to visit `n` elements, each once, in another order. */
function shuffled(r: Random, n: number, uopDepth: number): Walk {
  const some = r.pick(divisorsOf(n).filter((d) => d <= Math.min(uopDepth, MOST_UOPS)));
  const rest = n / some;
  return r.pick([
    () => ({ offsets: [0], iter_out: some, iter_in: rest, out: 1, inner: some }),
    () => ({ offsets: range(some).map((k) => k * rest), iter_out: 1, iter_in: rest, out: 0, inner: 1 }),
    () => ({ offsets: range(some).reverse(), iter_out: 1, iter_in: rest, out: 0, inner: some }),
  ])();
}

/** Ways that leave elements out or visit some twice, inside `n` elements. */
function nearly(r: Random, n: number): Walk {
  const rows = r.int(2, Math.max(2, Math.floor(Math.sqrt(n))));
  const columns = Math.max(1, Math.floor(n / rows) - 1);
  return r.pick([
    () => ({ offsets: [0], iter_out: 1, iter_in: Math.ceil(n / 2), out: 0, inner: 2 }),
    () => ({ offsets: [0], iter_out: rows, iter_in: columns, out: columns + 1, inner: 1 }),
    () => ({ offsets: [0], iter_out: rows, iter_in: columns, out: Math.max(1, columns - 1), inner: 1 }),
    () => ({ offsets: [0], iter_out: r.int(2, 4), iter_in: Math.max(1, Math.floor(n / 4)), out: 0, inner: 1 }),
    () => ({ offsets: [0], iter_out: 1, iter_in: Math.min(n, 8), out: 0, inner: 0 }),
  ])();
}

const extent = (w: Walk): number => Math.max(...w.offsets) + (w.iter_out - 1) * w.out + (w.iter_in - 1) * w.inner + 1;

/** Lengths that compilers make and those around powers of two. */
const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 14, 15, 16, 17, 28, 31, 32, 33, 49, 56, 63, 64, 65, 112, 127, 128, 129, 196, 255, 256, 257];

/** A length of a sweep, no longer than `most`. */
export const sweepLength = (r: Random, most: number): number => (r.chance(0.8) ? Math.min(most, r.pick(LENGTHS)) : r.small(1, most));

/** A base for `length` elements: any alignment, the ends of the buffer often. */
export function sweepBase(r: Random, length: number, depth: number): number {
  const room = depth - length;
  const align = 2 ** r.int(0, 6);
  return r.pick([0, room, Math.min(room, align), r.int(0, room), Math.floor(r.int(0, room) / align) * align]);
}

/** A walk over `length` elements from `base`: `order` 0 ascending, 1 in another order, 2 not quite all of them. */
export function sweepOf(w: World, base: number, length: number, order: 0 | 1 | 2): Sweep {
  const { r, config } = w;
  const walk =
    order === 2 && length > 3
      ? nearly(r, length)
      : order === 1
        ? shuffled(r, length, config.uopDepth)
        : ascending(r, length, config.uopDepth);
  const loops = { ...walk, out: Math.min(walk.out, config.accDepth - 1), inner: Math.min(walk.inner, config.accDepth - 1) };
  return extent(loops) > length
    ? { base, length, dense: true, offsets: [0], iter_out: 1, iter_in: length, out: 0, inner: Math.min(1, length - 1) }
    : { base, length, dense: order < 2, ...loops };
}

/** The indices of micro-ops of a sweep: sources relative to the base of theirs. */
export interface UopSet {
  readonly dst: number;
  readonly src: number;
  readonly wgt: number;
  /** Do the sources walk along with the destination? */
  readonly along: boolean;
}

/** The words of the micro-ops of a sweep. */
export const sweepUops = (w: World, s: Sweep, at: UopSet): number[] =>
  s.offsets.map((o) => encodeUop({ dst_idx: at.dst + o, src_idx: at.src + (at.along ? o : 0), wgt_idx: at.wgt }, w.config));

/** A run of words in the memory area of motifs, put there if it is not there yet; null where no more fit. */
function inMemory(w: World, words: readonly number[]): number | null {
  const view = new DataView(w.dram.buffer);
  const at = (i: number) => view.getUint32(MOTIF_ADDRESS + i * UOP_BYTES, true);
  for (let i = 0; i + words.length <= w.motifUops; i++) if (words.every((x, k) => at(i + k) === x)) return i;
  if (w.motifUops + words.length > MOTIF_UOPS) return null;
  const first = w.motifUops;
  words.forEach((x, k) => view.setUint32(MOTIF_ADDRESS + (first + k) * UOP_BYTES, x, true));
  w.motifUops += words.length;
  return first;
}

/** A LOAD of these micro-ops to a place in the buffer, or null where they do not fit. */
export function loadOfUops(w: World, words: readonly number[], sram_base: number): LoadInsn | null {
  if (sram_base < 0 || sram_base + words.length > w.config.uopDepth) return null;
  const first = inMemory(w, words);
  if (first === null) return null;
  w.steps -= words.length;
  const x_size = words.length;
  return insn('LOAD', {
    memory_type: MEMORY_TYPES.UOP.code,
    sram_base,
    dram_base: MOTIF_ADDRESS / UOP_BYTES + first,
    y_size: 1,
    x_size,
    x_stride: x_size,
  });
}
