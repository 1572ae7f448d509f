import { expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { apply, call, constant, func, graphModule, tuple, variable } from './build.js';
import { interpret } from './interpret.js';
import type { FunctionNode } from './node.js';
import { OP_NAMES, opRow } from './ops/table.js';
import { HOST_OPERATORS } from '#runtime/host/registry';
import { perTensor, tensorType } from './types.js';
import { GRAPH_RULES, graphProblems, verifyGraph } from './verify.js';

const type = tensorType('int8', [1, 4], perTensor(0.5, 0));
const x = variable('x', type);
const relu = (name: string, of: Parameters<typeof call>[1][0] = x) => call('relu', [of], { clamp: [0, 127] }, name);
const problems = (main: FunctionNode): string[] => graphProblems(graphModule('m', main)).map((d) => `${d.code} ${d.what}`);

test('a good graph has no problems', () => {
  expect(problems(func('main', [x], relu('y')))).toEqual([]);
});

test('every rule fires', () => {
  const y = relu('y');
  const wrongType = { ...y, type: tensorType('int8', [1, 5], perTensor(0.5, 0)) };
  const badScale = variable('x', tensorType('int8', [1, 4], perTensor(-1, 0)));
  const wrongData = { ...constant({ dtype: 'int8', shape: [1, 4], data: new Int8Array(4) }), type };
  const stretched = { ...wrongData, tensor: { dtype: 'int8' as const, shape: [1, 5], data: new Int8Array(5) } };
  const f = func('f', [x], y);
  const g = func('f', [x], relu('z'));
  const broken: Record<string, FunctionNode> = {
    'names of values are unique in their function': func('main', [x], relu('x')),
    'names of functions are unique': func('main', [x], tuple([apply(f, [x], 'a'), apply(g, [x], 'b')], 't')),
    'functions are closed': func('main', [], y),
    'types are well formed': func('main', [badScale], relu('y', badScale)),
    'constants have the data of their type': func('main', [], stretched),
    'types are those that inference gives': func('main', [x], wrongType),
  };
  expect(Object.keys(broken).sort()).toEqual(GRAPH_RULES.map((r) => r.name).sort());
  for (const [rule, main] of Object.entries(broken)) {
    const found = problems(main);
    expect(
      found.some((p) => p.startsWith('VTA2005') && p.includes(rule)),
      `${rule}: ${found}`,
    ).toBe(true);
    expect(() => verifyGraph(graphModule('m', main))).toThrow(VtaError);
  }
});

test('operands that do not fit are refused when the node is made', () => {
  const other = variable('o', tensorType('int8', [1, 5], perTensor(0.5, 0)));
  const floats = variable('f', tensorType('float32', [1, 4]));
  const out = { outScale: 0.5, outZeroPoint: 0 };
  const kernel = constant({ dtype: 'int8', shape: [2, 3, 3, 1], data: new Int8Array(18) }, perTensor(1, 0));
  const bias = constant({ dtype: 'int32', shape: [2], data: new Int32Array(2) });
  const image = variable('i', tensorType('int8', [1, 2, 2, 1], perTensor(1, 0)));
  const refusals: [() => unknown, RegExp][] = [
    [() => call('add', [x, other], out, 'a'), /VTA2004.*do not fit/],
    [() => call('add', [x, floats], out, 'a'), /VTA2004.*b must be int8/],
    [() => call('add', [x, x], { ...out, outZeroPoint: 200 }, 'a'), /VTA2004.*int8 value/],
    [() => call('add', [x, x], { ...out, clamp: [5, 1] }, 'a'), /VTA2004.*clamp/],
    [() => call('conv2d', [image, kernel, bias], out, 'c'), /VTA2004.*does not fit/],
    [() => call('conv2d', [image, kernel, bias], { ...out, padding: [1, 1, 1, 1], stride: [0, 1] }, 'c'), /VTA2004.*stride/],
    [() => call('reshape', [x], { shape: [3] }, 'r'), /VTA2004.*4 elements/],
    [() => call('relu', [tuple([x, x], 't')], {}, 'r'), /VTA2004.*tuple/],
    [() => apply(func('f', [x], relu('y')), [other], 'a'), /VTA2004.*operand 0/],
  ];
  for (const [make, message] of refusals) expect(make).toThrow(message);
  expect(call('conv2d', [image, kernel, bias], { ...out, padding: [1, 1, 1, 1] }, 'c').type.shape).toEqual([1, 2, 2, 2]);
});

test('inputs of the interpreter are checked', () => {
  const module = graphModule('m', func('main', [x], relu('y')));
  expect(() => interpret(module, {})).toThrow(/VTA2006.*missing/);
  expect(() => interpret(module, { x: { dtype: 'int8', shape: [4], data: new Int8Array(4) } })).toThrow(/VTA2006.*int8\[4\]/);
  expect(() => interpret(module, { x: { dtype: 'int8', shape: [1, 4], data: new Int8Array(3) } })).toThrow(/VTA2006.*3 elements/);
});

test('every operator is described and every host operator is used', () => {
  for (const op of OP_NAMES) expect(opRow(op).doc.length).toBeGreaterThan(10);
  expect([...OP_NAMES].sort()).toEqual(Object.keys(HOST_OPERATORS).sort());
});
