import { decodeInsn, INSN_BYTES, opcodeAt } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { isaMessages as M } from '#isa/messages';
import type { AluInsn, GemmInsn, Insn, LoadInsn, MemInsn, StoreInsn } from '#isa/spec/instructions';
import { ALU_OP_BY_CODE, type AluOp, MEMORY_TYPE_BY_CODE, MEMORY_TYPES, type MemoryType, ALU_OPS, type Unit } from '#isa/spec/tables';
import { atInsn } from './describe.js';

interface Common {
  /** Position in the program, from 0. */
  readonly index: number;
  readonly unit: Unit;
}

/** A LOAD with an effect on a scratchpad. Addresses are bytes, extents elements. */
export interface DecodedLoad extends Common {
  readonly kind: 'load';
  readonly insn: LoadInsn;
  readonly memory: 'UOP' | 'WGT' | 'INP' | 'ACC' | 'ACC_8BIT';
  /** Bytes of one element in DRAM. */
  readonly elementBytes: number;
  /** Byte address of row 0, and bytes from one row to the next. */
  readonly address: number;
  readonly rowStride: number;
}

/** A STORE with an effect on DRAM. */
export interface DecodedStore extends Common {
  readonly kind: 'store';
  readonly insn: StoreInsn;
  readonly elementBytes: number;
  readonly address: number;
  readonly rowStride: number;
}

/** The version of the micro-op buffer with which every index of the instruction was found in range. */
export interface UopScan {
  version: number;
}

export interface DecodedGemm extends Common {
  readonly kind: 'gemm';
  readonly insn: GemmInsn;
  /** Micro-ops executed: iter_out * iter_in * max(0, uop_end - uop_bgn). */
  readonly steps: number;
  readonly scan: UopScan;
}

export interface DecodedAlu extends Common {
  readonly kind: 'alu';
  readonly insn: AluInsn;
  readonly operation: AluOp;
  readonly steps: number;
  readonly scan: UopScan;
}

/** LOAD PAD_VALUE of the extension. */
export interface DecodedPadValue extends Common {
  readonly kind: 'pad-value';
  readonly insn: LoadInsn;
  readonly value: number;
}

/** FINISH, and LOAD or STORE of nothing (x_size 0): tokens only. */
export interface DecodedIdle extends Common {
  readonly kind: 'nop' | 'finish';
  readonly insn: Insn;
}

/** One instruction, decoded and found legal, ready to execute. */
export type Decoded = DecodedLoad | DecodedStore | DecodedGemm | DecodedAlu | DecodedPadValue | DecodedIdle;

/**
 * Decodes the instruction at byte `offset` and checks its encoding.
 * @throws VtaError VTA1205
 */
export function decodeAt(bytes: Uint8Array, offset: number, index: number, config: VtaConfig): Decoded {
  const insn = decodeInsn(bytes, config, offset);
  if (insn === null) {
    const raw = Array.from(bytes.subarray(offset, offset + INSN_BYTES), (b) => b.toString(16).padStart(2, '0')).join('');
    fail(M.VTA1205, { detail: `opcode ${opcodeAt(bytes, offset)}` }, { at: `instruction ${index}: ${raw} (bytes in memory order)` });
  }
  switch (insn.op) {
    case 'FINISH':
      return { kind: 'finish', index, unit: 'compute', insn };
    case 'GEMM':
      return { kind: 'gemm', index, unit: 'compute', insn, steps: stepsOf(insn), scan: newScan() };
    case 'ALU':
      return decodeAlu(insn, index, config);
    case 'LOAD':
      return decodeLoad(insn, index, config);
    case 'STORE':
      return decodeStore(insn, index, config);
  }
}

const newScan = (): UopScan => ({ version: -1 });
const stepsOf = (i: GemmInsn | AluInsn) => i.iter_out * i.iter_in * Math.max(0, i.uop_end - i.uop_bgn);

function unknown(detail: string, index: number, insn: Insn, config: VtaConfig): never {
  fail(M.VTA1205, { detail }, atInsn(index, insn, config));
}

function decodeAlu(insn: AluInsn, index: number, config: VtaConfig): Decoded {
  const operation = ALU_OP_BY_CODE[insn.alu_opcode];
  if (operation === undefined || (ALU_OPS[operation].extension && !config.extension)) {
    unknown(`ALU operation ${insn.alu_opcode}${operation ? ' needs the extension' : ''}`, index, insn, config);
  }
  return { kind: 'alu', index, unit: 'compute', insn, operation, steps: stepsOf(insn), scan: newScan() };
}

/** The unit a LOAD is dispatched to; undefined types go to compute, as everything that is not INP or WGT. */
function loadUnit(type: MemoryType | undefined, config: VtaConfig): Unit {
  if (type === undefined || (MEMORY_TYPES[type].extension && !config.extension)) return 'compute';
  return MEMORY_TYPES[type].loadUnit ?? 'compute';
}

function decodeLoad(insn: LoadInsn, index: number, config: VtaConfig): Decoded {
  const type = MEMORY_TYPE_BY_CODE[insn.memory_type];
  const unit = loadUnit(type, config);
  if (type === 'PAD_VALUE' && config.extension) {
    const shift = 32 - config.inpBits;
    return { kind: 'pad-value', index, unit, insn, value: (insn.sram_base << shift) >> shift };
  }
  if (insn.x_size === 0) return { kind: 'nop', index, unit, insn };
  if (type === undefined || type === 'OUT' || type === 'PAD_VALUE') {
    unknown(`LOAD of memory type ${insn.memory_type}${type === 'PAD_VALUE' ? ' needs the extension' : ''}`, index, insn, config);
  }
  if (type === 'ACC_8BIT' && config.accBits !== 32) unknown(`LOAD ACC_8BIT needs 32-bit accumulators`, index, insn, config);
  return { kind: 'load', index, unit, insn, memory: type, ...addressing(insn, dramBytes(type, config)) };
}

const dramBytes = (type: 'UOP' | 'WGT' | 'INP' | 'ACC' | 'ACC_8BIT', c: VtaConfig): number =>
  ({ UOP: c.uopBytes, WGT: c.wgtBytes, INP: c.inpBytes, ACC: c.accBytes, ACC_8BIT: c.accBytes / 4 })[type];

/** The base address is a 32-bit product and wraps; rows follow linearly. */
const addressing = (insn: MemInsn, elementBytes: number) => ({
  elementBytes,
  address: (insn.dram_base * elementBytes) % 2 ** 32,
  rowStride: insn.x_stride * elementBytes,
});

function decodeStore(insn: StoreInsn, index: number, config: VtaConfig): Decoded {
  if (insn.x_size === 0) return { kind: 'nop', index, unit: 'store', insn };
  if (MEMORY_TYPE_BY_CODE[insn.memory_type] !== 'OUT') unknown(`STORE of memory type ${insn.memory_type}`, index, insn, config);
  if (insn.y_pad_0 + insn.y_pad_1 + insn.x_pad_0 + insn.x_pad_1 > 0) unknown('STORE with padding', index, insn, config);
  return { kind: 'store', index, unit: 'store', insn, ...addressing(insn, config.outBytes) };
}
