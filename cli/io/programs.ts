import { basename, resolve } from 'node:path';
import { assemble } from '#isa/asm/assemble';
import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { isaMessages } from '#isa/messages';
import { type Artifact, FIRST_ADDRESS } from '#runtime/artifact/artifact';
import { isArtifact } from '#runtime/artifact/container';
import { decodeArtifact } from '#runtime/artifact/decode';
import { rawArtifact } from '#runtime/artifact/raw';
import { parseLitmus } from '#analysis/litmus/parse';
import { loadConfig } from './config.js';
import { readBytes } from './files.js';
import { isFolder, readVector } from './vectors.js';

/** A program as a command line names it: with its memory, or the instructions alone. */
export type ProgramFile =
  | { readonly kind: 'artifact'; readonly name: string; readonly artifact: Artifact }
  | { readonly kind: 'code'; readonly name: string; readonly config: VtaConfig; readonly code: Uint8Array };

const ALIGN = 64;

/** Instructions behind a memory image, as a program that runs. */
export function placeProgram(name: string, code: Uint8Array, image: Uint8Array, config: VtaConfig): Artifact {
  const insnAddr = Math.ceil(Math.max(image.length, FIRST_ADDRESS) / ALIGN) * ALIGN;
  const dram = new Uint8Array(insnAddr + code.length);
  dram.set(image);
  dram.set(code, insnAddr);
  return rawArtifact({ name, config, dram, insnAddr, insnCount: code.length / INSN_BYTES });
}

function vectorProgram(dir: string): ProgramFile {
  const { name, config, dramIn, insnAddr, insnCount } = readVector(dir);
  return { kind: 'artifact', name, artifact: rawArtifact({ name, config, dram: dramIn, insnAddr, insnCount }) };
}

/** A litmus test as a program: its launches one after the other, with its memory. */
function litmusProgram(text: string, path: string): ProgramFile {
  const { name, config, dram, launches } = parseLitmus(text, path);
  const raw = rawArtifact({ name, config, dram, ...launches[0] });
  const steps = launches.map((l, n) => ({
    kind: 'vta' as const,
    name: launches.length > 1 ? `${name}.${n}` : name,
    op: 'program',
    ...l,
    macs: 0,
    notes: [],
    exact: true,
  }));
  return { kind: 'artifact', name, artifact: { ...raw, steps } };
}

/** Nothing but printed signs, blanks and line ends. No instruction stream is, since most bits of an instruction are zero. */
const TEXT = /^[\t\n\r\x20-\x7e\u00a0-\ufffc]+$/;
const EXPECTATION = /^\s*\.expect\b/m;

/** The form of a program without a container: by its name, and where that says nothing by what it holds. */
export function formOf(bytes: Uint8Array, path: string): 'litmus' | 'assembly' | 'instructions' {
  if (path.endsWith('.litmus')) return 'litmus';
  if (path.endsWith('.vasm')) return 'assembly';
  const text = new TextDecoder().decode(bytes);
  if (!TEXT.test(text)) return 'instructions';
  return EXPECTATION.test(text) ? 'litmus' : 'assembly';
}

/**
 * Reads a program of any kind: a .vta file, a vector folder, a litmus test, assembly, or instructions. The last two have no memory unless `image` gives it.
 * @param config preset or file of the machine, for assembly and instructions
 * @throws VtaError VTA6101, VTA6103, VTA6104, VTA10xx, VTA11xx, VTA31xx, VTA40xx, VTA41xx
 */
export function readProgram(path: string, config: string, image: string | undefined): ProgramFile {
  if (isFolder(path)) return vectorProgram(resolve(path));
  const bytes = readBytes(path);
  const name = basename(path).replace(/\.\w+$/, '');
  if (isArtifact(bytes)) return { kind: 'artifact', name, artifact: decodeArtifact(bytes, path) };
  const form = formOf(bytes, path);
  if (form === 'litmus') return litmusProgram(new TextDecoder().decode(bytes), path);
  const machine = loadConfig(config);
  const code = form === 'assembly' ? assemble(new TextDecoder().decode(bytes), machine, path).bytes : bytes;
  if (code.length % INSN_BYTES !== 0) fail(isaMessages.VTA1102, { bytes: code.length });
  if (image === undefined) return { kind: 'code', name, config: machine, code };
  return { kind: 'artifact', name, artifact: placeProgram(name, code, readBytes(image), machine) };
}
