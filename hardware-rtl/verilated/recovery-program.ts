import { encodeProgram, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS, MEMORY_TYPES } from '#isa/spec/tables';

/** Bytes of a long load: more beats than a loader may have under way. Of a store: more bursts than may wait for their data. */
const LONG_LOAD = 1536;
const LONG_STORE = 640;
/** A page of zeros (micro-ops), then data; the program behind. */
const UOPS = 0x1000;
const DATA = 0x2000;
const PROGRAM = DATA + 0x8000;

/**
 * A program whose time and results show what an earlier launch left behind in a machine that should have forgotten it: each unit waits for every token that it can wait for, loads
 * and stores use up what may be under way at a time, and every value that is stored was loaded. It fits into scratchpads of one element and leaves no token.
 */
export function recoveryProgram(c: VtaConfig): { readonly dram: Uint8Array; readonly insnAddr: number; readonly insnCount: number } {
  const insns = instructions(c);
  const dram = new Uint8Array(PROGRAM + insns.length * INSN_BYTES);
  for (let i = DATA; i < PROGRAM; i++) dram[i] = Math.imul(i, 0x9e3779b1) >>> 24;
  dram.set(encodeProgram(insns, c), PROGRAM);
  return { dram, insnAddr: PROGRAM, insnCount: insns.length };
}

function instructions(c: VtaConfig): Insn[] {
  const one = { y_size: 1, x_stride: 1 };
  const many = (depth: number, bytes: number, of: number) => Math.max(1, Math.min(depth, Math.floor(of / bytes)));
  const stored = many(c.accDepth, c.outBytes, LONG_STORE);
  const load = (memory: keyof typeof MEMORY_TYPES, bytes: number, x_size: number, flags: object = {}): Insn =>
    insn('LOAD', { memory_type: MEMORY_TYPES[memory].code, dram_base: DATA / bytes, ...one, x_size, ...flags });
  const inp = (flags: object = {}) => load('INP', c.inpBytes, many(c.inpDepth, c.inpBytes, LONG_LOAD), flags);
  const acc = (flags: object = {}) => load('ACC', c.accBytes, stored, flags);
  const store = (): Insn => {
    const place = { dram_base: DATA / c.outBytes, x_size: stored };
    return insn('STORE', { memory_type: MEMORY_TYPES.OUT.code, ...one, ...place, pop_prev_dep: 1, push_prev_dep: 1 });
  };
  const sweep = { uop_end: 1, iter_out: 1, iter_in: Math.min(stored, 20), dst_factor_in: Math.min(1, c.accDepth - 1) };
  return [
    insn('LOAD', { memory_type: MEMORY_TYPES.UOP.code, dram_base: UOPS / 4, ...one, x_size: 1 }),
    inp(),
    load('WGT', c.wgtBytes, many(c.wgtDepth, c.wgtBytes, LONG_LOAD)),
    inp({ push_next_dep: 1 }),
    insn('GEMM', { ...sweep, pop_prev_dep: 1, push_prev_dep: 1 }),
    acc(),
    inp({ pop_next_dep: 1, push_next_dep: 1 }),
    insn('GEMM', { ...sweep, pop_prev_dep: 1 }),
    insn('ALU', { ...sweep, alu_opcode: ALU_OPS.MAX.code, use_imm: 1, push_next_dep: 1 }),
    store(),
    acc({ pop_next_dep: 1, push_next_dep: 1 }),
    store(),
    insn('FINISH', { pop_next_dep: 1 }),
  ];
}
