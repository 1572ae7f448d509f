import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { isaMessages as M } from '#isa/messages';
import type { Decoded, DecodedAlu, DecodedGemm, DecodedLoad, DecodedStore } from './decode.js';
import { atInsn } from './describe.js';
import type { MachineState, Shape } from './state.js';

/** Elements a LOAD writes, padding included. */
export function loadElements(d: DecodedLoad): number {
  const i = d.insn;
  return (i.y_pad_0 + i.y_size + i.y_pad_1) * (i.x_pad_0 + i.x_size + i.x_pad_1);
}

function scratchpad(memory: string, last: number, depth: number, d: Decoded, config: VtaConfig): void {
  if (last >= depth) fail(M.VTA1203, { memory, index: last, depth }, atInsn(d.index, d.insn, config));
}

function dramRange(d: DecodedLoad | DecodedStore, dramSize: number, config: VtaConfig): void {
  const { y_size: rows, x_size: columns } = d.insn;
  if (rows === 0) return;
  const end = d.address + (rows - 1) * d.rowStride + columns * d.elementBytes;
  if (end > dramSize) {
    fail(M.VTA1204, { address: d.address, bytes: end - d.address, size: dramSize }, atInsn(d.index, d.insn, config));
  }
}

/**
 * Checks what is known before execution: the scratchpad and DRAM ranges of LOAD and STORE, the micro-op range of GEMM and ALU.
 * @throws VtaError VTA1203 (scratchpads first), VTA1204
 */
export function checkStaticRanges(d: Decoded, dramSize: number, config: VtaConfig): void {
  if (d.kind === 'load') {
    const memory = d.memory === 'ACC_8BIT' ? 'ACC' : d.memory;
    const depth = { UOP: config.uopDepth, WGT: config.wgtDepth, INP: config.inpDepth, ACC: config.accDepth }[memory];
    if (loadElements(d) > 0) scratchpad(memory, d.insn.sram_base + loadElements(d) - 1, depth, d, config);
    dramRange(d, dramSize, config);
  } else if (d.kind === 'store') {
    const elements = d.insn.y_size * d.insn.x_size;
    if (elements > 0) scratchpad('ACC', d.insn.sram_base + elements - 1, config.accDepth, d, config);
    dramRange(d, dramSize, config);
  } else if ((d.kind === 'gemm' || d.kind === 'alu') && d.steps > 0) {
    scratchpad('UOP', d.insn.uop_end - 1, config.uopDepth, d, config);
  }
}

const reach = (i: { iter_out: number; iter_in: number }, out: number, inner: number) => (i.iter_out - 1) * out + (i.iter_in - 1) * inner;

/**
 * Checks every index that a GEMM or ALU with `steps > 0` reaches, in closed form: the largest of the micro-ops' indices
 * plus the largest loop offset. Operands that are not used (sources of a reset, ALU source beside an immediate) are not
 * checked. A scan that found nothing is remembered in `d.scan`.
 * @throws VtaError VTA1203 for ACC (destination), INP or ACC (source), WGT, in that order
 */
export function checkUopRanges(d: DecodedGemm | DecodedAlu, state: Pick<MachineState, 'config' | 'uop' | 'uopVersion'>): void {
  if (d.scan.version === state.uopVersion) return;
  const { config, uop } = state;
  const A = config.logAccDepth;
  const S = Math.max(A, config.logInpDepth);
  const aMask = 2 ** A - 1;
  const sMask = 2 ** S - 1;
  const wMask = 2 ** config.logWgtDepth - 1;
  const begin = d.insn.uop_bgn;
  const end = d.insn.uop_end;
  let [dst, src, wgt] = [0, 0, 0];
  for (let k = begin; k < end; k++) {
    const word = uop[k];
    const at = word & aMask;
    const from = (word >>> A) & sMask;
    const weight = A + S === 32 ? 0 : (word >>> (A + S)) & wMask;
    if (at > dst) dst = at;
    if (from > src) src = from;
    if (weight > wgt) wgt = weight;
  }
  const i = d.insn;
  scratchpad('ACC', dst + reach(i, i.dst_factor_out, i.dst_factor_in), config.accDepth, d, config);
  if (d.kind === 'gemm' && i.reset_reg === 0) {
    scratchpad('INP', src + reach(i, i.src_factor_out, i.src_factor_in), config.inpDepth, d, config);
    scratchpad('WGT', wgt + reach(i, d.insn.wgt_factor_out, d.insn.wgt_factor_in), config.wgtDepth, d, config);
  } else if (d.kind === 'alu' && readsSource(d)) {
    scratchpad('ACC', src + reach(i, i.src_factor_out, i.src_factor_in), config.accDepth, d, config);
  }
  d.scan.version = state.uopVersion;
}

/** Does an ALU instruction read ACC[src]? RQ always does: its immediate holds the zero point and the clamp. */
export const readsSource = (d: DecodedAlu): boolean => d.operation === 'RQ' || d.insn.use_imm === 0;

/** The element indices of a micro-op word. */
export const uopDst = (word: number, c: VtaConfig): number => word & (2 ** c.logAccDepth - 1);
export const uopSrc = (word: number, c: VtaConfig): number => (word >>> c.logAccDepth) & (2 ** Math.max(c.logAccDepth, c.logInpDepth) - 1);
export const uopWgt = (word: number, c: VtaConfig): number => {
  const at = c.logAccDepth + Math.max(c.logAccDepth, c.logInpDepth);
  return at === 32 ? 0 : (word >>> at) & (2 ** c.logWgtDepth - 1);
};

/** Lane position of an element in its working form. */
export const inpLane = (element: number, row: number, lane: number, s: Shape): number => element * s.inpLanes + row * s.rowIn + lane;
export const wgtLane = (element: number, row: number, lane: number, s: Shape): number => {
  const unit = Math.floor(lane / s.unitLanes);
  return element * s.wgtLanes + (unit * s.rowOut + row) * s.unitLanes + (lane % s.unitLanes);
};
export const accLane = (element: number, row: number, lane: number, s: Shape): number => element * s.accLanes + row * s.rowOut + lane;
