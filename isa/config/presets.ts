import { fail, nearest } from '../diag/diagnostic.js';
import { isaMessages as M } from '../messages.js';
import { type ConfigKeys, defineConfig, type VtaConfig } from './config.js';

const official = (target: string): ConfigKeys => ({
  TARGET: target,
  HW_VER: '0.0.2',
  LOG_INP_WIDTH: 3,
  LOG_WGT_WIDTH: 3,
  LOG_ACC_WIDTH: 5,
  LOG_BATCH: 0,
  LOG_BLOCK: 4,
  LOG_UOP_BUFF_SIZE: 15,
  LOG_INP_BUFF_SIZE: 15,
  LOG_WGT_BUFF_SIZE: 18,
  LOG_ACC_BUFF_SIZE: 17,
});

const mac64: ConfigKeys = {
  ...official('sim'),
  LOG_BLOCK: 3,
  LOG_UOP_BUFF_SIZE: 12,
  LOG_INP_BUFF_SIZE: 13,
  LOG_WGT_BUFF_SIZE: 14,
  LOG_ACC_BUFF_SIZE: 15,
};

/** Preset keys by name. The extension is off in every preset that carries an official name. */
export const PRESET_KEYS: Readonly<Record<string, ConfigKeys>> = {
  default: official('sim'),
  'default-x': { ...official('sim'), EXTENSION: 1 },
  mac64,
  'mac64-x': { ...mac64, EXTENSION: 1 },
  pynq: official('pynq'),
  ultra96: official('ultra96'),
  de10nano: official('de10nano'),
};

/** A preset by name. @throws VtaError VTA1006 */
export function preset(name: string): VtaConfig {
  const keys = Object.hasOwn(PRESET_KEYS, name) ? PRESET_KEYS[name] : undefined;
  if (keys === undefined) {
    const names = Object.keys(PRESET_KEYS);
    const near = nearest(name, names);
    fail(M.VTA1006, { name, hint: near ? ` (did you mean ${near}?)` : '', presets: names.join(', ') });
  }
  return defineConfig(keys, name);
}
