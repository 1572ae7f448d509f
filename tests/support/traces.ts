/** Recorded launches for tests of simulator/trace and of the commands that use it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { createCycle } from '#simulator/cycle/device';
import { type Placed, place } from '../../simulator/cycle/testing.js';
import { parseVector } from '#simulator/vector/vector';
import { type RecordedLaunch, recordedLaunch } from '#simulator/trace/launch';

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

const conformance = resolve('../shared/conformance');
export const hasConformance = existsSync(conformance);

/** Names of the golden vectors of a set; a single name that says what is missing where the data is not there. */
export function vectorsOf(set: string): string[] {
  const dir = resolve(conformance, set);
  if (!existsSync(dir)) return ['(needs ../shared/conformance)'];
  return readdirSync(dir).filter((name) => existsSync(resolve(dir, name, 'vector.json')));
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
