import { readFileSync } from 'node:fs';
import { func, graphModule, variable } from '#compiler/graph/build';
import { interpret } from '#compiler/graph/interpret';
import { parseGraph } from '#compiler/graph/parse';
import { tensorType } from '#compiler/graph/types';
import { verifyGraph } from '#compiler/graph/verify';
import type { CallCase, CliCase, ErrorCase } from './cases.js';
import { writeTflite } from '#compiler/frontend/tflite/write';
import { dense, denseModel, withSchemaVersion, withSubgraphCount } from './tflite-models.js';

const demo = new Uint8Array(readFileSync(new URL('../../models/demo/model.tflite', import.meta.url)));

const compile = (code: string, title: string, model: string | Uint8Array): CliCase => ({
  code,
  title,
  files: { 'm.tflite': model },
  argv: ['compile', 'm.tflite', '-o', 'm.vta'],
});

/** What makes a float layer of an int8 one. */
const FLOAT = {
  input: { type: 'FLOAT32', quantization: undefined },
  weights: { type: 'FLOAT32', data: new Float32Array(8), quantization: undefined },
  output: { type: 'FLOAT32', quantization: undefined },
} as const;

const half = { scales: [0.5], zeroPoint: 0 };

const models: readonly CliCase[] = [
  compile('VTA2020', 'a text for a model', 'this is not a model\n'),
  compile('VTA2020', 'an empty file for a model', ''),
  compile('VTA2021', 'an ONNX model', Uint8Array.of(0x08, 0x07, 0x12, 0x04, 0x74, 0x65, 0x73, 0x74)),
  compile('VTA2022', 'a model that is cut off', demo.subarray(0, demo.length >> 1)),
  compile('VTA2022', 'nothing but the head of a model', demo.subarray(0, 8)),
  compile('VTA2023', 'a model of another schema version', withSchemaVersion(dense(), 2)),
  compile('VTA2022', 'a model without a subgraph', withSubgraphCount(dense(), 0)),
  compile('VTA2024', 'a model of two functions', writeTflite({ ...denseModel(), subgraphs: 2 })),
  compile('VTA2025', 'an operator that is not supported', dense({ operator: { op: 'LOGISTIC', inputs: [0], options: undefined } })),
  compile('VTA2025', 'a custom operator', dense({ operator: { op: 'TFLite_Detection_PostProcess', options: undefined } })),
  compile('VTA2026', 'int16 activations', dense({ input: { type: 'INT16' } })),
  compile('VTA2027', 'weights that the network computes', dense({ operator: { inputs: [0, 0, 2] } })),
  compile('VTA2027', 'weights that do not fit the input', dense({ weights: { shape: [2, 3], data: new Int8Array(6) } })),
  compile('VTA2027', 'a float model', dense(FLOAT)),
  compile('VTA2027', 'a hybrid model', dense({ ...FLOAT, weights: {} })),
  compile('VTA2027', 'a model in the older uint8 form', dense({ input: { type: 'UINT8' }, output: { type: 'UINT8' } })),
  compile('VTA2028', 'an input of unknown size', dense({ input: { shape: [-1, 4] } })),
  compile('VTA2029', 'a scale of zero', dense({ input: { quantization: { ...half, scales: [0] } } })),
  compile('VTA2028', 'an input of more elements than an artifact can hold', dense({ input: { shape: [1 << 20, 1 << 10] } })),
  compile('VTA2029', 'a zero point beyond int8', dense({ input: { quantization: { ...half, zeroPoint: 300 } } })),
  compile(
    'VTA2030',
    'an operator and a type that are missing',
    dense({ input: { type: 'INT16' }, operator: { op: 'LSTM', options: undefined } }),
  ),
];

const noCommand = 'no command reads the text form of graphs';

/** The text of a graph of one function, with one statement in its body. */
const graph = (statement: string, rest = ''): string =>
  `graph "g"\nfn @main(%x: int8[1,2] q(0.5, 0)) {\n  ${statement}\n  return %y\n}\n${rest}`;

const text = (code: string, title: string, source: string): CallCase => ({
  code,
  title,
  why: noCommand,
  call: () => parseGraph(source, { file: 'g.graph' }),
});

const x = variable('x', tensorType('int8', [1, 2]));

const graphs: readonly ErrorCase[] = [
  text('VTA2001', 'an unknown graph operator', graph('%y = rely(%x)')),
  text('VTA2002', 'one operand too many', graph('%y = relu(%x, %x)')),
  text('VTA2003', 'an attribute that does not exist', graph('%y = relu(%x) {clip=[0,1]}')),
  {
    code: 'VTA2005',
    title: 'a graph that uses a value of nobody',
    why: 'graphs that a command makes are made by constructors that exclude it',
    call: () => verifyGraph(graphModule('g', func('main', [], x))),
  },
  {
    code: 'VTA2006',
    title: 'interpreting without the input',
    why: 'commands run compiled programs, not graphs',
    call: () => interpret(graphModule('g', func('main', [x], x)), {}),
  },
  text('VTA2004', 'operands that do not fit', graph('%y = fully_connected(%x, %x, %x) {outScale=1, outZeroPoint=0}')),
  text('VTA2010', 'a label without quotes', 'graph small'),
  text('VTA2011', 'a value that is not defined', graph('%y = relu(%z)')),
  text('VTA2012', 'a value that is defined twice', graph('%y = relu(%x)\n  %y = relu(%x)')),
  text('VTA2013', 'an annotation that is wrong', graph('%y = relu(%x) : int8[2,2] q(0.5, 0)')),
  text('VTA2014', 'a constant without data', graph('%y = relu(@k)', 'const @k : int8[1,2] q(0.5, 0)\n')),
];

export const frontendCases: readonly ErrorCase[] = [...models, ...graphs];
