import { decodeInsn, encodeInsn, INSN_BYTES } from '../codec/codec.js';
import type { VtaConfig } from '../config/config.js';
import { type Diagnostic, VtaError } from '../diag/diagnostic.js';
import type { Insn } from '../spec/instructions.js';
import { readLine } from './line.js';
import { LineAssembler } from './line-assembler.js';

/** What a text assembles to. */
export interface Assembled {
  /** The instructions in order; null where `.word` gives an encoding with an undefined opcode. */
  readonly insns: readonly (Insn | null)[];
  /** 16 bytes per instruction. */
  readonly bytes: Uint8Array;
  /** The micro-ops of the `.uop` lines in order. They live in DRAM and are loaded by `load.uop`; they are not part of `bytes`. */
  readonly uops: Uint32Array;
}

/** Or-s a 128-bit number into 16 bytes. */
function orWord(bytes: Uint8Array, offset: number, word: bigint): void {
  for (let i = 0; i < INSN_BYTES; i++) bytes[offset + i] |= Number((word >> BigInt(8 * i)) & 0xffn);
}

/**
 * Assembles a text (docs/reference/assembly.md): one instruction, `.word` or `.uop` per line, comments after `#` or `//`.
 * `label` names the text in diagnostics. @throws VtaError VTA1101, VTA1103..VTA1109: all that is wrong, with line and column
 */
export function assemble(text: string, config: VtaConfig, label = 'text'): Assembled {
  const problems: Diagnostic[] = [];
  const words: { readonly insn: Insn | null; readonly bits: bigint }[] = [];
  const uops: number[] = [];
  text.split(/\r?\n/).forEach((source, index) => {
    const line = readLine(source);
    if (line === null) return;
    const assembler = new LineAssembler(config, label, index + 1, source, problems);
    if (line.name.text === '.uop') {
      const uop = assembler.uop(line.name, line.operands);
      if (uop !== null) uops.push(uop);
    } else if (line.name.text === '.word') {
      const bits = assembler.rawWord(line.name, line.operands);
      if (bits !== null) words.push({ insn: null, bits });
    } else {
      const done = assembler.instruction(line.name, line.operands);
      if (done !== null) words.push({ insn: done.insn, bits: done.reserved });
    }
  });
  if (problems.length > 0) throw new VtaError(problems);

  const bytes = new Uint8Array(words.length * INSN_BYTES);
  const insns = words.map(({ insn, bits }, i) => {
    const offset = i * INSN_BYTES;
    if (insn !== null) encodeInsn(insn, config, bytes, offset);
    orWord(bytes, offset, bits);
    return insn ?? decodeInsn(bytes, config, offset);
  });
  return { insns, bytes, uops: Uint32Array.from(uops) };
}
