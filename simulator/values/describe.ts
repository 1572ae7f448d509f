import type { VtaConfig } from '#isa/config/config';
import type { Where } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';

/** An instruction in one line: the operation and its fields that are not 0. */
export function describeInsn(insn: Insn, _config: VtaConfig): string {
  const fields = Object.entries(insn).filter(([name, value]) => name !== 'op' && value !== 0);
  return [insn.op, ...fields.map(([name, value]) => `${name}=${value}`)].join(' ');
}

/** Where a diagnostic about instruction `index` points. */
export const atInsn = (index: number, insn: Insn, config: VtaConfig): Where => ({
  at: `instruction ${index}: ${describeInsn(insn, config)}`,
});
