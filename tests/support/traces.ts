/** Recorded launches for tests of analysis/trace and of the commands that use it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { createCycle } from '#simulator/cycle/device';
import { type Placed, place } from '../../simulator/cycle/testing.js';
import { parseVector } from '#simulator/vector/vector';
import { type RecordedLaunch, recordedLaunch } from '#analysis/trace/launch';
import { some } from './some.js';

/** Runs a placed program on the cycle simulator and records it. */
export async function record(
  name: string,
  config: VtaConfig,
  { dram, insnAddr, insnCount }: Placed,
  memory: MemorySettings = DEFAULT_MEMORY,
): Promise<RecordedLaunch> {
  const program = dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
  const device = createCycle(config, { timingOnly: true });
  const { trace } = await device.launch({ dram: dram.slice(), insnAddr, insnCount, memory, trace: true });
  return recordedLaunch({ name, config, memory, insnAddr, program, trace: trace! });
}

export const recordInsns = (config: VtaConfig, insns: readonly Insn[], memory: Partial<MemorySettings> = {}): Promise<RecordedLaunch> =>
  record('test', config, place(insns, config), { ...DEFAULT_MEMORY, ...memory });

/** One tile: micro-op, inputs of so many columns, so many steps of GEMM, and nine results to memory. For machines with elements of INP and OUT of 16 bytes. */
export const tileProgram = ({ columns, steps }: { readonly columns: number; readonly steps: number }): readonly Insn[] => [
  insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 }),
  insn('LOAD', { memory_type: 2, dram_base: 0x2000 / 16, y_size: 1, x_size: columns, x_stride: columns, push_next_dep: 1 }),
  insn('GEMM', { uop_end: 1, iter_in: steps, pop_prev_dep: 1, push_next_dep: 1 }),
  insn('STORE', { memory_type: 4, dram_base: 0x3000 / 16, y_size: 1, x_size: 9, x_stride: 9, pop_prev_dep: 1, push_prev_dep: 1 }),
  insn('LOAD', { pop_next_dep: 1 }),
  insn('FINISH'),
];

const conformance = resolve('../shared/conformance');
export const hasConformance = existsSync(conformance);

/** Names of the golden vectors of a set; a single name that says what is missing where the data is not there. */
export function vectorsOf(set: string): string[] {
  const dir = resolve(conformance, set);
  if (!existsSync(dir)) return ['(needs ../shared/conformance)'];
  return some(
    readdirSync(dir).filter((name) => existsSync(resolve(dir, name, 'vector.json'))),
    `vectors in ${set}`,
  );
}

/** A golden vector, recorded. */
export function recordVector(set: string, name: string, memory: MemorySettings = DEFAULT_MEMORY): Promise<RecordedLaunch> {
  const dir = resolve(conformance, set, name);
  const files = Object.fromEntries(
    ['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(readFileSync(resolve(dir, f)))]),
  );
  const v = parseVector(JSON.parse(readFileSync(resolve(dir, 'vector.json'), 'utf8')), files);
  return record(v.name, v.config, { dram: v.dramIn, insnAddr: v.insnAddr, insnCount: v.insnCount }, memory);
}
