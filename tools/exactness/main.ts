/**
 * `npm run exactness -- [MODEL...]`: what the channels of models need to be exact on a machine without the extension, and what `--exact` costs.
 * Without arguments: the model that comes with the project, and those of ../shared/models where they are.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { table } from '#cli/report/table';
import { VtaError } from '#isa/diag/diagnostic';
import { preset } from '#isa/config/presets';
import { root } from '../lib/files.js';
import { scriptOptions } from '../lib/options.js';
import { convolutionsOf, NEEDS, type Need, needsOf } from './channels.js';

const USAGE = `npm run exactness -- [--config PRESET] [--no-cycles] [MODEL.tflite...]
  --config     a preset without the extension (default: default)
  --no-cycles  only count channels`;

function vta(args: readonly string[]): Record<string, unknown> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/vta'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Cycles of the launches of a model, and how many of its operators run on VTA. */
function measured(model: string, config: string, exact: boolean): { readonly cycles: number; readonly onVta: number } {
  const folder = mkdtempSync(join(tmpdir(), 'vta-exactness-'));
  try {
    const file = join(folder, 'm.vta');
    const compiled = vta(['compile', model, '-o', file, '--config', config, '--json', ...(exact ? ['--exact'] : [])]);
    const onVta = (compiled.operators as readonly { target: string }[]).filter((o) => o.target === 'vta').length;
    const { cycles } = vta(['run', file, '--on', 'cycle', '--timing-only', '--no-advice', '--json']);
    return { cycles: Number(cycles), onVta };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function givenModels(): readonly string[] {
  const shared = join(root, '../shared/models');
  const under = (set: string) =>
    existsSync(join(shared, set)) ? readdirSync(join(shared, set)).map((name) => join(shared, set, name, 'model.tflite')) : [];
  return [join(root, 'models/demo/model.tflite'), ...under('public'), ...under('field')].filter((file) => existsSync(file));
}

function rowOf(model: string, config: string, cycles: boolean): readonly (string | number | null)[] {
  const counts = new Map<Need, number>();
  for (const spec of convolutionsOf(readFileSync(model), model, preset(config)))
    for (const [need, n] of needsOf(spec, preset(config))) counts.set(need, (counts.get(need) ?? 0) + n);
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  const name = basename(dirname(model));
  const needs = [total, ...NEEDS.map((need) => counts.get(need) ?? 0)];
  if (!cycles || total === 0) return [name, ...needs];
  const [plain, exact] = [measured(model, config, false), measured(model, config, true)];
  return [name, ...needs, plain.onVta, exact.onVta, plain.cycles, exact.cycles];
}

const { values, positionals } = scriptOptions(
  USAGE,
  { config: { type: 'string', default: 'default' }, 'no-cycles': { type: 'boolean' } },
  true,
);
const rows: (readonly (string | number | null)[])[] = [];
for (const model of positionals.length > 0 ? positionals : givenModels()) {
  process.stderr.write(`${model}\n`);
  try {
    rows.push(rowOf(model, values.config, values['no-cycles'] !== true));
  } catch (e) {
    if (!(e instanceof VtaError)) throw e;
    process.stderr.write(`  left out: ${e.message.split('\n')[0]}\n`);
  }
}
const cycles = values['no-cycles'] === true ? [] : ['on VTA', '--exact', 'cycles', '--exact'];
console.log(table(['model', 'channels', ...NEEDS, ...cycles], rows));
