import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { type ConfigKeys, defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS } from '#isa/config/presets';
import type { FuzzCase } from '#fuzz/case';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { mutateCase } from '#fuzz/mutate';
import { Random } from '#fuzz/random';
import { randomMemory } from '#fuzz/random-memory';
import type { RtlProcess } from '#hardware-rtl/verilated/process';
import type { Access, Job } from '#hardware-rtl/verilated/protocol';
import type { ModelKind } from '#hardware-rtl/verilated/sources';
import { directedPrograms } from './directed.js';

/** A machine whose coverage is counted. */
export interface CoveredModel {
  readonly config: VtaConfig;
  readonly width: MemorySettings['width'];
  readonly kind: ModelKind;
}

const small = (changes: Partial<ConfigKeys>): VtaConfig => defineConfig({ ...PRESET_KEYS.mac64, ...changes }, 'covered');

/** Small machines that differ in everything that makes other hardware: extension, batch, blocks, widths, elements wider and narrower than the bus. */
export const MODELS: readonly CoveredModel[] = [
  {
    config: small({
      EXTENSION: 1,
      LOG_BLOCK: 1,
      LOG_BLOCK_IN: 1,
      LOG_BLOCK_OUT: 1,
      LOG_UOP_BUFF_SIZE: 6,
      LOG_INP_BUFF_SIZE: 5,
      LOG_WGT_BUFF_SIZE: 6,
      LOG_ACC_BUFF_SIZE: 8,
    }),
    width: 64,
    kind: 'toggle',
  },
  {
    config: small({ LOG_UOP_BUFF_SIZE: 7, LOG_INP_BUFF_SIZE: 5, LOG_WGT_BUFF_SIZE: 8, LOG_ACC_BUFF_SIZE: 9 }),
    width: 256,
    kind: 'coverage',
  },
  {
    config: small({
      LOG_INP_WIDTH: 3,
      LOG_WGT_WIDTH: 2,
      LOG_ACC_WIDTH: 4,
      LOG_BATCH: 1,
      LOG_BLOCK_IN: 2,
      LOG_BLOCK_OUT: 1,
      LOG_UOP_BUFF_SIZE: 8,
      LOG_INP_BUFF_SIZE: 6,
      LOG_WGT_BUFF_SIZE: 6,
      LOG_ACC_BUFF_SIZE: 7,
    }),
    width: 512,
    kind: 'coverage',
  },
  {
    config: small({
      LOG_INP_WIDTH: 4,
      LOG_BLOCK_IN: 1,
      LOG_UOP_BUFF_SIZE: 7,
      LOG_INP_BUFF_SIZE: 5,
      LOG_WGT_BUFF_SIZE: 6,
      LOG_ACC_BUFF_SIZE: 9,
    }),
    width: 64,
    kind: 'coverage',
  },
];

/** Legal and broken programs per model. */
export interface Size {
  readonly legal: number;
  readonly broken: number;
}
export const FULL: Size = { legal: 60, broken: 160 };
/** Where bits are counted too, which is slow. */
export const TOGGLE: Size = { legal: 15, broken: 60 };

/** Runs everything on one model. Programs that it ends with an error are part of that; a broken bus protocol is a failure. */
export async function exercise(model: RtlProcess, { config, width }: CoveredModel, size: Size, seed: number): Promise<void> {
  await registers(model);
  for (const job of directedPrograms(config, width)) await runAfterReset(model, job);
  for (let i = 0; i < size.legal; i++) {
    const r = Random.of(seed, i);
    await runCase(model, legalCase(`legal ${i}`, config, randomMemory(r, width), r, 100, SMALL_BUDGET));
  }
  for (let i = 0; i < size.broken; i++) {
    const r = Random.of(seed, 1_000_000 + i);
    await runCase(model, mutateCase(legalCase(`broken ${i}`, config, quickMemory(r, width), r, 12, SMALL_BUDGET), r));
  }
}

/** Programs that wait for ever are given up after a time that grows with the latency. */
const quickMemory = (r: Random, width: MemorySettings['width']): MemorySettings => ({
  ...randomMemory(r, width),
  latency: r.int(1, 30),
  interval: r.int(1, 2),
  stall: r.pick([0, 0, 60, 150]),
});

/** All bits of all registers, and addresses where there is none. */
async function registers(model: RtlProcess): Promise<void> {
  const writable = [0x04, 0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c, 0x20, 0x24];
  const accesses: Access[] = [];
  for (const data of [0xffffffff, 0, 0xa5a5a5a5, 0]) {
    for (const write of [...writable, 0x28, 0x40, 0xfffc]) accesses.push({ write, data });
    for (let read = 0; read < 0x100; read += 4) accesses.push({ read });
  }
  accesses.push({ write: 0, data: 2 }, { read: 0 }, { write: 0, data: 0 }, { read: 0xfffc }, { read: 0x82 });
  await model.access(accesses);
}

async function runCase(model: RtlProcess, c: FuzzCase): Promise<void> {
  await reset(model);
  let dram = c.dram;
  for (const place of c.launches) {
    const result = await model.run({ dram, ...place, memory: c.memory, hashes: true });
    dram = result.dram;
    if (!result.finished || result.error !== 0) return;
  }
}

async function runAfterReset(model: RtlProcess, job: Job): Promise<void> {
  await reset(model);
  await model.run(job);
}

/** A pulse of the reset pin; scratchpads stay, which no program of a workload depends on. */
async function reset(model: RtlProcess): Promise<void> {
  await model.run({
    dram: new Uint8Array(16),
    insnAddr: 0,
    insnCount: 0,
    memory: DEFAULT_MEMORY,
    hashes: false,
    reset: { at: 0, cycles: 2 },
  });
}
