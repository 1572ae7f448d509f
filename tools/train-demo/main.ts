/**
 * Trains the demo model and writes it with its sample inputs to models/demo.
 *
 *     npm run tool -- tools/train-demo/main.ts [--steps N] [--seed N] [--out FOLDER]
 *
 * What the model answers is not written here: tools/train-demo/reference.ts asks an independent interpreter.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeNpy } from '#runtime/npy';
import { writeTflite } from '#compiler/frontend/tflite/write';
import { exportModel } from './export.js';
import { calibrate, inputQuantization } from './quantize.js';
import { Random } from './random.js';
import { classNames, drawPicture, imageBytes, imageSize, type Picture } from './shapes.js';
import { floatAccuracy, train } from './train.js';

/** Seeds of the pictures that training never sees are this far from the training seed. */
const heldOutSeed = 1_000_000;
const calibrationSeed = 2_000_000;
const sampleSeed = 3_000_000;

function draw(seed: number, count: number): Picture[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => drawPicture(random));
}

/** One picture of each class, then a blank one and a pattern of extremes (as the published reference inputs end). */
function samples(seed: number): { readonly data: Int8Array; readonly label: string | null; readonly description: string }[] {
  const random = new Random(seed);
  const pictures = classNames.map((label, i) => {
    const data = Int8Array.from(drawPicture(random, i).pixels, (p) => p - 128);
    return { data, label, description: `generated ${label}` };
  });
  const blank = new Int8Array(imageBytes).fill(inputQuantization.zeroPoint);
  const blocks = Int8Array.from(blank, (_, i) =>
    (((Math.floor(i / 3) % imageSize) >> 1) + (Math.floor(i / 3 / imageSize) >> 1)) % 2 === 0 ? -128 : 127,
  );
  return [
    ...pictures,
    { data: blank, label: null, description: `every element = zero point (${inputQuantization.zeroPoint})` },
    { data: blocks, label: null, description: '-128/127 block pattern' },
  ];
}

function main(): void {
  const { values } = parseArgs({ options: { steps: { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' } } });
  const seed = Number(values.seed ?? 7);
  const steps = Number(values.steps ?? 900);
  const out = values.out ?? fileURLToPath(new URL('../../models/demo', import.meta.url));
  const report = (line: string) => console.log(line);
  const network = train({ seed, steps, batch: 16, rate: 5e-3, report });
  report(`float accuracy on 1000 held-out pictures: ${(100 * floatAccuracy(network, draw(seed + heldOutSeed, 1000))).toFixed(1)} %`);
  const description = 'six shapes, residual network, trained on generated pictures';
  const model = writeTflite(exportModel(network, calibrate(network, draw(seed + calibrationSeed, 256)), description));
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'model.tflite'), model);
  const inputs = samples(seed + sampleSeed).map(({ data, label, description }, i) => {
    const name = `input_${String(i).padStart(3, '0')}`;
    writeFileSync(join(out, `${name}.npy`), writeNpy({ dtype: 'int8', shape: [1, imageSize, imageSize, 3], data }));
    return { name, label, description };
  });
  writeFileSync(join(out, 'labels.json'), `${JSON.stringify({ classes: classNames, inputs }, null, 2)}\n`);
  report(`wrote model.tflite (${model.length} bytes) and ${inputs.length} inputs to ${out}`);
}

main();
