import type { AluInsn } from '#isa/spec/instructions';
import { uopDst, uopSrc } from '../values/ranges.js';
import type { MachineState } from '../values/state.js';

/** All `i * a + j * b` for i below `outer` and j below `inner`, modulo `depth` (a power of two), as marks. */
function combinations(a: number, outer: number, b: number, inner: number, depth: number): Uint8Array {
  const mask = depth - 1;
  const multiples = (step: number, count: number): Set<number> => {
    const all = new Set<number>();
    for (let n = 0; n < Math.min(count, depth); n++) all.add((n * step) & mask);
    return all;
  };
  const marks = new Uint8Array(depth);
  const columns = multiples(b, inner);
  for (const row of multiples(a, outer)) for (const column of columns) marks[(row + column) & mask] = 1;
  return marks;
}

/**
 * Does any vector of an ALU instruction read, as its source, the destination of the vector just before it? Vectors are counted over
 * micro-ops, inner and outer loop, in this order. Indices wrap at the depth, as they do in the original core.
 */
export function followsItself(i: AluInsn, { config, uop }: MachineState): boolean {
  const mask = config.accDepth - 1;
  const dst = (k: number): number => uopDst(uop[k], config);
  const src = (k: number): number => uopSrc(uop[k], config);
  const a = i.src_factor_out - i.dst_factor_out;
  const b = i.src_factor_in - i.dst_factor_in;
  /** Is `distance` (source minus destination before it, in the first iteration) made up for by some iteration? */
  const meets = (distance: number, outer: number, inner: number): boolean =>
    outer > 0 && inner > 0 && combinations(a, outer, b, inner, config.accDepth)[-distance & mask] === 1;

  const everywhere = combinations(a, i.iter_out, b, i.iter_in, config.accDepth);
  for (let k = i.uop_bgn + 1; k < i.uop_end; k++) if (everywhere[(dst(k - 1) - src(k)) & mask] === 1) return true;
  const around = src(i.uop_bgn) - dst(i.uop_end - 1);
  // From the last micro-op to the first: in the next inner iteration, and in the next outer one.
  if (meets(around + i.src_factor_in, i.iter_out, i.iter_in - 1)) return true;
  return meets(around + i.src_factor_out - (i.iter_in - 1) * i.dst_factor_in, i.iter_out - 1, 1);
}
