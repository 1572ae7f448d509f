import type { VtaConfig } from '#isa/config/config';
import type { DecodedAlu, DecodedGemm } from '#simulator/values/decode';
import { readsSource, uopDst, uopSrc } from '#simulator/values/ranges';

/** A GEMM or ALU instruction as indices: in the order of execution, and their range. */
export interface Walk {
  readonly dst: readonly number[];
  readonly src: readonly number[];
  readonly low: number;
  readonly high: number;
}

function indices(d: DecodedAlu | DecodedGemm, uop: Uint32Array, index: (word: number) => number, out: number, inner: number): number[] {
  const i = d.insn;
  const list: number[] = [];
  for (let a = 0; a < i.iter_out; a++)
    for (let b = 0; b < i.iter_in; b++) for (let k = i.uop_bgn; k < i.uop_end; k++) list.push(index(uop[k]) + a * out + b * inner);
  return list;
}

/** The indices that an instruction walks over, in the order of execution; `uop` are the words of the micro-op scratchpad. */
export function walkOf(d: DecodedAlu | DecodedGemm, uop: Uint32Array, c: VtaConfig): Walk {
  const dst = indices(d, uop, (w) => uopDst(w, c), d.insn.dst_factor_out, d.insn.dst_factor_in);
  const src = d.kind === 'alu' && readsSource(d) ? indices(d, uop, (w) => uopSrc(w, c), d.insn.src_factor_out, d.insn.src_factor_in) : [];
  return { dst, src, low: dst.reduce((a, b) => Math.min(a, b)), high: dst.reduce((a, b) => Math.max(a, b)) };
}
