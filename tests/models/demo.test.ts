import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importModel } from '#compiler/frontend/import';
import { openModel } from '#compiler/frontend/tflite/model';
import { interpret } from '#compiler/graph/interpret';
import { readNpy } from '#runtime/npy';

const folder = fileURLToPath(new URL('../../models/demo', import.meta.url));
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}/${name}`));
const sha256 = (data: ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest('hex');

interface Hashes {
  readonly model_sha256: string;
  readonly operators: readonly string[];
  readonly inputs: Readonly<Record<string, { readonly input_sha256: string; readonly op_output_sha256: readonly string[] }>>;
}

const hashes = JSON.parse(readFileSync(`${folder}/hashes.json`, 'utf8')) as Hashes;
const model = read('model.tflite');
const module = importModel(model, 'model.tflite');

describe('the demo model', () => {
  test('is the one whose answers are stored', () => {
    expect(sha256(model)).toBe(hashes.model_sha256);
    expect(model.length).toBeLessThan(100_000);
    expect(openModel(model, 'model.tflite').operators.map((o) => o.op)).toEqual(hashes.operators);
  });

  for (const [name, expected] of Object.entries(hashes.inputs)) {
    test(`${name}: every operator computes what the independent interpreter computed`, () => {
      const input = readNpy(read(`${name}.npy`), name);
      expect(sha256(input.data)).toBe(expected.input_sha256);
      const { outputs, values } = interpret(module, { picture: input });
      const found = [...values.values()].map((t) => sha256(t.data));
      // the interpreter here runs operators in another, equally valid order
      expect([...found].sort()).toEqual([...expected.op_output_sha256].sort());
      expect(outputs[0]).toEqual(readNpy(read(`${name.replace('input', 'output')}.npy`), name));
    });
  }
});
