import type { VtaConfig } from '../config/config.js';

/** Bytes of one instruction and of one micro-op. */
export const INSN_BYTES = 16;
export const UOP_BYTES = 4;

/**
 * The instruction table: the only place that says which fields an instruction has and how wide they are.
 * Encoder, decoder, assembler, SystemVerilog package, C header, documentation tables and pictures are derived from it.
 * Source: bit-field structs of apache/tvm-vta include/vta/hw_spec.h, HW_VER 0.0.2.
 */
export interface FieldSpec {
  readonly name: string;
  readonly width: number | ((c: VtaConfig) => number);
  readonly signed?: boolean;
  readonly doc: string;
}

const f = <const N extends string>(name: N, width: FieldSpec['width'], doc: string, signed = false): FieldSpec & { readonly name: N } => ({
  name,
  width,
  doc,
  signed,
});

const U = (c: VtaConfig) => c.logUopDepth;
const U1 = (c: VtaConfig) => c.logUopDepth + 1;
const A = (c: VtaConfig) => c.logAccDepth;
const I = (c: VtaConfig) => c.logInpDepth;
const W = (c: VtaConfig) => c.logWgtDepth;

const header = [
  f('opcode', 3, 'instruction'),
  f('pop_prev_dep', 1, 'wait for a token from the previous unit (Load - Compute - Store order)'),
  f('pop_next_dep', 1, 'wait for a token from the next unit'),
  f('push_prev_dep', 1, 'afterwards, give a token to the previous unit'),
  f('push_next_dep', 1, 'afterwards, give a token to the next unit'),
] as const;

const mem = [
  ...header,
  f('memory_type', 3, 'scratchpad, see the memory table'),
  f('sram_base', 16, 'first scratchpad element'),
  f('dram_base', 32, 'first DRAM element (byte address / element bytes)'),
  f('y_size', 16, 'rows'),
  f('x_size', 16, 'elements per row; 0 makes the instruction a pure synchronisation'),
  f('x_stride', 16, 'elements between the starts of DRAM rows'),
  f('y_pad_0', 4, 'rows of padding above'),
  f('y_pad_1', 4, 'rows of padding below'),
  f('x_pad_0', 4, 'elements of padding left of each row'),
  f('x_pad_1', 4, 'elements of padding right of each row'),
] as const;

const loop = [
  ...header,
  f('reset_reg', 1, 'GEMM: write zero instead of accumulating; ALU RQ: clamp below at the zero point'),
  f('uop_bgn', U, 'first micro-op'),
  f('uop_end', U1, 'one past the last micro-op'),
  f('iter_out', 14, 'iterations of the outer loop'),
  f('iter_in', 14, 'iterations of the inner loop'),
  f('dst_factor_out', A, 'added to the micro-op dst_idx per outer iteration'),
  f('dst_factor_in', A, 'added to the micro-op dst_idx per inner iteration'),
] as const;

const gemm = [
  ...loop,
  f('src_factor_out', I, 'added to the micro-op src_idx (INP) per outer iteration'),
  f('src_factor_in', I, 'added to the micro-op src_idx (INP) per inner iteration'),
  f('wgt_factor_out', W, 'added to the micro-op wgt_idx per outer iteration'),
  f('wgt_factor_in', W, 'added to the micro-op wgt_idx per inner iteration'),
] as const;

const alu = [
  ...loop,
  f('src_factor_out', A, 'added to the micro-op src_idx (ACC) per outer iteration'),
  f('src_factor_in', A, 'added to the micro-op src_idx (ACC) per inner iteration'),
  f('alu_opcode', 3, 'operation, see the ALU table'),
  f('use_imm', 1, 'second operand is the immediate instead of ACC[src]'),
  f('imm', 16, 'immediate operand', true),
] as const;

/** Instructions by mnemonic. Fields are in bit order from bit 0; a field never straddles bit 64 (System V bit-field rule). */
export const INSTRUCTIONS = {
  LOAD: { opcode: 0, fields: mem, doc: 'copy a 2-D block from DRAM to a scratchpad, with padding' },
  STORE: { opcode: 1, fields: mem, doc: 'copy a 2-D block of truncated accumulators to DRAM' },
  GEMM: { opcode: 2, fields: gemm, doc: 'matrix multiply-accumulate over micro-ops and two loops' },
  FINISH: { opcode: 3, fields: header, doc: 'signal completion' },
  ALU: { opcode: 4, fields: alu, doc: 'element-wise operation on accumulators over micro-ops and two loops' },
} as const;

/** The 32-bit micro-op. */
export const UOP_FIELDS = [
  f('dst_idx', A, 'ACC index'),
  f('src_idx', (c) => Math.max(c.logAccDepth, c.logInpDepth), 'GEMM: INP index; ALU: ACC index of the second operand'),
  f('wgt_idx', W, 'GEMM: WGT index; ALU: ignored'),
] as const;

export type Mnemonic = keyof typeof INSTRUCTIONS;
type FieldsOf<M extends Mnemonic> = (typeof INSTRUCTIONS)[M]['fields'][number]['name'];

/** A decoded instruction: `op` and one number per field except `opcode`, computed from the table by the type system. */
export type InsnOf<M extends Mnemonic> = { readonly op: M } & { readonly [F in Exclude<FieldsOf<M>, 'opcode'>]: number };
export type LoadInsn = InsnOf<'LOAD'>;
export type StoreInsn = InsnOf<'STORE'>;
export type MemInsn = LoadInsn | StoreInsn;
export type GemmInsn = InsnOf<'GEMM'>;
export type AluInsn = InsnOf<'ALU'>;
export type FinishInsn = InsnOf<'FINISH'>;
export type Insn = LoadInsn | StoreInsn | GemmInsn | AluInsn | FinishInsn;

/** A decoded micro-op. */
export interface Uop {
  readonly dst_idx: number;
  readonly src_idx: number;
  readonly wgt_idx: number;
}
