import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { zeros, type Tensor } from '#runtime/tensor';
import { interpret } from '../graph/interpret.js';
import type { GraphModule } from '../graph/node.js';
import { parseGraph } from '../graph/parse.js';
import { printGraph } from '../graph/print.js';
import { type Pass, type PassContext, runPass } from './pass.js';
import { dropIdentities } from './drop-identities.js';
import { foldConstants } from './fold-constants.js';
import { fuseActivations } from './fuse-activations.js';
import { fusePads } from './fuse-pads.js';
import { setRounding } from './set-rounding.js';

const context = (rounding: PassContext['rounding'] = null): PassContext => ({
  config: preset('default'),
  exact: false,
  codegens: [],
  rounding,
  refuse: () => {},
});

const conv = (input: string, padding: string, clamp = '-128,127', rounding = 'reference') =>
  `conv2d(%${input}, @c0, @c1) {stride=[1,1], dilation=[1,1], padding=[${padding}], outScale=0.5, outZeroPoint=3, clamp=[${clamp}], rounding="${rounding}"}`;
const pad = (value: number, channels = 0) => `pad(%x) {before=[0,1,2,0], after=[0,0,1,${channels}], value=${value}}`;

/** A graph in text from its lines; constants are a 2x2x3x3 kernel and its bias. */
function graph(...lines: string[]): GraphModule {
  const last = /%\w+/.exec(lines[lines.length - 1])?.[0];
  const constants = {
    c0: { dtype: 'int8', shape: [2, 2, 2, 3], data: Int8Array.from({ length: 24 }, (_, i) => ((i * 37) % 255) - 127) },
    c1: { dtype: 'int32', shape: [2], data: Int32Array.of(50, -700) },
  } satisfies Record<string, Tensor>;
  const text = [
    'graph "t"',
    '',
    'fn @main(%x: int8[1,4,4,3] q(0.5, -128)) {',
    ...lines.map((l) => `  ${l}`),
    `  return ${last}`,
    '}',
    '',
    'const @c0 : int8[2,2,2,3] q([0.25, 0.125], 0, axis=0)',
    'const @c1 : int32[2]',
  ].join('\n');
  return parseGraph(text, { constants: new Map(Object.entries(constants)) });
}

const linesOf = (module: GraphModule): string[] =>
  printGraph(module)
    .split('\n')
    .filter((l) => l.startsWith('  %'))
    .map((l) => l.trim().replace(/ : .*/, ''));

function input(): Tensor {
  const x = zeros('int8', [1, 4, 4, 3]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = Math.imul(i + 1, 2654435761) >> 24;
  return x;
}

/** The pass's result, after proving that it computes the same. */
function rewritten(pass: Pass, before: GraphModule, rounding: PassContext['rounding'] = null): string[] {
  const out = runPass(pass, before, context(rounding));
  if (rounding === null) expect(interpret(out, { x: input() }).outputs).toEqual(interpret(before, { x: input() }).outputs);
  return linesOf(out);
}

describe('fuse-pads', () => {
  test('a pad with the zero point becomes padding of the convolution', () => {
    expect(rewritten(fusePads, graph(`%p = ${pad(-128)}`, `%y = ${conv('p', '0,1,0,0')}`))).toEqual([`%y = ${conv('x', '1,3,0,1')}`]);
  });

  test.each([
    ['another value', graph(`%p = ${pad(0)}`, `%y = ${conv('p', '0,0,0,0')}`)],
    ['a pad that is read by something else', graph(`%p = ${pad(-128)}`, '%y = reshape(%p) {shape=[105]}')],
  ])('%s stays', (_, module) => {
    expect(rewritten(fusePads, module)).toEqual(linesOf(module));
  });
});

describe('fuse-activations', () => {
  test('the clamp moves into the producer, which takes the name', () => {
    const before = graph(`%c = ${conv('x', '0,0,0,0', '-100,90')}`, '%y = relu(%c) {clamp=[3,100]}');
    expect(rewritten(fuseActivations, before)).toEqual([`%y = ${conv('x', '0,0,0,0', '3,90')}`]);
  });

  test('clamps that do not meet leave one value', () => {
    const before = graph(`%c = ${conv('x', '0,0,0,0', '-100,-50')}`, '%y = relu(%c) {clamp=[3,100]}');
    expect(rewritten(fuseActivations, before)).toEqual([`%y = ${conv('x', '0,0,0,0', '3,3')}`]);
  });

  test('a producer with another reader stays', () => {
    const sum = 'add(%c, %r) {outScale=0.5, outZeroPoint=0, clamp=[-128,127], rounding="reference"}';
    const before = graph(`%c = ${conv('x', '0,0,0,0')}`, '%r = relu(%c) {clamp=[3,127]}', `%y = ${sum}`);
    expect(rewritten(fuseActivations, before)).toEqual(linesOf(before));
  });
});

describe('drop-identities', () => {
  test('reshapes of reshapes and whole-range clamps disappear', () => {
    const before = graph('%a = reshape(%x) {shape=[48]}', '%b = relu(%a) {clamp=[-128,127]}', '%y = reshape(%b) {shape=[6,8]}');
    expect(rewritten(dropIdentities, before)).toEqual(['%y = reshape(%x) {shape=[6,8]}']);
  });

  test('a function keeps at least one operator', () => {
    const before = graph('%y = reshape(%x) {shape=[1,4,4,3]}');
    expect(rewritten(dropIdentities, before)).toEqual(linesOf(before));
  });
});

describe('fold-constants', () => {
  test('a call of constants becomes a constant', () => {
    const sum = 'add(%x, %k) {outScale=0.5, outZeroPoint=0, clamp=[-128,127], rounding="reference"}';
    const text = `graph "t"\nfn @main(%x: int8[2,12] q(0.5, -128)) {\n  %k = reshape(@c0) {shape=[2,12]}\n  %y = ${sum}\n  return %y\n}\nconst @c0 : int8[24] q(0.5, 1)\n`;
    const c0: Tensor = { dtype: 'int8', shape: [24], data: Int8Array.from({ length: 24 }, (_, i) => i * 5 - 60) };
    const before = parseGraph(text, { constants: new Map([['c0', c0]]) });
    const x: Tensor = { dtype: 'int8', shape: [2, 12], data: Int8Array.from({ length: 24 }, (_, i) => i * 3) };
    const out = runPass(foldConstants, before, context());
    expect(linesOf(out)).toEqual([`%y = ${sum.replace('%k', '@c0')}`]);
    expect(interpret(out, { x }).outputs).toEqual(interpret(before, { x }).outputs);
  });
});

describe('set-rounding', () => {
  test("the requested profile replaces the convolution's", () => {
    const before = graph(`%y = ${conv('x', '0,0,0,0')}`);
    expect(rewritten(setRounding, before, 'single')).toEqual([`%y = ${conv('x', '0,0,0,0', '-128,127', 'single')}`]);
    expect(rewritten(setRounding, before)).toEqual(linesOf(before));
  });
});
