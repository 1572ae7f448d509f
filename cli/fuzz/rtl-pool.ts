import type { MemorySettings } from '#isa/arch/memory';
import { type ConfigKeys, defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { Random } from '#fuzz/random';
import { type ConfigLimits, randomConfig } from '#fuzz/random-config';
import { randomMemory } from '#fuzz/random-memory';

/** A model of the RTL: building one takes about a minute, so a run uses few. */
export interface RtlModel {
  readonly config: VtaConfig;
  readonly width: MemorySettings['width'];
}

/** A model with more multipliers takes minutes to build. */
const BUILDABLE: ConfigLimits = { logMacs: 8, logBytes: 18 };

const small = (changes: Partial<ConfigKeys>): VtaConfig =>
  defineConfig(
    { ...PRESET_KEYS.mac64, LOG_UOP_BUFF_SIZE: 4, LOG_INP_BUFF_SIZE: 3, LOG_WGT_BUFF_SIZE: 6, LOG_ACC_BUFF_SIZE: 6, ...changes },
    'fuzz',
  );

/** Machines that differ in everything: buffers of a few elements, batch, blocks that are not square, odd widths. */
const POOL: readonly (() => RtlModel)[] = [
  () => ({ config: preset('mac64-x'), width: 64 }),
  () => ({ config: small({}), width: 256 }),
  () => ({
    config: small({
      EXTENSION: 1,
      LOG_BATCH: 1,
      LOG_BLOCK_IN: 2,
      LOG_BLOCK_OUT: 1,
      LOG_UOP_BUFF_SIZE: 7,
      LOG_INP_BUFF_SIZE: 6,
      LOG_ACC_BUFF_SIZE: 8,
    }),
    width: 128,
  }),
  () => ({
    config: small({
      LOG_INP_WIDTH: 2,
      LOG_WGT_WIDTH: 1,
      LOG_ACC_WIDTH: 4,
      LOG_BLOCK_IN: 3,
      LOG_BLOCK_OUT: 2,
      LOG_UOP_BUFF_SIZE: 8,
      LOG_ACC_BUFF_SIZE: 7,
    }),
    width: 64,
  }),
  () => ({ config: preset('default-x'), width: 64 }),
  () => ({ config: preset('mac64-x'), width: 512 }),
  () => ({
    config: small({ LOG_BLOCK: 0, LOG_BLOCK_IN: 0, LOG_BLOCK_OUT: 0, LOG_INP_BUFF_SIZE: 4, LOG_WGT_BUFF_SIZE: 4, LOG_ACC_BUFF_SIZE: 6 }),
    width: 512,
  }),
  () => ({ config: preset('default'), width: 512 }),
];

/** The first `count` models of the pool; beyond it, random ones of the run's seed. */
export function poolModels(seed: number, count: number): readonly RtlModel[] {
  return Array.from({ length: count }, (_, i) => {
    if (i < POOL.length) return POOL[i]();
    const r = Random.of(seed, -i);
    return { config: randomConfig(r, BUILDABLE), width: randomMemory(r).width };
  });
}
