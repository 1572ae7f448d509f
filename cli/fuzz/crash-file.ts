import { DEFAULT_MEMORY, memoryText, parseMemory } from '#isa/arch/memory';
import { disassembleInsn } from '#isa/asm/disassemble';
import { decodeInsn, INSN_BYTES } from '#isa/codec/codec';
import { fail } from '#isa/diag/diagnostic';
import { shellWord } from '#isa/diag/shell';
import type { Artifact } from '#runtime/artifact/artifact';
import { encodeArtifact } from '#runtime/artifact/encode';
import { initialDram, rawArtifact } from '#runtime/artifact/raw';
import type { FuzzCase } from '#fuzz/case';
import { cliMessages as M } from '../messages.js';

const MEMORY_NOTE = 'memory ';

/** A case as a program file: one launch after the other, with the memory settings in the notes of the first. */
export function encodeCase(c: FuzzCase): Uint8Array {
  const raw = rawArtifact({ name: c.name, config: c.config, dram: c.dram, ...c.launches[0] });
  const steps = c.launches.map((l, n) => ({
    kind: 'vta' as const,
    name: `${c.name}.${n}`,
    op: 'program',
    ...l,
    macs: 0,
    exact: true,
    notes: n === 0 ? [MEMORY_NOTE + memoryText(c.memory)] : [],
  }));
  return encodeArtifact({ ...raw, steps });
}

/**
 * The case in a program file; without a note, at the default memory settings.
 * @throws VtaError VTA6601 where the file has host operators or values
 */
export function caseOf(artifact: Artifact, file: string): FuzzCase {
  const launches = artifact.steps.flatMap((s) =>
    s.kind === 'vta' ? [{ insnAddr: s.insnAddr, insnCount: s.insnCount, notes: s.notes }] : [],
  );
  if (launches.length === 0 || launches.length !== artifact.steps.length) fail(M.VTA6601, { file, word: shellWord(file) });
  const note = launches[0].notes.find((n) => n.startsWith(MEMORY_NOTE));
  return {
    name: artifact.name,
    config: artifact.config,
    memory: note === undefined ? DEFAULT_MEMORY : parseMemory(note.slice(MEMORY_NOTE.length)),
    dram: initialDram(artifact),
    launches: launches.map(({ insnAddr, insnCount }) => ({ insnAddr, insnCount })),
  };
}

/** The instructions of a case as assembly, a list per launch. */
export const listingOf = (c: FuzzCase): string[][] =>
  c.launches.map(({ insnAddr, insnCount }) =>
    Array.from({ length: insnCount }, (_, i) => {
      const insn = decodeInsn(c.dram, c.config, insnAddr + i * INSN_BYTES);
      return insn === null ? 'undefined opcode' : disassembleInsn(insn, c.config);
    }),
  );
