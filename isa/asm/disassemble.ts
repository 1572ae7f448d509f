import { decodeInsn, decodeUop, INSN_BYTES } from '../codec/codec.js';
import { layoutOf } from '../codec/layout.js';
import { reservedMask } from '../codec/segments.js';
import type { VtaConfig } from '../config/config.js';
import { fail } from '../diag/diagnostic.js';
import { isaMessages as M } from '../messages.js';
import type { Insn } from '../spec/instructions.js';
import { type Operand, rowOf, split, type Values } from './syntax.js';

function printOperand(operand: Operand, values: Values): string {
  const v = operand.fields.map((field) => values[field]);
  switch (operand.form) {
    case 'flag':
      return operand.key;
    case 'decimal':
      return `${operand.key}=${v[0]}`;
    case 'hex':
      return `${operand.key}=0x${v[0].toString(16)}`;
    case 'range':
      return `${operand.key}=[${v.join(',')})`;
    case 'times':
      return `${operand.key}=${v.join('x')}`;
    case 'tuple':
      return `${operand.key}=(${v.join(',')})`;
  }
}

/** The canonical text of one instruction, for instance `gemm uop=[0,16) iter=14x14 dst+=(14,1) src+=(14,1) wgt+=(0,0) pop_prev`. */
export function disassembleInsn(insn: Insn, config: VtaConfig): string {
  const row = rowOf(insn, config);
  const fields = insn as unknown as Values;
  const values = row.op === 'ALU' ? { ...fields, ...split(fields.imm) } : fields;
  return [row.name, ...row.operands.filter((o) => o.shown(values)).map((o) => printOperand(o, values))].join(' ');
}

/** 16 bytes as one 128-bit number. */
export function wordAt(bytes: Uint8Array, offset: number): bigint {
  let word = 0n;
  for (let i = INSN_BYTES - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[offset + i]);
  return word;
}

/**
 * The canonical text of the instruction at `offset`. Reserved bits that are set are kept as `reserved=0x...` (their value in place in the
 * 128-bit word), an undefined opcode as `.word 0x...`, so that assembling the text gives the same 16 bytes.
 */
export function disassembleAt(bytes: Uint8Array, config: VtaConfig, offset: number): string {
  const insn = decodeInsn(bytes, config, offset);
  const word = wordAt(bytes, offset);
  if (insn === null) return `.word 0x${word.toString(16).padStart(32, '0')}`;
  const reserved = word & reservedMask(layoutOf(config).insns[insn.op], 128);
  return disassembleInsn(insn, config) + (reserved === 0n ? '' : ` reserved=0x${reserved.toString(16)}`);
}

/** The text of a whole instruction stream, one line per instruction. @throws VtaError VTA1102 */
export function disassemble(bytes: Uint8Array, config: VtaConfig): string {
  if (bytes.length % INSN_BYTES !== 0) fail(M.VTA1102, { bytes: bytes.length });
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += INSN_BYTES) text += `${disassembleAt(bytes, config, offset)}\n`;
  return text;
}

/** The text of a 32-bit micro-op: `.uop dst=1 src=2 wgt=3`, or `.uop 0x...` where bits outside its fields are set. */
export function disassembleUop(word: number, config: VtaConfig): string {
  const { uop } = layoutOf(config);
  if ((BigInt(word >>> 0) & reservedMask(uop, 32)) !== 0n) return `.uop 0x${(word >>> 0).toString(16).padStart(8, '0')}`;
  const { dst_idx, src_idx, wgt_idx } = decodeUop(word, config);
  return `.uop dst=${dst_idx} src=${src_idx} wgt=${wgt_idx}`;
}

/** The text of micro-ops, one line each. */
export const disassembleUops = (words: Iterable<number>, config: VtaConfig): string =>
  Array.from(words, (word) => `${disassembleUop(word, config)}\n`).join('');
