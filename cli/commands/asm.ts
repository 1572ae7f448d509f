import { basename } from 'node:path';
import { assemble } from '#isa/asm/assemble';
import type { VtaConfig } from '#isa/config/config';
import { FIRST_ADDRESS } from '#runtime/artifact/artifact';
import { encodeArtifact } from '#runtime/artifact/encode';
import { rawArtifact } from '#runtime/artifact/raw';
import type { Run } from '../context.js';
import { loadConfig } from '../io/config.js';
import { readBytes, readText, writeWhole } from '../io/files.js';

const ALIGN = 64;

/** A program that runs: the initial memory (or nothing), then the instructions. */
function artifactOf(name: string, code: Uint8Array, insnCount: number, image: Uint8Array, config: VtaConfig): Uint8Array {
  const insnAddr = Math.ceil(Math.max(image.length, FIRST_ADDRESS) / ALIGN) * ALIGN;
  const dram = new Uint8Array(insnAddr + code.length);
  dram.set(image);
  dram.set(code, insnAddr);
  return encodeArtifact(rawArtifact({ name, config, dram, insnAddr, insnCount }));
}

/** `vta asm FILE.vasm -o FILE` */
export const run: Run = async (_, [file], options) => {
  const config = loadConfig(options.config as string);
  const image = typeof options.dram === 'string' ? readBytes(options.dram) : new Uint8Array(0);
  const { insns, bytes } = assemble(readText(file), config, file);
  const output = options.output as string;
  const name = basename(file).replace(/\.\w+$/, '');
  writeWhole(output, output.endsWith('.vta') ? artifactOf(name, bytes, insns.length, image, config) : bytes);
  return 0;
};
