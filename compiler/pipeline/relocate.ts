import type { Insn } from '#isa/spec/instructions';

/**
 * Instructions with the bases of their buffers added.
 * @param relocations per instruction the buffer that it addresses, or -1
 * @param bases addresses of the buffers in elements of their memory type
 */
export function relocate(insns: readonly Insn[], relocations: Int32Array, bases: readonly number[]): Insn[] {
  return insns.map((insn, i) => {
    const buffer = relocations[i];
    if (buffer < 0) return insn;
    if (insn.op !== 'LOAD' && insn.op !== 'STORE')
      throw new Error(`internal error: instruction ${i} (${insn.op}) has no address to relocate`);
    return { ...insn, dram_base: insn.dram_base + bases[buffer] };
  });
}
