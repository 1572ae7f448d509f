import { encodeProgram, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS, MEMORY_TYPES } from '#isa/spec/tables';

/** Bytes of a long transfer: more beats than a loader may have under way, and several bursts of a store. */
const LONG = 1536;
/** A page of zeros (micro-ops), then data; the program behind. */
const UOPS = 0x1000;
const DATA = 0x2000;
const PROGRAM = DATA + 0x4000;

/**
 * A program whose time shows what an earlier launch left behind in a machine that should have forgotten it: each unit waits for every token that it can wait for, and loads
 * and stores use up what may be under way at a time. It fits into scratchpads of one element, uses no micro-op that it does not load, and leaves no token.
 */
export function recoveryProgram(c: VtaConfig): { readonly dram: Uint8Array; readonly insnAddr: number; readonly insnCount: number } {
  const one = { y_size: 1, x_stride: 1 };
  const many = (depth: number, bytes: number) => Math.max(1, Math.min(depth, Math.floor(LONG / bytes)));
  const load = (memory: keyof typeof MEMORY_TYPES, depth: number, bytes: number, flags: object = {}): Insn =>
    insn('LOAD', { memory_type: MEMORY_TYPES[memory].code, dram_base: DATA / bytes, ...one, x_size: many(depth, bytes), ...flags });
  const inp = (flags: object = {}) => load('INP', c.inpDepth, c.inpBytes, flags);
  const wgt = (flags: object = {}) => load('WGT', c.wgtDepth, c.wgtBytes, flags);
  const acc = (flags: object = {}) => load('ACC', c.accDepth, c.accBytes, flags);
  const store = (flags: object): Insn => {
    const x_size = many(c.accDepth, c.outBytes);
    return insn('STORE', { memory_type: MEMORY_TYPES.OUT.code, dram_base: DATA / c.outBytes, ...one, x_size, ...flags });
  };
  const sweep = { uop_end: 1, iter_out: 1, iter_in: Math.min(c.accDepth, 20), dst_factor_in: Math.min(1, c.accDepth - 1) };
  const insns = [
    insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: UOPS / 4, ...one, x_size: 1 }),
    inp(),
    wgt(),
    inp({ push_next_dep: 1 }),
    insn('GEMM', { ...sweep, pop_prev_dep: 1, push_prev_dep: 1 }),
    acc(),
    inp({ pop_next_dep: 1, push_next_dep: 1 }),
    insn('GEMM', { ...sweep, pop_prev_dep: 1 }),
    insn('ALU', { ...sweep, alu_opcode: ALU_OPS.MAX.code, use_imm: 1, push_next_dep: 1 }),
    store({ pop_prev_dep: 1, push_prev_dep: 1 }),
    acc({ pop_next_dep: 1, push_next_dep: 1 }),
    store({ pop_prev_dep: 1, push_prev_dep: 1 }),
    insn('FINISH', { pop_next_dep: 1 }),
  ];
  const dram = new Uint8Array(PROGRAM + insns.length * INSN_BYTES);
  dram.set(encodeProgram(insns, c), PROGRAM);
  return { dram, insnAddr: PROGRAM, insnCount: insns.length };
}
