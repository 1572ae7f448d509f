import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { apply, call, constant, func, graphModule, project, tuple, variable } from './build.js';
import { graphDifference } from './equal.js';
import { interpret } from './interpret.js';
import type { GraphModule } from './node.js';
import { parseGraph } from './parse.js';
import { constantTable, printGraph } from './print.js';
import { randomGraph } from './testing/random-graph.js';
import { perTensor, tensorType } from './types.js';

const SMALL = `graph "small"

fn @vta_0(%in_0: int8[1,2] q(0.5, -3)) {compiler="vta", id=0} {
  %relu_0 = relu(%in_0) {clamp=[-3,127]} : int8[1,2] q(0.5, -3) from "a \\"name\\""
  %pair = tuple(%relu_0, %in_0) : (int8[1,2] q(0.5, -3), int8[1,2] q(0.5, -3))
  return %pair
}

fn @main(%x: int8[1,2] q(0.5, -3)) {
  %region = @vta_0(%x) : (int8[1,2] q(0.5, -3), int8[1,2] q(0.5, -3))
  %first = get(%region, 0) : int8[1,2] q(0.5, -3)
  %"dense 1" = fully_connected(%first, @c0, @c1) {outScale=0.25, outZeroPoint=0, clamp=[-128,127], rounding="reference"} : int8[1,3] q(0.25, 0)
  return %"dense 1"
}

const @c0 : int8[3,2] q([0.5, 0.25, 1], 0, axis=0) = [1, 2, 3, 4, 5, 6]
const @c1 : int32[3] = [0, 10, -10]
`;

const same = (a: GraphModule, b: GraphModule) => expect(graphDifference(a, b)).toBeNull();

test('the small example is canonical and means what it says', () => {
  const module = parseGraph(SMALL);
  expect(printGraph(module, { data: true })).toBe(SMALL);
  const { outputs, values } = interpret(module, { x: { dtype: 'int8', shape: [1, 2], data: Int8Array.of(1, -9) } });
  expect([...values.keys()]).toEqual(['region/relu_0', 'dense 1']);
  // reals: relu [2, 0]; weights [.5 1; .75 1; 5 6]; bias units .25, .125, .5
  expect([...outputs[0].data]).toEqual([4, 11, 20]);
});

test('a hand-written text needs no annotations, order of constants or defaults', () => {
  const short = `graph "t"  // a comment
    const @weights: int8[1,2] q(1, 0) = "AQI="
    const @bias: int32[1] = [5]
    fn @main(%x: int8[1,2] q(1, 0)) { %y = fully_connected(%x, @weights, @bias) { outScale = 1, outZeroPoint = 0 } return %y }`;
  const { outputs } = interpret(parseGraph(short), { x: { dtype: 'int8', shape: [1, 2], data: Int8Array.of(3, 4) } });
  expect([...outputs[0].data]).toEqual([16]);
});

test('the example in docs/reference/graph.md is a graph in canonical order', () => {
  const page = readFileSync(new URL('../../docs/reference/graph.md', import.meta.url), 'utf8');
  const example = /```\n(graph [\s\S]*?)```/.exec(page)?.[1] ?? '';
  const lines = (text: string): string[] => text.split('\n').map((l) => l.replace(/ \{.*?\} :| :.*/, ''));
  expect(lines(printGraph(parseGraph(example), { data: true }))).toEqual(lines(example));
});

describe('round trips', () => {
  test('random graphs, with data beside the text and within it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
        const module = randomGraph(seed);
        const text = printGraph(module);
        const again = parseGraph(text, { constants: constantTable(module) });
        same(module, again);
        expect(printGraph(again)).toBe(text);
        const whole = printGraph(module, { data: true });
        same(module, parseGraph(whole));
        expect(printGraph(parseGraph(whole), { data: true })).toBe(whole);
      }),
      { seed: 31, numRuns: 60 },
    );
  });

  test('unusual names, empty shapes, float data with negative zero and infinities', () => {
    const x = variable('in put"%', tensorType('float32', []));
    const k = constant({ dtype: 'float32', shape: [3], data: Float32Array.of(-0, Number.POSITIVE_INFINITY, 1e-7) });
    const t = tuple([x, k], '__proto__');
    const inner = func('f/1', [x], t, { composite: 'vta.x', exact: true, weight: -1.5e-7 });
    const main = func('main', [x], project(apply(inner, [x], 'a'), 1, 'b\n'));
    const module = graphModule('la"bel', main);
    same(module, parseGraph(printGraph(module, { data: true })));
  });

  test('a constant used twice stays one constant', () => {
    const k = constant({ dtype: 'int8', shape: [1, 1, 1, 1], data: Int8Array.of(3) }, perTensor(1, 0));
    const body = call('add', [k, k], { outScale: 1, outZeroPoint: 0 }, 'sum');
    const module = graphModule('m', func('main', [], body));
    const again = parseGraph(printGraph(module, { data: true }));
    same(module, again);
    const twice = call('add', [k, { ...k }], { outScale: 1, outZeroPoint: 0 }, 'sum');
    expect(graphDifference(module, graphModule('m', func('main', [], twice)))).not.toBeNull();
  });
});

