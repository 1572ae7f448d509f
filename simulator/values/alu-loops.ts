/** Rules about ALU loops, which need the micro-ops. */
import type { VtaConfig } from '#isa/config/config';
import { clears } from './footprint.js';
import type { DecodedAlu } from './decode.js';
import { readsSource, uopDst, uopSrc } from './ranges.js';

/** An index as a loop makes it: per micro-op, and what each loop adds. */
interface Index {
  readonly bases: readonly number[];
  readonly out: number;
  readonly inner: number;
}

function indexOf(
  d: DecodedAlu,
  uop: Uint32Array,
  of: (word: number, c: VtaConfig) => number,
  factors: readonly [number, number],
  c: VtaConfig,
): Index {
  const bases = Array.from(uop.subarray(d.insn.uop_bgn, d.insn.uop_end), (word) => of(word, c));
  return { bases, out: d.insn.iter_out > 1 ? factors[0] : 0, inner: d.insn.iter_in > 1 ? factors[1] : 0 };
}

const destination = (d: DecodedAlu, uop: Uint32Array, c: VtaConfig) =>
  indexOf(d, uop, uopDst, [d.insn.dst_factor_out, d.insn.dst_factor_in], c);
const source = (d: DecodedAlu, uop: Uint32Array, c: VtaConfig) => indexOf(d, uop, uopSrc, [d.insn.src_factor_out, d.insn.src_factor_in], c);

/** Does an ALU with an immediate name another source than its destination? */
export function hasOtherSource(d: DecodedAlu, uop: Uint32Array, c: VtaConfig): boolean {
  if (readsSource(d) || clears(d)) return false;
  const [dst, src] = [destination(d, uop, c), source(d, uop, c)];
  return dst.out !== src.out || dst.inner !== src.inner || dst.bases.some((base, k) => base !== src.bases[k]);
}

/** Counts the comparisons of a program and refuses when there are too many. */
export class Effort {
  private left = 20_000_000;

  /** @returns false where the effort is used up */
  spend(comparisons: number): boolean {
    if (comparisons > this.left) return false;
    this.left -= comparisons;
    return true;
  }
}

/** Are there i < I and j < J with c + a i + b j = 0? */
function meets(c: number, a: number, I: number, b: number, J: number): boolean {
  if (I <= 0 || J <= 0) return false;
  if (I > J) return meets(c, b, J, a, I);
  for (let i = 0; i < (a === 0 ? 1 : I); i++) {
    const rest = -(c + a * i);
    if (b === 0 ? rest === 0 : rest % b === 0 && rest / b >= 0 && rest / b < J) return true;
  }
  return false;
}

/** Is the accumulator that `used` names at some element the one that `dst` names at the element right before? */
function follows(d: DecodedAlu, dst: Index, used: Index): boolean {
  const { iter_out: I, iter_in: J } = d.insn;
  const [a, b] = [used.out - dst.out, used.inner - dst.inner];
  const last = dst.bases.length - 1;
  for (let k = 0; k < last; k++) if (meets(used.bases[k + 1] - dst.bases[k], a, I, b, J)) return true;
  const wrap = used.bases[0] - dst.bases[last];
  if (meets(wrap + used.inner, a, I, b, J - 1)) return true;
  return meets(wrap + used.out - (J - 1) * dst.inner, a, I - 1, 0, 1);
}

/** Does an element name, as its source, the destination of the element right before it? */
export const readsPrevious = (d: DecodedAlu, uop: Uint32Array, c: VtaConfig): boolean =>
  follows(d, destination(d, uop, c), source(d, uop, c));

/**
 * Does an element use what the element right before it wrote? With an immediate, that is the same destination twice, or a source
 * equal to the destination before; otherwise a source.
 * @returns null where that would take too long
 */
export function usesPrevious(d: DecodedAlu, uop: Uint32Array, c: VtaConfig, effort: Effort): boolean | null {
  const { iter_out, iter_in } = d.insn;
  const [dst, src] = [destination(d, uop, c), source(d, uop, c)];
  if (!effort.spend(2 * (dst.bases.length + 1) * Math.min(iter_out, iter_in))) return null;
  return follows(d, dst, src) || (!readsSource(d) && follows(d, dst, dst));
}
