import { disassemble } from '#isa/asm/disassemble';
import { INSN_BYTES } from '#isa/codec/codec';
import type { Artifact } from '#runtime/artifact/artifact';
import { isArtifact } from '#runtime/artifact/container';
import { decodeArtifact } from '#runtime/artifact/decode';
import { initialDram } from '#runtime/artifact/raw';
import type { Run } from '../context.js';
import { loadConfig } from '../io/config.js';
import { readBytes } from '../io/files.js';

const line = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

/** Every launch under a comment that names it. */
function launches(artifact: Artifact): string {
  const dram = initialDram(artifact);
  return artifact.steps
    .flatMap((s) => (s.kind === 'vta' ? [s] : []))
    .map((s) => {
      const bytes = dram.subarray(s.insnAddr, s.insnAddr + s.insnCount * INSN_BYTES);
      return `; ${s.name}: ${s.insnCount} instructions at 0x${s.insnAddr.toString(16)}\n${line(disassemble(bytes, artifact.config))}`;
    })
    .join('\n');
}

/** `vta disasm FILE` */
export const run: Run = async (context, [file], { config }) => {
  const bytes = readBytes(file);
  context.out(isArtifact(bytes) ? launches(decodeArtifact(bytes, file)) : line(disassemble(bytes, loadConfig(config as string))));
  return 0;
};