test('a change of anything is a difference', () => {
  const changes: [string, string][] = [
    ['a \\"name\\"', 'other'],
    ['clamp=[-3,127]', 'clamp=[-2,127]'],
    ['relu_0', 'relu_1'],
    ['id=0', 'id=1'],
    ['graph "small"', 'graph "large"'],
    ['[1, 2, 3', '[1, 2, 4'],
    ['axis=0) = [1', 'axis=0) = [0'],
    ['0.5, 0.25, 1]', '0.5, 0.25, 2]'],
    ['get(%region, 0)', 'get(%region, 1)'],
    ['tuple(%relu_0, %in_0)', 'tuple(%in_0, %relu_0)'],
    ['"reference"', '"single"'],
  ];
  for (const [from, to] of changes) {
    expect(SMALL.includes(from), from).toBe(true);
    expect(graphDifference(parseGraph(SMALL), parseGraph(SMALL.replaceAll(from, to))), from).not.toBeNull();
  }
});

describe('mistakes in a text are named with their place', () => {
  const diagnose = (from: string, to: string) => {
    expect(SMALL.includes(from), from).toBe(true);
    try {
      parseGraph(SMALL.replace(from, to), { file: 'small.graph' });
    } catch (e) {
      if (e instanceof VtaError) return e.diagnostics[0];
      throw e;
    }
    throw new Error('accepted');
  };
  const cases: [string, string, string, RegExp, number][] = [
    ['relu(%in_0)', 'rely(%in_0)', 'VTA2001', /did you mean relu/, 4],
    ['relu(%in_0)', 'relu(%in_0, %in_0)', 'VTA2002', /2 operands were given, 1/, 4],
    ['clamp=[-3,127]', 'clamp=[-3]', 'VTA2003', /clamp/, 4],
    ['clamp=[-3,127]', 'clip=[-3,127]', 'VTA2003', /clip/, 4],
    ['outScale=0.25', 'outScale=0.3', 'VTA2004', /not a positive float32/, 12],
    ['"reference"', '"nearest"', 'VTA2003', /rounding/, 12],
    ['@vta_0(%x) :', '@vta_0(%x, %x) :', 'VTA2004', /2 operands/, 10],
    ['get(%region, 0)', 'get(%region, 2)', 'VTA2004', /no field 2/, 11],
    ['get(%region, 0)', 'get(%regiom, 0)', 'VTA2011', /did you mean region/, 11],
    ['@vta_0(%x) :', '@vta_1(%x) :', 'VTA2011', /did you mean vta_0/, 10],
    ['%first = get', '%x = get', 'VTA2012', /x is defined twice/, 11],
    ['%first = get(%region, 0) : int8[1,2]', '%first = get(%region, 0) : int8[2,2]', 'VTA2013', /annotated int8\[2,2\]/, 11],
    ['4, 5, 6]', '4, 5]', 'VTA2014', /5 values/, 16],
    ['4, 5, 6]', '4, 5, 600]', 'VTA2014', /does not fit int8/, 16],
    [' = [1, 2, 3, 4, 5, 6]', '', 'VTA2014', /no data/, 16],
    ['axis=0', 'axis=1', 'VTA2014', /3 scales for 2 channels/, 16],
    ['return %pair', 'retrun %pair', 'VTA2010', /expected a value/, 6],
    ['graph "small"', 'graph small', 'VTA2010', /expected the label/, 1],
    ['@main', '@mian', 'VTA2011', /main/, 18],
    ['const @c1 :', 'const @c1 ;', 'VTA2010', /found ";"/, 17],
  ];
  test.each(cases)('%s -> %s', (from, to, code, what, line) => {
    const d = diagnose(from, to);
    expect(d.code).toBe(code);
    expect(d.what).toMatch(what);
    expect(d.where).toMatchObject({ file: 'small.graph', line });
  });

  test('damaged text is always a diagnostic or a graph', () => {
    fc.assert(
      fc.property(fc.nat(SMALL.length - 1), fc.nat(12), fc.string({ maxLength: 3 }), (at, drop, put) => {
        try {
          parseGraph(SMALL.slice(0, at) + put + SMALL.slice(at + drop));
        } catch (e) {
          expect(e).toBeInstanceOf(VtaError);
        }
      }),
      { seed: 32, numRuns: 2000 },
    );
  });
});
