import { existsSync } from 'node:fs';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { readJson } from './files.js';

/**
 * The configuration that `--config` names: a preset, or a file in the vta_config.json form.
 * @throws VtaError VTA10xx, VTA6101, VTA6103
 */
export function loadConfig(name: string): VtaConfig {
  if (Object.hasOwn(PRESET_KEYS, name)) return preset(name);
  if (name.endsWith('.json') || existsSync(name)) return defineConfig(readJson(name), name);
  return preset(name);
}
