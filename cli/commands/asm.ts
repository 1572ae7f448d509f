import { basename } from 'node:path';
import { assemble } from '#isa/asm/assemble';
import { encodeArtifact } from '#runtime/artifact/encode';
import type { Run } from '../context.js';
import { loadConfig } from '../io/config.js';
import { readBytes, readText } from '../io/files.js';
import { Output } from '../io/output.js';
import { placeProgram } from '../io/programs.js';

/** `vta asm FILE.vasm -o FILE` */
export const run: Run = async (_, [file], options) => {
  const output = new Output(options.output as string);
  const config = loadConfig(options.config as string);
  const image = typeof options.dram === 'string' ? readBytes(options.dram) : new Uint8Array(0);
  const { bytes } = assemble(readText(file), config, file);
  const name = basename(file).replace(/\.\w+$/, '');
  output.write(output.file.endsWith('.vta') ? encodeArtifact(placeProgram(name, bytes, image, config)) : bytes);
  return 0;
};
