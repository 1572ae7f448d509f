import type { Decoded, DecodedAlu, DecodedGemm, DecodedLoad, DecodedStore } from '../values/decode.js';
import type { PreparedProgram } from '../values/program.js';
import { loadElements, readsSource } from '../values/ranges.js';
import { SIMPLE_UOPS } from './parameters.js';

export const LOAD_UNIT = 0;
export const COMPUTE_UNIT = 1;
export const STORE_UNIT = 2;

/** Kinds of compute entries (timing.md, Compute); in Load and Store only NOP (no data) and LOAD are told apart. */
export const NOP = 0;
export const LOAD = 1;
export const GEMM = 2;
export const ALU = 3;

/** Bits of `pops` and `pushes`. */
export const PREV = 1;
export const NEXT = 2;

/** What decides about an instruction's time. Fields of other kinds stay 0. Addresses and sizes are bytes. */
export class TimingInsn {
  unit = COMPUTE_UNIT;
  kind = NOP;
  pops = 0;
  pushes = 0;
  isFinish = false;

  /** A load of micro-ops, or of accumulators. */
  writesUop = false;
  writesAcc = false;
  elementBytes = 0;
  address = 0;
  rowStride = 0;
  rowBytes = 0;
  /** Rows with data; 0 where nothing is transferred. */
  rows = 0;
  /** Padding elements written before the first row of data, around each row, and after the last. */
  padBefore = 0;
  padLeft = 0;
  padRight = 0;
  padAfter = 0;
  sramBase = 0;
  /** Elements of a row of a store. */
  columns = 0;
  /** Elements written, padding included. */
  elements = 0;

  uopBegin = 0;
  uopCount = 0;
  iterOut = 0;
  iterIn = 0;
  dstOut = 0;
  dstIn = 0;
  srcOut = 0;
  srcIn = 0;
  readsSource = false;
  /** A GEMM that sets accumulators to zero. */
  resets = false;
  /** At most SIMPLE_UOPS micro-ops. */
  simple = false;
  /** An ALU operation that can be in a chain, and only in its first half. */
  chains = false;
  shifts = false;
  /** Micro-ops or vectors. */
  steps = 0;

  constructor(
    readonly index: number,
    readonly decoded: Decoded,
  ) {}
}

function fillLoad(t: TimingInsn, d: DecodedLoad): void {
  const i = d.insn;
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  t.kind = LOAD;
  t.writesUop = d.memory === 'UOP';
  t.writesAcc = d.memory === 'ACC' || d.memory === 'ACC_8BIT';
  fillBlock(t, d);
  t.padBefore = i.y_pad_0 * width;
  t.padLeft = i.x_pad_0;
  t.padRight = i.x_pad_1;
  t.padAfter = i.y_pad_1 * width;
  t.sramBase = i.sram_base;
  t.elements = loadElements(d);
}

function fillBlock(t: TimingInsn, d: DecodedLoad | DecodedStore): void {
  t.elementBytes = d.elementBytes;
  t.address = d.address;
  t.rowStride = d.rowStride;
  t.rowBytes = d.insn.x_size * d.elementBytes;
  t.rows = d.insn.y_size;
}

function fillLoop(t: TimingInsn, d: DecodedGemm | DecodedAlu): void {
  if (d.steps === 0) return;
  const i = d.insn;
  t.kind = d.kind === 'gemm' ? GEMM : ALU;
  t.uopBegin = i.uop_bgn;
  t.uopCount = i.uop_end - i.uop_bgn;
  t.iterOut = i.iter_out;
  t.iterIn = i.iter_in;
  t.dstOut = i.dst_factor_out;
  t.dstIn = i.dst_factor_in;
  t.srcOut = i.src_factor_out;
  t.srcIn = i.src_factor_in;
  t.steps = d.steps;
  t.simple = t.uopCount <= SIMPLE_UOPS;
  if (d.kind === 'gemm') t.resets = d.insn.reset_reg === 1;
  else {
    t.readsSource = readsSource(d);
    t.shifts = d.operation === 'SHR';
    t.chains = t.shifts || d.operation === 'MIN' || d.operation === 'MAX' || d.operation === 'ADD';
  }
}

/** The timing view of one instruction. */
export function timingInsn(d: Decoded): TimingInsn {
  const t = new TimingInsn(d.index, d);
  const i = d.insn;
  t.unit = d.unit === 'load' ? LOAD_UNIT : d.unit === 'compute' ? COMPUTE_UNIT : STORE_UNIT;
  t.pops = (i.pop_prev_dep ? PREV : 0) | (i.pop_next_dep ? NEXT : 0);
  t.pushes = (i.push_prev_dep ? PREV : 0) | (i.push_next_dep ? NEXT : 0);
  t.isFinish = d.kind === 'finish';
  if (d.kind === 'load') fillLoad(t, d);
  else if (d.kind === 'gemm' || d.kind === 'alu') fillLoop(t, d);
  else if (d.kind === 'store' && d.insn.y_size > 0) {
    t.kind = LOAD;
    fillBlock(t, d);
    t.sramBase = d.insn.sram_base;
    t.columns = d.insn.x_size;
  }
  return t;
}

const cache = new WeakMap<PreparedProgram, readonly TimingInsn[]>();

/** The timing view of a prepared program (computed once per program). */
export function timingProgram(program: PreparedProgram): readonly TimingInsn[] {
  let insns = cache.get(program);
  if (insns === undefined) {
    insns = program.insns.map(timingInsn);
    cache.set(program, insns);
  }
  return insns;
}
