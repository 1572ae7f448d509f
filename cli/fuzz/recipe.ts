import { parseMemory } from '#isa/arch/memory';
import type { Machine } from '../devices.js';
import { loadConfig } from '../io/config.js';
import { countOf } from '../io/options.js';
import type { Recipe } from './cases.js';
import { poolModels, type RtlModel } from './rtl-pool.js';

/** Bus widths in the order in which a run with one configuration builds models. */
const WIDTHS: readonly RtlModel['width'][] = [64, 512, 128, 256];

function modelsOf(command: string, options: Readonly<Record<string, unknown>>, recipe: Omit<Recipe, 'models'>): readonly RtlModel[] {
  const count = Math.max(1, countOf(options.rtlConfigs, command, '--rtl-configs'));
  const { config, memory } = recipe;
  if (config === null) return poolModels(recipe.seed, count);
  if (memory !== null) return [{ config, width: memory.width }];
  return WIDTHS.slice(0, count).map((width) => ({ config, width }));
}

/** What the programs of a run are made of, from the options. @throws VtaError VTA1006, VTA13xx, VTA6004 */
export function recipeOf(command: string, options: Readonly<Record<string, unknown>>, on: readonly Machine[]): Recipe {
  const common = {
    seed: countOf(options.seed, command, '--seed'),
    config: options.config === 'random' ? null : loadConfig(options.config as string),
    memory: options.memory === 'random' ? null : parseMemory(options.memory as string),
    illegal: options.illegal === true,
  };
  const models = on.includes('rtl') ? modelsOf(command, options, common) : [];
  // a given memory has a given bus: models of other widths would never run
  return { ...common, models: common.memory === null ? models : models.map((m) => ({ ...m, width: common.memory!.width })) };
}
