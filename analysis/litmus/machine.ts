import { defineConfig, type VtaConfig } from '#isa/config/config';

/**
 * The machine of litmus tests that name no other: one lane, so that an element is a number; 16 elements of each scratchpad. Elements have 4
 * bytes (UOP, ACC) or 1 byte (INP, WGT, OUT, ACC_8BIT).
 */
const LITMUS_KEYS = {
  LOG_INP_WIDTH: 3,
  LOG_WGT_WIDTH: 3,
  LOG_ACC_WIDTH: 5,
  LOG_BATCH: 0,
  LOG_BLOCK: 0,
  LOG_UOP_BUFF_SIZE: 6,
  LOG_INP_BUFF_SIZE: 4,
  LOG_WGT_BUFF_SIZE: 4,
  LOG_ACC_BUFF_SIZE: 6,
} as const;

export const litmusMachine = (): VtaConfig => defineConfig(LITMUS_KEYS, 'of litmus tests');
