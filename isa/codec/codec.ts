import type { VtaConfig } from '../config/config.js';
import { fail } from '../diag/diagnostic.js';
import { isaMessages as M } from '../messages.js';
import { INSN_BYTES, INSTRUCTIONS, type Insn, type Mnemonic, type Uop, UOP_BYTES } from '../spec/instructions.js';
import { layoutOf, type PlacedField } from './layout.js';

export { INSN_BYTES, UOP_BYTES };

const MNEMONIC_BY_OPCODE: readonly (Mnemonic | undefined)[] = (() => {
  const out: (Mnemonic | undefined)[] = new Array(8).fill(undefined);
  for (const m of Object.keys(INSTRUCTIONS) as Mnemonic[]) out[INSTRUCTIONS[m].opcode] = m;
  return out;
})();

/** Reads `width` (at most 32) bits at bit `lo` of the bytes starting at `offset`, little-endian. */
function getBits(bytes: Uint8Array, offset: number, lo: number, width: number): number {
  let value = 0;
  let got = 0;
  while (got < width) {
    const bit = lo + got;
    const take = Math.min(8 - (bit & 7), width - got);
    const part = (bytes[offset + (bit >> 3)] >> (bit & 7)) & ((1 << take) - 1);
    value += part * 2 ** got;
    got += take;
  }
  return value;
}

function putBits(bytes: Uint8Array, offset: number, lo: number, width: number, value: number): void {
  let rest = value;
  let put = 0;
  while (put < width) {
    const bit = lo + put;
    const take = Math.min(8 - (bit & 7), width - put);
    const mask = ((1 << take) - 1) << (bit & 7);
    const at = offset + (bit >> 3);
    bytes[at] = (bytes[at] & ~mask) | (((rest % 2 ** take) << (bit & 7)) & mask);
    rest = Math.floor(rest / 2 ** take);
    put += take;
  }
}

/** The smallest and the largest value of a field. */
export function fieldRange(field: PlacedField): readonly [low: number, high: number] {
  return field.signed ? [-(2 ** (field.width - 1)), 2 ** (field.width - 1) - 1] : [0, 2 ** field.width - 1];
}

function write(
  fields: readonly PlacedField[],
  values: Readonly<Record<string, number | string>>,
  op: string,
  config: VtaConfig,
  bytes: Uint8Array,
  offset: number,
): void {
  for (const field of fields) {
    const value = field.name === 'opcode' ? INSTRUCTIONS[op as Mnemonic].opcode : (values[field.name] as number);
    const [low, high] = fieldRange(field);
    if (!Number.isInteger(value) || value < low || value > high) {
      fail(M.VTA1101, { op, field: field.name, value: String(value), low, high, bits: field.width, config: config.name });
    }
    putBits(bytes, offset, field.lo, field.width, value < 0 ? value + 2 ** field.width : value);
  }
}

function read(fields: readonly PlacedField[], bytes: Uint8Array, offset: number, out: Record<string, number | string>): void {
  for (const field of fields) {
    if (field.name === 'opcode') continue;
    const raw = getBits(bytes, offset, field.lo, field.width);
    out[field.name] = field.signed && raw >= 2 ** (field.width - 1) ? raw - 2 ** field.width : raw;
  }
}

/** Encodes one instruction into `bytes` at `offset`; reserved bits become 0. @throws VtaError VTA1101 */
export function encodeInsn(insn: Insn, config: VtaConfig, bytes = new Uint8Array(INSN_BYTES), offset = 0): Uint8Array {
  bytes.fill(0, offset, offset + INSN_BYTES);
  write(layoutOf(config).insns[insn.op], insn as unknown as Record<string, number>, insn.op, config, bytes, offset);
  return bytes;
}

/** The opcode field of the instruction at `offset`, 0..7. */
export const opcodeAt = (bytes: Uint8Array, offset: number): number => bytes[offset] & 7;

/** Decodes one instruction, ignoring reserved bits; `null` where the opcode is undefined (5..7). */
export function decodeInsn(bytes: Uint8Array, config: VtaConfig, offset = 0): Insn | null {
  const op = MNEMONIC_BY_OPCODE[opcodeAt(bytes, offset)];
  if (op === undefined) return null;
  const out: Record<string, number | string> = { op };
  read(layoutOf(config).insns[op], bytes, offset, out);
  return out as unknown as Insn;
}

/** Encodes a micro-op into its 32-bit word (unsigned). @throws VtaError VTA1101 */
export function encodeUop(uop: Uop, config: VtaConfig): number {
  const bytes = new Uint8Array(UOP_BYTES);
  write(layoutOf(config).uop, uop as unknown as Record<string, number>, 'uop', config, bytes, 0);
  return getBits(bytes, 0, 0, 32);
}

/** Decodes a 32-bit micro-op word. */
export function decodeUop(word: number, config: VtaConfig): Uop {
  const [dst, src, wgt] = layoutOf(config).uop;
  const field = (p: PlacedField) => Math.floor((word >>> 0) / 2 ** p.lo) % 2 ** p.width;
  return { dst_idx: field(dst), src_idx: field(src), wgt_idx: field(wgt) };
}

/** Encodes a whole stream. */
export function encodeProgram(insns: readonly Insn[], config: VtaConfig): Uint8Array {
  const bytes = new Uint8Array(insns.length * INSN_BYTES);
  for (let i = 0; i < insns.length; i++) encodeInsn(insns[i], config, bytes, i * INSN_BYTES);
  return bytes;
}

const DEPENDENCIES = { pop_prev_dep: 0, pop_next_dep: 0, push_prev_dep: 0, push_next_dep: 0 };
const MEM_DEFAULTS = {
  ...DEPENDENCIES,
  memory_type: 0,
  sram_base: 0,
  dram_base: 0,
  y_size: 0,
  x_size: 0,
  x_stride: 0,
  y_pad_0: 0,
  y_pad_1: 0,
  x_pad_0: 0,
  x_pad_1: 0,
};
const LOOP_DEFAULTS = {
  ...DEPENDENCIES,
  reset_reg: 0,
  uop_bgn: 0,
  uop_end: 0,
  iter_out: 1,
  iter_in: 1,
  dst_factor_out: 0,
  dst_factor_in: 0,
  src_factor_out: 0,
  src_factor_in: 0,
};
const DEFAULTS = {
  LOAD: MEM_DEFAULTS,
  STORE: MEM_DEFAULTS,
  GEMM: { ...LOOP_DEFAULTS, wgt_factor_out: 0, wgt_factor_in: 0 },
  ALU: { ...LOOP_DEFAULTS, alu_opcode: 0, use_imm: 0, imm: 0 },
  FINISH: DEPENDENCIES,
} as const;

/** An instruction with unnamed fields at their defaults: 0, and 1 for loop extents. */
export function insn<T extends Mnemonic>(op: T, fields: Partial<Omit<Extract<Insn, { op: T }>, 'op'>> = {}): Extract<Insn, { op: T }> {
  return { op, ...DEFAULTS[op], ...fields } as unknown as Extract<Insn, { op: T }>;
}
