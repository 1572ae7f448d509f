/**
 * Random single operators against TensorFlow Lite's interpreter: `npm run operators -- --seed 1 --count 1000`.
 * A case is made again by its kind, seed and index; `--index` runs that one alone, `--keep FOLDER` writes its model and its inputs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeTflite } from '#compiler/frontend/tflite/write';
import { writeNpy } from '#runtime/npy';
import type { DType } from '#runtime/tensor';
import { scriptOptions } from '../../tools/lib/options.js';
import { type Comparison, compareWithReference, differencesOnVta, Reference, VTA_PRESETS } from './compare.js';
import type { Kernels } from './interpreter.js';
import { type Kind, KINDS, randomOperator } from './random-operator.js';
import type { OperatorCase } from './random-values.js';

const USAGE = `npm run operators -- [--seed N] [--count N] [--kind NAME]... [--kernels delegate|builtin] [--vta] [--index N] [--keep FOLDER]
  --count    cases of each kind (default 1000); --vta: a tenth as many, compiled for ${VTA_PRESETS.join(', ')}
  kinds      ${KINDS.join(', ')}`;

const { values } = scriptOptions(USAGE, {
  seed: { type: 'string', default: '1' },
  count: { type: 'string', default: '1000' },
  kind: { type: 'string', multiple: true, default: [...KINDS] },
  kernels: { type: 'string', multiple: true, default: ['delegate', 'builtin'] },
  vta: { type: 'boolean', default: false },
  index: { type: 'string' },
  keep: { type: 'string' },
});

interface Tally {
  cases: number;
  elements: number;
  differing: number;
  readonly outcomes: Record<Comparison['outcome'], number>;
  readonly ran: Record<string, number>;
}

const emptyTally = (): Tally => ({
  cases: 0,
  elements: 0,
  differing: 0,
  outcomes: { equal: 0, differs: 0, refused: 0, known: 0 },
  ran: {},
});

function count(t: Tally, c: Comparison): void {
  t.cases++;
  t.elements += c.elements;
  t.differing += c.differing;
  t.outcomes[c.outcome]++;
  if (c.ran !== null) t.ran[c.ran] = (t.ran[c.ran] ?? 0) + 1;
}

function keep(folder: string, c: OperatorCase): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.tflite'), writeTflite(c.model));
  c.inputs.forEach((data, i) => {
    const { shape, type } = c.model.tensors[c.model.inputs[i]];
    writeFileSync(join(folder, `input_${i}.npy`), writeNpy({ dtype: type.toLowerCase() as DType, shape, data }));
  });
}

const indices = (most: number): number[] =>
  values.index === undefined ? Array.from({ length: most }, (_, i) => i) : [Number(values.index)];

async function againstReference(reference: Reference, kind: Kind, kernels: Kernels, seed: number): Promise<Tally> {
  const tally = emptyTally();
  for (const i of indices(Number(values.count))) {
    const c = randomOperator(kind, seed, i);
    const comparison = await compareWithReference(reference, c, kernels);
    count(tally, comparison);
    if (comparison.outcome === 'differs')
      console.log(`  ${comparison.detail}; again: npm run operators -- --kind ${kind} --kernels ${kernels} --seed ${seed} --index ${i}`);
    if (values.keep !== undefined && values.index !== undefined) keep(values.keep, c);
  }
  return tally;
}

async function onVta(kind: Kind, kernels: Kernels, seed: number): Promise<number> {
  let [compared, differing] = [0, 0];
  for (const i of indices(Math.ceil(Number(values.count) / 10))) {
    for (const machine of VTA_PRESETS) {
      const d = await differencesOnVta(randomOperator(kind, seed, i), kernels, machine);
      compared++;
      if (d > 0) {
        differing++;
        console.log(`  case ${i} on ${machine}: ${d} elements differ from the graph`);
      }
    }
  }
  console.log(`${kind.padEnd(18)} ${kernels.padEnd(9)} on VTA, compiled with --exact: ${compared} programs compared, ${differing} differ`);
  return differing;
}

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const reference = new Reference();
  let wrong = 0;
  for (const kernels of values.kernels as Kernels[]) {
    for (const kind of values.kind as Kind[]) {
      if (values.vta) {
        wrong += await onVta(kind, kernels, seed);
        continue;
      }
      const t = await againstReference(reference, kind, kernels, seed);
      const ran = Object.entries(t.ran).map(([name, n]) => `${name} ${n}`);
      const { differs, refused, known } = t.outcomes;
      const skipped = `${refused} refused by TensorFlow Lite, ${known} known`;
      console.log(
        `${kind.padEnd(18)} ${kernels.padEnd(9)} ${differs} of ${t.cases} cases differ, ${t.differing} of ${t.elements} elements; ${skipped}; ran ${ran.join(', ')}`,
      );
      wrong += differs;
    }
  }
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
