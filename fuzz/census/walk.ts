import { INSN_BYTES } from '#isa/codec/codec';
import { VtaError } from '#isa/diag/diagnostic';
import type { FuzzCase } from '../case.js';
import { type Decoded, decodeAt } from '#simulator/values/decode';
import { applyUopLoad } from '../uop-pool.js';

function decodeOrNull(c: FuzzCase, at: number, index: number): Decoded | null {
  try {
    return decodeAt(c.dram, at, index, c.config);
  } catch (error) {
    if (error instanceof VtaError) return null;
    throw error;
  }
}

/** Visits the instructions of all launches in program order, with the micro-op buffer as it stands before each. */
export function forEachInsn(c: FuzzCase, visit: (d: Decoded, bytes: Uint8Array, uop: Uint32Array) => void): void {
  const uop = new Uint32Array(c.config.uopDepth);
  const view = new DataView(c.dram.buffer, c.dram.byteOffset, c.dram.byteLength);
  for (const { insnAddr, insnCount } of c.launches) {
    for (let i = 0; i < insnCount; i++) {
      const at = insnAddr + i * INSN_BYTES;
      const d = decodeOrNull(c, at, i);
      if (d === null) continue;
      visit(d, c.dram.subarray(at, at + INSN_BYTES), uop);
      if (d.kind === 'load' && d.memory === 'UOP' && staysInside(d, uop.length, c.dram.length)) applyUopLoad(d, uop, view);
    }
  }
}

function staysInside(d: Extract<Decoded, { kind: 'load' }>, depth: number, dramBytes: number): boolean {
  const i = d.insn;
  const elements = (i.x_pad_0 + i.x_size + i.x_pad_1) * (i.y_pad_0 + i.y_size + i.y_pad_1);
  return i.sram_base + elements <= depth && d.address + (i.y_size - 1) * d.rowStride + i.x_size * d.elementBytes <= dramBytes;
}
