import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type VtaConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import { generateSvBusPackage, generateSvPackages } from '#isa/gen/systemverilog';
import { command } from '../lib/command.js';
import { REDUCED, REDUCED_CONSTANTS, REDUCED_WIDTH, withConstants } from '../rtl-synth/reduced.js';
import { filesUnder, readText, root } from '../lib/files.js';

const CONSTANTS = 'hardware-rtl/rtl/vta_core_pkg.sv';

/** Shapes that the RTL is linted at: warnings about widths depend on the configuration. */
const SHAPES: readonly (readonly [config: VtaConfig, busBits: number, constants?: Readonly<Record<string, number>>])[] = [
  [preset('default'), 64],
  [preset('default-x'), 128],
  [preset('mac64-x'), 64],
  [defineConfig({ ...PRESET_KEYS.default, LOG_BATCH: 1, LOG_BLOCK_IN: 3, LOG_WGT_BUFF_SIZE: 16 }, 'batch 2, 8 by 16'), 64],
  [REDUCED, REDUCED_WIDTH, REDUCED_CONSTANTS],
];

/** The hand-written sources but for the package of constants, and the waivers. */
function rtlFiles(): readonly string[] {
  const sources = filesUnder('hardware-rtl/rtl').filter((f) => f.endsWith('.sv') && !f.includes('/generated/'));
  const waivers = filesUnder('hardware-rtl/lint').filter((f) => f.endsWith('.vlt'));
  return [...sources.filter((f) => f !== CONSTANTS), ...waivers];
}

/** `verilator --lint-only -Wall` without a single warning, at several configurations. */
export async function lintRtl(): Promise<readonly string[] | { readonly skipped: string }> {
  if ((await command('verilator', '--version')()).length > 0)
    return { skipped: 'verilator is not installed (vta doctor says how to get it)' };
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = mkdtempSync(join(root, 'build', 'lint-'));
  const problems: string[] = [];
  try {
    for (const [config, busBits, constants = {}] of SHAPES) {
      const packages = ['vta_pkg.sv', 'vta_bus_pkg.sv', 'vta_core_pkg.sv'].map((name) => join(folder, name));
      writeFileSync(packages[0], generateSvPackages(config));
      writeFileSync(packages[1], generateSvBusPackage(busBits));
      writeFileSync(packages[2], withConstants(readText(CONSTANTS), constants));
      const found = await command('verilator', '--lint-only', '-Wall', '--top-module', 'vta_top', ...packages, ...rtlFiles())();
      problems.push(...found.map((text) => `configuration ${config.name}, ${busBits}-bit bus:\n${text}`));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return problems;
}
