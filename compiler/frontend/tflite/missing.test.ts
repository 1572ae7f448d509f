/** Everything that is missing is said at once, in the model's words. */
import { expect, test } from 'vitest';
import { ImportError } from '../findings.js';
import { importTflite } from './import.js';
import { type ModelSpec, type OperatorSpec, type TensorSpec, writeTflite } from './write.js';

const scaled = (scale = 0.5, zeroPoint = 0) => ({ scales: [scale], zeroPoint });
const tensor = (name: string, type: TensorSpec['type'], shape = [1, 4]): TensorSpec =>
  type.startsWith('FLOAT') || type === 'RESOURCE' ? { name, type, shape } : { name, type, shape, quantization: scaled() };
const weights = (type: TensorSpec['type'], bytes: number): TensorSpec => ({
  ...tensor('w', type, [4, 4]),
  data: new Int8Array(16 * bytes),
});
const op = (name: string, inputs: number[], outputs: number[]): OperatorSpec => ({ op: name, inputs, outputs });

function reportOf(model: ModelSpec): ImportError {
  try {
    importTflite(writeTflite(model), 'm', 'm.tflite');
  } catch (e) {
    if (e instanceof ImportError) return e;
    throw e;
  }
  throw new Error('accepted');
}

/** x, FULLY_CONNECTED with the weights w, y. */
const layer = (type: TensorSpec['type'], w: TensorSpec): ModelSpec => ({
  tensors: [tensor('x', type), w, tensor('y', type)],
  operators: [{ ...op('FULLY_CONNECTED', [0, 1], [2]), options: {} }],
  inputs: [0],
  outputs: [2],
});

test('operators, types and forms in one diagnostic, counted, with the first place of each', () => {
  const error = reportOf({
    tensors: [...['x', 'a', 'b', 'c', 'd', 'e', 'f'].map((n) => tensor(n, 'INT8')), tensor('t', 'INT16'), tensor('g', 'FLOAT32')],
    operators: [
      op('LOGISTIC', [0], [1]),
      op('MUL', [0, 1], [2]),
      op('RELU', [2], [3]),
      op('LOGISTIC', [3], [4]),
      op('TFLite_Detection_PostProcess', [4], [5]),
      op('RELU', [5], [7]),
      op('DEQUANTIZE', [4], [8]),
      op('SOFTMAX', [8], [6]),
    ],
    inputs: [0],
    outputs: [6, 7],
  });
  expect(error.diagnostics).toHaveLength(1);
  const [{ code, what, list }] = error.diagnostics;
  expect(code).toBe('VTA2030');
  expect(what).toBe('m.tflite needs what is not supported: LOGISTIC, MUL, custom "TFLite_Detection_PostProcess", INT16, SOFTMAX');
  expect(list).toEqual([
    'LOGISTIC: 2 times, first at operator 0 (result "a")',
    'MUL: operator 1 (result "b")',
    'custom "TFLite_Detection_PostProcess": operator 4 (result "e")',
    'tensor type INT16: tensor 7 ("t", a graph output)',
    'SOFTMAX: it makes INT8 from FLOAT32: operator 7 (result "f")',
  ]);
  expect(error.report.operators).toEqual([
    { op: 'LOGISTIC', count: 2, refused: 2 },
    { op: 'MUL', count: 1, refused: 1 },
    { op: 'RELU', count: 2, refused: 1 },
    { op: 'custom "TFLite_Detection_PostProcess"', count: 1, refused: 1 },
    { op: 'DEQUANTIZE', count: 1, refused: 0 },
    { op: 'SOFTMAX', count: 1, refused: 1 },
  ]);
});

const float16: ModelSpec = {
  tensors: [tensor('x', 'FLOAT32'), weights('FLOAT16', 2), tensor('w32', 'FLOAT32', [4, 4]), tensor('y', 'FLOAT32')],
  operators: [op('DEQUANTIZE', [1], [2]), { ...op('FULLY_CONNECTED', [0, 2], [3]), options: {} }],
  inputs: [0],
  outputs: [3],
};
const streaming: ModelSpec = {
  tensors: [tensor('x', 'INT8'), tensor('state', 'RESOURCE', []), tensor('y', 'INT8')],
  operators: [op('CALL_ONCE', [], []), op('VAR_HANDLE', [], [1]), op('READ_VARIABLE', [1], [2])],
  inputs: [0],
  outputs: [2],
  subgraphs: 2,
};
const only = (name: string): ModelSpec => ({
  tensors: [tensor('x', 'INT8'), tensor('y', 'INT8')],
  operators: [op(name, [0], [1])],
  inputs: [0],
  outputs: [1],
});
const onFloats: ModelSpec = { ...only('SOFTMAX'), tensors: [tensor('x', 'FLOAT32'), tensor('y', 'FLOAT32')] };

const natures: readonly [string, ModelSpec, RegExp, RegExp][] = [
  ['float32', layer('FLOAT32', weights('FLOAT32', 4)), /^a float32 model$/, /representative_dataset.*TFLITE_BUILTINS_INT8/],
  ['float32 without weights', onFloats, /^a float32 model$/, /representative_dataset/],
  ['hybrid', layer('FLOAT32', weights('INT8', 1)), /^a hybrid model/, /without a representative_dataset.*only the weights/],
  ['float16 weights', float16, /^a model with float16 weights$/, /without target_spec.supported_types/],
  ['16x8', layer('INT16', weights('INT8', 1)), /^a 16x8 model/, /instead of EXPERIMENTAL/],
  ['older uint8', layer('UINT8', weights('UINT8', 1)), /^a model in the older uint8 form/, /TensorFlow 2/],
  ['4-bit weights', layer('INT8', weights('INT4', 1)), /^a model with 4-bit weights$/, /int8 weights/],
  ['streaming', streaming, /^a streaming model/, /states as inputs and outputs/],
];
test.each(natures)('a whole model is recognised: %s', (_, model, nature, advice) => {
  const { report, diagnostics } = reportOf(model);
  expect(report.natures.map((n) => n.name)).toEqual([expect.stringMatching(nature)]);
  expect(diagnostics[0].what).toContain(`m.tflite (${report.natures[0].name})`);
  expect(diagnostics[0].do).toMatch(advice);
});

test('an int8 network that lacks an operator is nothing special', () => {
  expect(reportOf(only('LOGISTIC')).report.natures).toEqual([]);
});

test('a type is counted by tensors, and an inner tensor of an operator that is missing not at all', () => {
  const model: ModelSpec = {
    tensors: [tensor('x', 'INT8'), { ...tensor('k', 'INT16'), data: new Int8Array(8) }, tensor('y', 'INT8')],
    operators: [op('LSTM', [0, 1], [2])],
    inputs: [0],
    outputs: [2],
  };
  expect(reportOf(model).report.missing.map((m) => m.subject)).toEqual(['LSTM']);
});

test('a fault of the file is said before what is missing, with its operator', () => {
  const damaged = { ...only('LOGISTIC'), operators: [op('LOGISTIC', [0], [1]), op('RELU', [1], [7])] };
  try {
    importTflite(writeTflite(damaged), 'm', 'm.tflite');
    expect.fail('accepted');
  } catch (e) {
    expect(e).toMatchObject({ diagnostics: [{ code: 'VTA2022', where: { at: 'operator 1 (RELU)' } }] });
  }
});
