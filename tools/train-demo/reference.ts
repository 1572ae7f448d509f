/**
 * Stores what the demo model answers, computed by an interpreter that shares nothing with this project: the TensorFlow Lite
 * build in the npm package @tensorflow/tfjs-tflite 0.0.1-alpha.10, installed somewhere else (models/demo/README.md):
 *
 *     npm run tool -- tools/train-demo/reference.ts FOLDER/node_modules/@tensorflow/tfjs-tflite
 *
 * Writes output_NNN.npy and hashes.json (SHA-256 of every operator's output for every input) beside the model, and prints the
 * accuracy of the int8 model on pictures that training never saw.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openModel } from '#compiler/frontend/tflite/model';
import { readNpy, writeNpy } from '#runtime/npy';
import { Random } from './random.js';
import { classNames, drawPicture } from './shapes.js';
import { TfliteInterpreter } from './tflite-interpreter.js';
import { argmax } from './train.js';

const folder = fileURLToPath(new URL('../../models/demo', import.meta.url));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Where the number of the graph's only output tensor stands in the file: model, field 2, subgraph 0, field 2, element 0. */
function outputPosition(model: Uint8Array): number {
  const view = new DataView(model.buffer, model.byteOffset, model.length);
  const follow = (at: number) => at + view.getUint32(at, true);
  const field = (table: number, number: number) => table + view.getUint16(table - view.getInt32(table, true) + 4 + 2 * number, true);
  const subgraphs = follow(field(follow(0), 2));
  return follow(field(follow(subgraphs + 4), 2)) + 4;
}

/** The model with another tensor as its output, so that the interpreter shows an intermediate value. */
function withOutput(model: Uint8Array, tensor: number): Uint8Array {
  const copy = model.slice();
  new DataView(copy.buffer).setInt32(outputPosition(copy), tensor, true);
  return copy;
}

/** The outputs of `model` for every input. */
function runAll(interpreter: TfliteInterpreter, model: Uint8Array, inputs: readonly Int8Array[]): Int8Array[] {
  const opened = interpreter.open(model);
  const outputs = inputs.map((input) => opened.run(input));
  opened.close();
  return outputs;
}

function accuracy(interpreter: TfliteInterpreter, model: Uint8Array, count: number): number {
  const random = new Random(9_000_000);
  const pictures = Array.from({ length: count }, () => drawPicture(random));
  const inputs = pictures.map((p) => Int8Array.from(p.pixels, (v) => v - 128));
  const right = runAll(interpreter, model, inputs).filter((scores, i) => argmax(scores)[0] === pictures[i].label);
  return right.length / count;
}

interface Labels {
  readonly classes: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly label: string | null; readonly description: string }[];
}

async function main(packageFolder: string): Promise<void> {
  const interpreter = await TfliteInterpreter.load(packageFolder);
  const model = new Uint8Array(readFileSync(join(folder, 'model.tflite')));
  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8')) as Labels;
  const inputs = labels.inputs.map(({ name }) => readNpy(readFileSync(join(folder, `${name}.npy`)), name).data as Int8Array);
  const outputs = runAll(interpreter, model, inputs);
  const operators = openModel(model, 'model.tflite').operators;
  const layers = operators.map((operator) => runAll(interpreter, withOutput(model, operator.outputs[0]), inputs));
  labels.inputs.forEach(({ name, label }, i) => {
    const bytes = writeNpy({ dtype: 'int8', shape: [1, classNames.length], data: outputs[i] });
    writeFileSync(join(folder, `${name.replace('input', 'output')}.npy`), bytes);
    console.log(`${name} (${label ?? 'no class'}): ${classNames[argmax(outputs[i])[0]]}  ${outputs[i].join(' ')}`);
  });
  const entries = labels.inputs.map(({ name, description }, i) => {
    const hashes = layers.map((values) => sha256(new Uint8Array(values[i].buffer)));
    return [name, { description, input_sha256: sha256(new Uint8Array(inputs[i].buffer, inputs[i].byteOffset)), op_output_sha256: hashes }];
  });
  const note = 'sha256 of the raw int8 bytes (C order, no header) of the output tensor of every operator, in operator order';
  const document = { note, model_sha256: sha256(model), operators: operators.map((o) => o.op), inputs: Object.fromEntries(entries) };
  writeFileSync(join(folder, 'hashes.json'), `${JSON.stringify(document, null, 2)}\n`);
  console.log(`int8 accuracy on 2000 held-out pictures: ${(100 * accuracy(interpreter, model, 2000)).toFixed(2)} %`);
}

const [packageFolder] = process.argv.slice(2);
if (packageFolder === undefined) {
  console.error('give the folder of the installed package @tensorflow/tfjs-tflite; models/demo/README.md says how to install it');
  process.exitCode = 1;
} else {
  await main(packageFolder);
}
