import type { VtaConfig } from '#isa/config/config';
import type { Decoded, DecodedAlu, DecodedGemm, DecodedLoad, DecodedStore } from '#simulator/values/decode';
import { loadElements, readsSource, uopDst, uopSrc, uopWgt } from '#simulator/values/ranges';

/** Memories that more than one unit touches. Micro-ops and the padding value belong to one unit and need no tokens. */
export type Space = 'dram' | 'inp' | 'wgt' | 'acc';

/** Bytes of DRAM or elements of a scratchpad, both ends included. */
export interface Access {
  readonly space: Space;
  readonly low: number;
  readonly high: number;
}

/** What an instruction reads and writes, never less than it does. */
export interface Accesses {
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
}

const NOTHING: Accesses = { reads: [], writes: [] };

/** The rows in DRAM. */
function rows(d: DecodedLoad | DecodedStore): Access[] {
  const bytes = d.insn.x_size * d.elementBytes;
  return Array.from({ length: d.insn.y_size }, (_, y) => {
    const low = d.address + y * d.rowStride;
    return { space: 'dram' as const, low, high: low + bytes - 1 };
  });
}

function ofLoad(d: DecodedLoad): Accesses {
  const elements = loadElements(d);
  const space = d.memory === 'UOP' ? null : d.memory === 'INP' ? 'inp' : d.memory === 'WGT' ? 'wgt' : 'acc';
  const low = d.insn.sram_base;
  return { reads: rows(d), writes: space === null || elements === 0 ? [] : [{ space, low, high: low + elements - 1 }] };
}

function ofStore(d: DecodedStore): Accesses {
  const low = d.insn.sram_base;
  const elements = d.insn.x_size * d.insn.y_size;
  return { reads: elements === 0 ? [] : [{ space: 'acc', low, high: low + elements - 1 }], writes: rows(d) };
}

/** From the smallest to the largest index of one operand. */
function span(
  space: Space,
  d: DecodedGemm | DecodedAlu,
  uop: Uint32Array,
  index: (word: number) => number,
  out: number,
  inner: number,
): Access {
  const i = d.insn;
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let k = i.uop_bgn; k < i.uop_end; k++) {
    const at = index(uop[k]);
    if (at < low) low = at;
    if (at > high) high = at;
  }
  return { space, low, high: high + (i.iter_out - 1) * out + (i.iter_in - 1) * inner };
}

function ofCompute(d: DecodedGemm | DecodedAlu, uop: Uint32Array, c: VtaConfig): Accesses {
  if (d.steps === 0) return NOTHING;
  const i = d.insn;
  const dst = span('acc', d, uop, (w) => uopDst(w, c), i.dst_factor_out, i.dst_factor_in);
  if (d.kind === 'gemm') {
    if (i.reset_reg === 1) return { reads: [], writes: [dst] };
    const src = span('inp', d, uop, (w) => uopSrc(w, c), i.src_factor_out, i.src_factor_in);
    const wgt = span('wgt', d, uop, (w) => uopWgt(w, c), d.insn.wgt_factor_out, d.insn.wgt_factor_in);
    return { reads: [dst, src, wgt], writes: [dst] };
  }
  if (!readsSource(d)) return { reads: [dst], writes: [dst] };
  return { reads: [dst, span('acc', d, uop, (w) => uopSrc(w, c), i.src_factor_out, i.src_factor_in)], writes: [dst] };
}

/** What an instruction touches, given the micro-ops at its turn. */
export function accessesOf(d: Decoded, uop: Uint32Array, config: VtaConfig): Accesses {
  switch (d.kind) {
    case 'load':
      return ofLoad(d);
    case 'store':
      return ofStore(d);
    case 'gemm':
    case 'alu':
      return ofCompute(d, uop, config);
    default:
      return NOTHING;
  }
}

const overlap = (a: readonly Access[], b: readonly Access[]): boolean =>
  a.some((x) => b.some((y) => x.space === y.space && x.low <= y.high && y.low <= x.high));

/** Does the order of the two matter? */
export const conflict = (a: Accesses, b: Accesses): boolean =>
  overlap(a.writes, b.writes) || overlap(a.writes, b.reads) || overlap(a.reads, b.writes);
