import { expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import type { Tensor } from '#runtime/tensor';
import { graphDifference } from '../../graph/equal.js';
import { interpret } from '../../graph/interpret.js';
import type { CallNode, GraphModule } from '../../graph/node.js';
import { parseGraph } from '../../graph/parse.js';
import { printGraph } from '../../graph/print.js';
import { postOrder } from '../../graph/visit.js';
import { BUILTIN_NAMES } from './builtin-names.js';
import { importTflite } from './import.js';
import { type ModelSpec, type OperatorSpec, type TensorSpec, writeTflite } from './write.js';

const int8 = (name: string, shape: readonly number[], scale = 0.5, zero = 0): TensorSpec => ({
  name,
  type: 'INT8',
  shape,
  quantization: { scales: [scale], zeroPoint: zero },
});
const weights = (
  name: string,
  shape: readonly number[],
  data: readonly number[],
  scales: readonly number[] = [0.5],
  axis = 0,
): TensorSpec => ({
  name,
  type: 'INT8',
  shape,
  quantization: { scales, zeroPoint: 0, axis },
  data: Int8Array.from(data),
});
const ints = (name: string, shape: readonly number[], data: readonly number[]): TensorSpec => ({
  name,
  type: 'INT32',
  shape,
  data: Int32Array.from(data),
});

/** A model of one operator: input tensor 0, result tensor 1, the rest constants. */
function single(op: string, x: TensorSpec, y: TensorSpec, more: readonly TensorSpec[] = [], options?: OperatorSpec['options']): ModelSpec {
  const tensors = [x, y, ...more];
  return { inputs: [0], outputs: [1], tensors, operators: [{ op, inputs: [0, ...more.map((_, i) => i + 2)], outputs: [1], options }] };
}

const load = (m: ModelSpec): GraphModule => importTflite(writeTflite(m), 'test');
const layer = (m: GraphModule): CallNode => m.main.body as CallNode;
function run(m: GraphModule, ...values: number[]): number[] {
  const { name, type } = m.main.params[0];
  const data = type.dtype === 'float32' ? Float32Array.from(values) : Int8Array.from(values);
  const x: Tensor = { dtype: type.dtype, shape: type.shape, data };
  return Array.from(interpret(m, { [name]: x }).outputs[0].data);
}

test('CONV_2D without bias, SAME padding, stride, per-channel weights, RELU6', () => {
  const x = int8('serving_default_x:0', [1, 4, 4, 1], 0.5, 3);
  const y = int8('out', [1, 2, 2, 2], 0.25, -10);
  const w = weights(
    'w',
    [2, 3, 3, 1],
    Array.from({ length: 18 }, (_, i) => i),
    [0.5, 0.25],
  );
  const model = load(single('CONV_2D', x, y, [w], { padding: 0, strideW: 2, strideH: 2, activation: 3, dilationW: 1, dilationH: 1 }));
  const conv = layer(model);
  expect(model.main.params[0].name).toBe('serving_default_x_0');
  expect([conv.name, conv.origin, conv.args.length]).toEqual(['conv2d_0', 'out', 3]);
  expect(conv.attrs).toEqual({
    stride: [2, 2],
    dilation: [1, 1],
    padding: [0, 0, 1, 1],
    outScale: 0.25,
    outZeroPoint: -10,
    clamp: [-10, 14],
    rounding: 'reference',
  });
  graphsEqual(model);
});

const graphsEqual = (m: GraphModule) => expect(graphDifference(m, parseGraph(printGraph(m, { data: true })))).toBeNull();

test('DEPTHWISE_CONV_2D with a depth multiplier and dilation, VALID', () => {
  const x = int8('x', [1, 5, 5, 1]);
  const w = weights('w', [1, 3, 3, 2], new Array(18).fill(1), [0.5, 0.5], 3);
  const model = load(
    single('DEPTHWISE_CONV_2D', x, int8('y', [1, 1, 1, 2], 0.5), [w, ints('b', [2], [0, 4])], {
      padding: 1,
      strideW: 1,
      strideH: 1,
      activation: 0,
      dilationW: 2,
      dilationH: 2,
    }),
  );
  expect(layer(model).attrs).toMatchObject({ padding: [0, 0, 0, 0], dilation: [2, 2] });
  expect(run(model, ...Array.from({ length: 25 }, (_, i) => i - 12))).toEqual([0, 2]);
});

test('FULLY_CONNECTED that keeps its dimensions becomes two layers', () => {
  const w = weights('w', [2, 3], [1, 0, 0, 0, 1, 1]);
  const model = load(single('FULLY_CONNECTED', int8('x', [1, 2, 3]), int8('y', [1, 2, 2], 0.25), [w], { keepDims: 1 }));
  expect(postOrder(model.main.body).flatMap((n) => (n.kind === 'call' ? [n.name] : []))).toEqual([
    'fully_connected_0',
    'fully_connected_0_reshape',
  ]);
  expect(run(model, 1, 2, 3, 4, 5, 6)).toEqual([1, 5, 4, 11]);
});

test('pooling, padding, mean, softmax, reshape, concatenation', () => {
  const pool = { padding: 1, strideW: 2, strideH: 2, filterW: 2, filterH: 2 };
  expect(run(load(single('MAX_POOL_2D', int8('x', [1, 2, 2, 1]), int8('y', [1, 1, 1, 1]), [], pool)), 1, 9, -3, 4)).toEqual([9]);
  expect(run(load(single('AVERAGE_POOL_2D', int8('x', [1, 2, 2, 1]), int8('y', [1, 1, 1, 1]), [], pool)), 1, 9, -3, 4)).toEqual([3]);
  const pad = load(single('PAD', int8('x', [1, 2], 0.5, 7), int8('y', [1, 4], 0.5, 7), [ints('p', [2, 2], [0, 0, 1, 1])]));
  expect(run(pad, 1, 2)).toEqual([7, 1, 2, 7]);
  const mean = load(single('MEAN', int8('x', [1, 2, 2, 1]), int8('y', [1, 1], 0.25), [ints('axes', [2], [-2, 1])]));
  expect(run(mean, 1, 2, 3, 4)).toEqual([5]);
  expect(run(load(single('SOFTMAX', int8('x', [1, 2]), int8('y', [1, 2], 1 / 256, -128), [], { beta: 1 })), 3, 3)).toEqual([0, 0]);
  expect(layer(load(single('RESHAPE', int8('x', [1, 2, 3]), int8('y', [6]), [ints('s', [1], [-1])]))).attrs).toEqual({ shape: [6] });
  const both: ModelSpec = {
    inputs: [0],
    outputs: [1],
    tensors: [int8('x', [1, 2]), int8('y', [1, 4])],
    operators: [{ op: 'CONCATENATION', inputs: [0, 0], outputs: [1], options: { axis: -1 } }],
  };
  expect(run(load(both), 1, 2)).toEqual([1, 2, 1, 2]);
});

test('QUANTIZE, RELU and DEQUANTIZE make a float model of an int8 one', () => {
  const f = (name: string): TensorSpec => ({ name, type: 'FLOAT32', shape: [3] });
  const model: ModelSpec = {
    inputs: [0],
    outputs: [3],
    tensors: [f('x'), int8('q', [3], 0.5, 10), int8('r', [3], 0.25, -128), f('y')],
    operators: [
      { op: 'QUANTIZE', inputs: [0], outputs: [1] },
      { op: 'RELU', inputs: [1], outputs: [2] },
      { op: 'DEQUANTIZE', inputs: [2], outputs: [3] },
    ],
  };
  expect(run(load(model), -4, 1.25, 1.75)).toEqual([0, 1, 2]);
  const change = load(single('QUANTIZE', int8('x', [1], 0.5, 0), int8('y', [1], 0.25, 1)));
  expect(layer(change).op).toBe('requantize');
});

test('ADD repeats a constant, and an activation of fewer dimensions', () => {
  const constant = load(single('ADD', int8('x', [1, 2, 2]), int8('y', [1, 2, 2]), [weights('k', [2], [10, 20])]));
  expect(run(constant, 1, 2, 3, 4)).toEqual([11, 22, 13, 24]);
  const both: ModelSpec = {
    inputs: [0, 1],
    outputs: [2],
    tensors: [int8('a', [2, 1, 2]), int8('b', [3, 1]), int8('y', [2, 3, 2])],
    operators: [{ op: 'ADD', inputs: [0, 1], outputs: [2] }],
  };
  const t = (shape: number[], ...values: number[]): Tensor => ({ dtype: 'int8', shape, data: Int8Array.from(values) });
  const { outputs } = interpret(load(both), { a: t([2, 1, 2], 1, 2, 3, 4), b: t([3, 1], 10, 20, 30) });
  expect([...outputs[0].data]).toEqual([11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34]);
});

test('constants behind the flatbuffer are read from there', () => {
  const w = weights('w', [2, 3], [1, 0, 0, 0, 1, 1]);
  const model = single('FULLY_CONNECTED', int8('x', [1, 3]), int8('y', [1, 2], 0.25), [w, ints('b', [2], [4, -4])], {});
  const behind = { ...model, contentsBehind: true };
  expect(printGraph(load(behind), { data: true })).toBe(printGraph(load(model), { data: true }));
  const bytes = writeTflite(behind);
  expect(() => importTflite(bytes.subarray(0, bytes.length - 16), 'test')).toThrow(/VTA2022.*data of tensor 3 \(b\) are 8 bytes at byte/);
});

test('operators are named by the schema, custom ones by their own name', () => {
  expect([BUILTIN_NAMES.length, BUILTIN_NAMES.indexOf('BATCH_MATMUL'), BUILTIN_NAMES.indexOf('VAR_HANDLE')]).toEqual([210, 126, 142]);
  for (const op of ['BATCH_MATMUL', 'VAR_HANDLE', 'GELU', 'STABLEHLO_CASE'] as const)
    expect(diagnose(single(op, x2, int8('y', [1, 2]))).what).toMatch(new RegExp(`not supported: ${op}$`));
});

test('several results are a tuple; a result may be an input; input names stay apart', () => {
  const model: ModelSpec = {
    inputs: [0, 1],
    outputs: [2, 0],
    tensors: [int8('add_0', [2]), int8('add_0', [2]), int8('sum', [2], 1)],
    operators: [{ op: 'ADD', inputs: [0, 1], outputs: [2] }],
  };
  const module = load(model);
  expect(module.main.params.map((p) => p.name)).toEqual(['input_tensor_0', 'input_tensor_1']);
  const t = (a: number, b: number): Tensor => ({ dtype: 'int8', shape: [2], data: Int8Array.of(a, b) });
  const { outputs } = interpret(module, { input_tensor_0: t(2, 4), input_tensor_1: t(4, -4) });
  expect(outputs.map((o) => [...o.data])).toEqual([
    [3, 0],
    [2, 4],
  ]);
});

function diagnose(m: ModelSpec) {
  try {
    importTflite(writeTflite(m), 'test', 'dir/test.tflite');
  } catch (e) {
    if (e instanceof VtaError) return e.diagnostics[0];
    throw e;
  }
  throw new Error('accepted');
}

const x2 = int8('x', [1, 2]);
const reluModel = single('RELU', x2, int8('y', [1, 2]));
const conv = (w: TensorSpec, y = int8('y', [1, 2, 2, 1]), options: OperatorSpec['options'] = { strideW: 1, strideH: 1 }) =>
  single('CONV_2D', int8('x', [1, 2, 2, 1]), y, [w], options);
const identity = weights('w', [1, 1, 1, 1], [1]);
const refusals: [string, ModelSpec, string, RegExp][] = [
  ['schema version', { ...reluModel, version: 2 }, 'VTA2023', /version 2/],
  ['several subgraphs', { ...reluModel, subgraphs: 2 }, 'VTA2024', /has 2 subgraphs: a program is made from one/],
  ['an operator we lack', single('LSTM', x2, x2), 'VTA2025', /not supported: LSTM$/],
  ['a custom operator', single('my op', x2, x2), 'VTA2025', /custom "my op"/],
  ['a type we lack', single('RELU', { ...x2, type: 'FLOAT16' }, x2), 'VTA2026', /not supported: FLOAT16$/],
  ['an activation we lack', conv(identity, undefined, { strideW: 1, strideH: 1, activation: 4 }), 'VTA2027', /TANH/],
  ['a stride of 0', conv(identity, undefined, {}), 'VTA2027', /stride/],
  [
    'computed weights',
    { ...conv({ ...identity, data: undefined }), inputs: [0, 2] },
    'VTA2027',
    /operator 0 \(CONV_2D, result "y"\): the weights are computed by the network/,
  ],
  [
    'a result of another shape',
    conv(identity, int8('y', [1, 2, 3, 1])),
    'VTA2027',
    /declared as int8\[1,2,3,1\].*would be int8\[1,2,2,1\]/,
  ],
  [
    'a result that is not quantized',
    single('RELU', x2, { name: 'y', type: 'INT8', shape: [1, 2] }),
    'VTA2027',
    /int8\[1,2\] is not quantized with one scale/,
  ],
  [
    'an unknown size',
    single('RELU', int8('x', [-1, 2]), x2),
    'VTA2028',
    /tensor 0 \("x", a graph input\): its shape \[-1,2\] is not fixed/,
  ],
  ['too many dimensions', single('RELU', int8('x', [1, 1, 1, 1, 1, 1, 1, 1, 1]), x2), 'VTA2022', /9 elements where at most 8/],
  ['a huge size', single('RELU', int8('x', [65536, 65536]), x2), 'VTA2028', /65536/],
  ['a scale of 0', single('RELU', int8('x', [1, 2], 0), x2), 'VTA2029', /positive/],
  ['a zero point beyond int8', single('RELU', int8('x', [1, 2], 1, 300), x2), 'VTA2029', /zero point 300/],
  ['fewer scales than channels', conv({ ...identity, quantization: { scales: [1, 2], zeroPoint: 0 } }), 'VTA2029', /2 scales for 1/],
  [
    'asymmetric weights',
    conv({ ...identity, quantization: { scales: [0.5], zeroPoint: 3 } }),
    'VTA2027',
    /CONV_2D.*weights must be symmetric/,
  ],
  ['weights for other channels', conv(weights('w', [1, 1, 1, 2], [1, 1])), 'VTA2027', /CONV_2D.*2 channels, the input has 1/],
  ['too little data', conv({ ...identity, data: new Int8Array(0) }), 'VTA2022', /used before anything computes it/],
  ['data of another size', conv({ ...identity, data: new Int8Array(3) }), 'VTA2022', /3 bytes of data/],
  ['a tensor that is not there', { ...reluModel, inputs: [9] }, 'VTA2022', /tensor 9 of 2/],
  ['no outputs', { ...reluModel, outputs: [] }, 'VTA2022', /no outputs/],
  ['a tensor computed twice', { ...reluModel, operators: [...reluModel.operators, ...reluModel.operators] }, 'VTA2022', /computed twice/],
  [
    'an operator that uses its own result',
    { ...reluModel, operators: [{ op: 'RELU', inputs: [1], outputs: [1] }] },
    'VTA2022',
    /before anything/,
  ],
  [
    'shapes that cannot be added',
    single('ADD', x2, x2, [weights('k', [1, 3], [1, 2, 3])]),
    'VTA2027',
    /ADD.*int8\[1,2\] and int8\[1,3\] do not fit/,
  ],
];
test.each(refusals)('refuses %s', (_, model, code, what) => {
  const d = diagnose(model);
  expect(d.code).toBe(code);
  expect(d.what).toMatch(what);
  expect(d.what + (d.where?.file ?? '')).toContain('dir/test.tflite');
});
