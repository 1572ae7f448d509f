import { expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { importModel, labelOf } from './import.js';
import { writeTflite } from './tflite/write.js';

const tensor = { name: 'x', type: 'INT8', shape: [1], quantization: { scales: [1], zeroPoint: 0 } } as const;
const tflite = writeTflite({
  inputs: [0],
  outputs: [1],
  tensors: [tensor, { ...tensor, name: 'y' }],
  operators: [{ op: 'RELU', inputs: [0], outputs: [1] }],
});

test('the content decides, not the name', () => {
  expect(importModel(tflite, 'dir/model.onnx').label).toBe('model');
  expect(importModel(tflite, 'model').main.body.type).toMatchObject({ dtype: 'int8' });
});

test('other content is refused by name', () => {
  const code = (bytes: Uint8Array): string => {
    try {
      importModel(bytes, 'm.tflite');
    } catch (e) {
      if (e instanceof VtaError) return `${e.code} ${e.diagnostics[0].what}`;
      throw e;
    }
    return 'read';
  };
  expect(code(new Uint8Array(0))).toMatch(/VTA2020.*empty/);
  expect(code(new TextEncoder().encode('hello world'))).toMatch(/VTA2020.*11 bytes and begins with 68 65 6c/);
  expect(code(Uint8Array.from([0x08, 0x07, 0x12, 0x07, 0x70, 0x79]))).toMatch(/VTA2021.*ONNX/);
  expect(code(tflite.subarray(0, 8))).toMatch(/VTA2022/);
});

test('labels', () => {
  expect(['a/b/model.int8.tflite', 'C:\\m\\x.tflite', 'plain', '.tflite'].map(labelOf)).toEqual(['model.int8', 'x', 'plain', '.tflite']);
});
