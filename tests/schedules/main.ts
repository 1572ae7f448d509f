/**
 * Random schedules of random programs: `npm run schedules -- --seed 1 --count 1000`. `--index` runs one alone. With `--damage`, texts of both with small
 * faults in them.
 */
import { scriptOptions } from '../../tools/lib/options.js';
import { compareSchedule } from './compare.js';
import { compileDamaged, DAMAGED } from './damage.js';
import { PROGRAM_KINDS, type ProgramKind } from './random-program.js';

const USAGE = `npm run schedules -- [--seed N] [--count N] [--kind NAME]... [--index N] [--damage]
  --count  programs of each kind (default 1000)
  --damage compile damaged texts instead: each must end in a diagnostic, or in a program that can be read back
  kinds    ${PROGRAM_KINDS.join(', ')}`;

const { values } = scriptOptions(USAGE, {
  seed: { type: 'string', default: '1' },
  count: { type: 'string', default: '1000' },
  kind: { type: 'string', multiple: true, default: [...PROGRAM_KINDS] },
  index: { type: 'string' },
  damage: { type: 'boolean', default: false },
});

async function runKind(kind: ProgramKind, seed: number, indices: readonly number[]): Promise<number> {
  let [steps, refused, ran, wrong] = [0, 0, 0, 0];
  for (const index of indices) {
    const o = await compareSchedule(kind, seed, index);
    steps += o.steps;
    refused += o.refused;
    if (o.ran) ran++;
    if (o.wrong === null) continue;
    wrong++;
    console.log(`${o.wrong}\nagain: npm run schedules -- --kind ${kind} --seed ${seed} --index ${index}\n`);
  }
  console.log(
    `${kind.padEnd(12)} ${indices.length} programs: ${steps} steps kept the result, ${refused} refused, ${ran} ran on the machine, ${wrong} wrong`,
  );
  return wrong;
}

/** How many damaged texts ended how; the slowest in milliseconds. */
function runDamage(seed: number, indices: readonly number[]): void {
  for (const what of DAMAGED) {
    const codes: Record<string, number> = {};
    let slowest = 0;
    for (const index of indices) {
      const begin = performance.now();
      const code = compileDamaged(what, seed, index);
      codes[code] = (codes[code] ?? 0) + 1;
      slowest = Math.max(slowest, performance.now() - begin);
    }
    const ends = Object.entries(codes).sort((a, b) => b[1] - a[1]);
    console.log(`${what}: ${ends.map(([code, n]) => `${n} ${code}`).join(', ')}; the slowest took ${slowest.toFixed(0)} ms`);
  }
}

const indices = values.index === undefined ? Array.from({ length: Number(values.count) }, (_, i) => i) : [Number(values.index)];
if (values.damage) runDamage(Number(values.seed), indices);
else {
  let wrong = 0;
  for (const kind of values.kind) wrong += await runKind(kind as ProgramKind, Number(values.seed), indices);
  process.exitCode = wrong === 0 ? 0 : 1;
}
