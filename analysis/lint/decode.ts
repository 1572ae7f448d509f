import { decodeInsn, INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { type Diagnostic, VtaError } from '#isa/diag/diagnostic';
import { MEMORY_TYPES, type Unit } from '#isa/spec/tables';
import { type TokenUser, tokenUser } from '../program/token-play.js';
import { type Decoded, decodeAt } from '#simulator/values/decode';
import { checkStaticRanges } from '#simulator/values/ranges';
import { checkFlags } from '#simulator/values/tokens';

/** One instruction of a program that may be wrong anywhere. */
export interface Slot {
  /** Null where the encoding has no meaning. */
  readonly decoded: Decoded | null;
  readonly user: TokenUser;
  /** Why the machines refuse it. */
  readonly refusals: readonly Diagnostic[];
}

/** Runs a check and returns what it complains about. */
export function complaints(check: () => void): readonly Diagnostic[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof VtaError) return error.diagnostics;
    throw error;
  }
}

/** The unit of an instruction without meaning, which still takes its place in a queue. */
function unitOfUnknown(bytes: Uint8Array, offset: number, config: VtaConfig): Unit {
  const insn = decodeInsn(bytes, config, offset);
  if (insn?.op === 'STORE') return 'store';
  const loads: readonly number[] = [MEMORY_TYPES.INP.code, MEMORY_TYPES.WGT.code];
  return insn?.op === 'LOAD' && loads.includes(insn.memory_type) ? 'load' : 'compute';
}

/**
 * Decodes every instruction and checks each for itself.
 * @param dramSize bytes of memory; Infinity where that is not known
 */
export function decodeSlots(code: Uint8Array, config: VtaConfig, dramSize: number): Slot[] {
  return Array.from({ length: code.length / INSN_BYTES }, (_, index) => {
    const offset = index * INSN_BYTES;
    let decoded: Decoded | null = null;
    const unknown = complaints(() => {
      decoded = decodeAt(code, offset, index, config);
    });
    const d = decoded as Decoded | null;
    const user = tokenUser(d?.unit ?? unitOfUnknown(code, offset, config), (code[offset] >> 3) & 15);
    if (d === null) return { decoded: null, user, refusals: unknown };
    const refusals = [...complaints(() => checkFlags(d, config)), ...complaints(() => checkStaticRanges(d, dramSize, config))];
    return { decoded: d, user, refusals };
  });
}
