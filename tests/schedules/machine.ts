import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS } from '#isa/config/presets';

/** Lanes of the tiles of random programs: few, so that interpreting them takes a moment. */
export const LANES = 4;

/** The machine that they are for. */
export const MACHINE = defineConfig({
  ...PRESET_KEYS.default,
  LOG_BLOCK: Math.log2(LANES),
  LOG_UOP_BUFF_SIZE: 12,
  LOG_INP_BUFF_SIZE: 10,
  LOG_WGT_BUFF_SIZE: 10,
  LOG_ACC_BUFF_SIZE: 12,
});
