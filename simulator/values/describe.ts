import { disassembleInsn } from '#isa/asm/disassemble';
import type { VtaConfig } from '#isa/config/config';
import type { Where } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';

/** Where a diagnostic about instruction `index` points. */
export const atInsn = (index: number, insn: Insn, config: VtaConfig): Where => ({
  at: `instruction ${index}: ${disassembleInsn(insn, config)}`,
});
