import type { VtaConfig } from '#isa/config/config';
import type { Decoded, DecodedAlu, DecodedGemm, DecodedLoad, DecodedStore } from './decode.js';
import { loadElements, readsSource, uopDst, uopSrc, uopWgt } from './ranges.js';
import { ElementSet } from './element-set.js';

/** The scratchpads, as programs name them. */
export const SCRATCHPADS = ['uop', 'inp', 'wgt', 'acc'] as const;
export type Scratchpad = (typeof SCRATCHPADS)[number];

/** Elements of one scratchpad. */
export interface Touched {
  readonly memory: Scratchpad;
  readonly elements: ElementSet;
}

/** Rows of bytes in DRAM. */
export interface Rows {
  readonly address: number;
  readonly rowBytes: number;
  readonly rowStride: number;
  readonly rows: number;
}

/** Exactly what an instruction reads and writes. */
export interface Footprint {
  readonly reads: readonly Touched[];
  readonly writes: readonly Touched[];
  readonly dramReads: Rows | null;
  readonly dramWrites: Rows | null;
}

export const NO_FOOTPRINT: Footprint = { reads: [], writes: [], dramReads: null, dramWrites: null };

export const depthOf = (memory: Scratchpad, c: VtaConfig): number =>
  ({ uop: c.uopDepth, inp: c.inpDepth, wgt: c.wgtDepth, acc: c.accDepth })[memory];

function rangeOf(memory: Scratchpad, low: number, count: number, c: VtaConfig): Touched {
  const elements = new ElementSet(depthOf(memory, c));
  elements.addRange(low, count);
  return { memory, elements };
}

const rowsOf = (d: DecodedLoad | DecodedStore): Rows | null =>
  d.insn.y_size === 0
    ? null
    : { address: d.address, rowBytes: d.insn.x_size * d.elementBytes, rowStride: d.rowStride, rows: d.insn.y_size };

function ofLoad(d: DecodedLoad, c: VtaConfig): Footprint {
  const memory = d.memory === 'ACC_8BIT' ? 'acc' : (d.memory.toLowerCase() as Scratchpad);
  const count = loadElements(d);
  const writes = count === 0 ? [] : [rangeOf(memory, d.insn.sram_base, count, c)];
  return { reads: [], writes, dramReads: rowsOf(d), dramWrites: null };
}

function ofStore(d: DecodedStore, c: VtaConfig): Footprint {
  const count = d.insn.x_size * d.insn.y_size;
  const reads = count === 0 ? [] : [rangeOf('acc', d.insn.sram_base, count, c)];
  return { reads, writes: [], dramReads: null, dramWrites: rowsOf(d) };
}

/** The micro-ops that an instruction reads. */
export const uopsOf = (d: DecodedGemm | DecodedAlu, c: VtaConfig): Touched =>
  rangeOf('uop', d.insn.uop_bgn, d.insn.uop_end - d.insn.uop_bgn, c);

function operand(
  memory: Scratchpad,
  { insn: i }: DecodedGemm | DecodedAlu,
  uop: Uint32Array,
  index: (word: number, c: VtaConfig) => number,
  factors: readonly [outer: number, inner: number],
  c: VtaConfig,
): Touched {
  const elements = new ElementSet(depthOf(memory, c));
  for (let k = i.uop_bgn; k < i.uop_end; k++) elements.add(index(uop[k], c));
  elements.repeat(factors[0], i.iter_out);
  elements.repeat(factors[1], i.iter_in);
  return { memory, elements };
}

/** Does an ALU instruction write zeros whatever was there (times 0)? Then its destination counts as written only. */
export const clears = (d: DecodedAlu): boolean => d.operation === 'MUL' && d.insn.use_imm === 1 && d.insn.imm === 0;

function ofCompute(d: DecodedGemm | DecodedAlu, uop: Uint32Array, c: VtaConfig): Footprint {
  if (d.steps === 0) return NO_FOOTPRINT;
  const i = d.insn;
  const uops = uopsOf(d, c);
  const dst = operand('acc', d, uop, uopDst, [i.dst_factor_out, i.dst_factor_in], c);
  const src = (memory: Scratchpad) => operand(memory, d, uop, uopSrc, [i.src_factor_out, i.src_factor_in], c);
  const reads = [uops];
  if (d.kind === 'alu') reads.push(...(clears(d) ? [] : [dst]), ...(readsSource(d) ? [src('acc')] : []));
  else if (i.reset_reg === 0) reads.push(dst, src('inp'), operand('wgt', d, uop, uopWgt, [d.insn.wgt_factor_out, d.insn.wgt_factor_in], c));
  return { reads, writes: [dst], dramReads: null, dramWrites: null };
}

/**
 * What an instruction touches, given the micro-ops at its turn. Its ranges are checked; the time does not depend on the number of iterations.
 * @param uop the micro-op buffer
 */
export function footprintOf(d: Decoded, uop: Uint32Array, config: VtaConfig): Footprint {
  switch (d.kind) {
    case 'load':
      return ofLoad(d, config);
    case 'store':
      return ofStore(d, config);
    case 'gemm':
    case 'alu':
      return ofCompute(d, uop, config);
    default:
      return NO_FOOTPRINT;
  }
}
