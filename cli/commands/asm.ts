import { basename } from 'node:path';
import { assemble } from '#isa/asm/assemble';
import { encodeArtifact } from '#runtime/artifact/encode';
import type { Run } from '../context.js';
import { loadConfig } from '../io/config.js';
import { readBytes, readText, writeWhole } from '../io/files.js';
import { placeProgram } from '../io/programs.js';

/** `vta asm FILE.vasm -o FILE` */
export const run: Run = async (_, [file], options) => {
  const config = loadConfig(options.config as string);
  const image = typeof options.dram === 'string' ? readBytes(options.dram) : new Uint8Array(0);
  const { bytes } = assemble(readText(file), config, file);
  const output = options.output as string;
  const name = basename(file).replace(/\.\w+$/, '');
  writeWhole(output, output.endsWith('.vta') ? encodeArtifact(placeProgram(name, bytes, image, config)) : bytes);
  return 0;
};
