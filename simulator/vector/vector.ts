import type { Device } from '#isa/arch/device';
import type { MemorySettings } from '#isa/arch/memory';
import { INSN_BYTES } from '#isa/codec/codec';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { fail, VtaError } from '#isa/diag/diagnostic';
import { simulatorMessages as M } from '../messages.js';

/** A golden vector: a memory image with a program in it, and the image after the run. */
export interface GoldenVector {
  readonly name: string;
  readonly config: VtaConfig;
  /** Byte address of the first instruction, a multiple of 16. */
  readonly insnAddr: number;
  readonly insnCount: number;
  /** Never changed by {@link runVector}. */
  readonly dramIn: Uint8Array;
  readonly dramOut: Uint8Array;
}

type Json = Readonly<Record<string, unknown>>;

const describe = (value: unknown): string =>
  value === undefined ? 'missing' : value === null ? 'null' : Array.isArray(value) ? 'an array' : JSON.stringify(value);

function wholeNumber(json: Json, vector: string, key: string, least: number): number {
  const value = json[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) {
    fail(M.VTA4002, { vector, key, is: describe(value), must: `a whole number, at least ${least}` });
  }
  return value;
}

function file(files: Readonly<Record<string, Uint8Array>>, vector: string, name: string, must: number): Uint8Array {
  const bytes = Object.hasOwn(files, name) ? files[name] : undefined;
  if (bytes === undefined) fail(M.VTA4003, { vector, file: name });
  if (bytes.length !== must) fail(M.VTA4004, { vector, file: name, bytes: bytes.length, must });
  return bytes;
}

/**
 * Checks the parts of a golden vector (format `vta-golden-1`) and puts them together.
 * @param json the parsed `vector.json`
 * @param files `program.bin`, `dram_in.bin` and `dram_out.bin` by name; others are ignored
 * @throws VtaError VTA4001..VTA4006, and VTA1001..VTA1005 for its configuration
 */
export function parseVector(json: unknown, files: Readonly<Record<string, Uint8Array>>): GoldenVector {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(M.VTA4001, { is: describe(json) });
  const given = json as Json;
  if (typeof given.name !== 'string') fail(M.VTA4002, { vector: '(unnamed)', key: 'name', is: describe(given.name), must: 'a text' });
  const name = given.name;
  if (given.format !== 'vta-golden-1') {
    fail(M.VTA4002, { vector: name, key: 'format', is: describe(given.format), must: '"vta-golden-1"' });
  }
  const config = defineConfig(given.config, `of vector ${name}`);
  const insnAddr = wholeNumber(given, name, 'insn_addr', 0);
  const insnCount = wholeNumber(given, name, 'insn_count', 1);
  const size = wholeNumber(given, name, 'dram_size', 1);
  const bytes = insnCount * INSN_BYTES;
  const address = (reason: string): never => fail(M.VTA4005, { vector: name, address: insnAddr, reason });
  if (insnAddr % INSN_BYTES !== 0) address('it is not a multiple of 16');
  if (insnAddr + bytes > size) address(`${insnCount} instructions end at byte ${insnAddr + bytes}, the image has ${size}`);
  const program = file(files, name, 'program.bin', bytes);
  const dramIn = file(files, name, 'dram_in.bin', size);
  const dramOut = file(files, name, 'dram_out.bin', size);
  const byte = firstDifference(program, dramIn.subarray(insnAddr, insnAddr + bytes));
  if (byte >= 0) fail(M.VTA4006, { vector: name, byte });
  return { name, config, insnAddr, insnCount, dramIn, dramOut };
}

/** The first index at which `a` and `b` differ (the shorter length if one is longer), or -1. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : length;
}

/** What a vector did on a machine. */
export interface VectorResult {
  readonly name: string;
  readonly on: Device['name'];
  readonly timing?: Device['timing'];
  readonly match: boolean;
  /** What the machine says about the result; absent where it says nothing. */
  readonly notes?: readonly string[];
  /** null on machines without time, and after an error. */
  readonly cycles: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** The first byte that is not as it should be; null where all are, and after an error. */
  readonly firstDifference: { readonly address: number; readonly is: number; readonly must: number } | null;
}

/**
 * Resets the device, runs the vector on a copy of its image and compares the whole image. Errors of the program are part of the result;
 * `onError` gets them whole.
 */
export async function runVector(
  device: Device,
  vector: GoldenVector,
  options: { readonly memory?: MemorySettings; readonly onError?: (error: VtaError) => void } = {},
): Promise<VectorResult> {
  const base = { name: vector.name, on: device.name, ...(device.timing === undefined ? {} : { timing: device.timing }) };
  const dram = vector.dramIn.slice();
  device.reset();
  try {
    const { cycles, notes = [] } = await device.launch({
      dram,
      insnAddr: vector.insnAddr,
      insnCount: vector.insnCount,
      memory: options.memory,
    });
    const address = firstDifference(dram, vector.dramOut);
    const difference = address < 0 ? null : { address, is: dram[address], must: vector.dramOut[address] };
    const said = notes.length === 0 ? {} : { notes };
    return { ...base, match: address < 0, cycles, ...said, error: null, firstDifference: difference };
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    options.onError?.(error);
    return { ...base, match: false, cycles: null, error: { code: error.code, message: error.message }, firstDifference: null };
  }
}
