import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { sizeOf, type Tensor } from '#runtime/tensor';
import { call, constant, func, graphModule, tuple, variable } from '../graph/build.js';
import { interpret } from '../graph/interpret.js';
import type { CallNode, FunctionNode, GraphModule, ValueNode } from '../graph/node.js';
import { parseGraph } from '../graph/parse.js';
import { printGraph } from '../graph/print.js';
import { perTensor, tensorType } from '../graph/types.js';
import { verifyGraph } from '../graph/verify.js';
import { postOrder } from '../graph/visit.js';
import type { Codegen } from '../partition/codegen.js';
import { hostCodegen } from '../partition/host-codegen.js';
import { any, constant as constantPattern, op, optional } from '../partition/pattern.js';
import { runPasses } from './manager.js';
import type { PassContext, Refusal } from './pass.js';
import { PARTITION_PIPELINE } from './pipelines.js';

/** A stand-in for an accelerator: takes what `takes` says; `compile` is never reached. */
const accelerator = (takes: (call: CallNode) => string | null, patterns: Codegen['patterns']): Codegen => ({
  name: 'acc',
  patterns,
  accepts: (node, composite) => (composite === null ? 'no pattern' : takes(node)),
  compile: () => {
    throw new Error('not compiled here');
  },
});
const host: Codegen = { name: 'host', ...hostCodegen };

function partitioned(module: GraphModule, acc: Codegen): { module: GraphModule; refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const context: PassContext = {
    config: preset('default'),
    exact: false,
    codegens: [acc, host],
    rounding: null,
    refuse: (r) => refusals.push(r),
  };
  const skip = PARTITION_PIPELINE.flatMap((p) => (p.optional ? [p.name] : []));
  return { module: runPasses(PARTITION_PIPELINE, module, context, { skip }).module, refusals };
}

const targetsOf = (module: GraphModule): string[] =>
  postOrder(module.main.body).flatMap((n) => (n.kind === 'apply' ? [String(n.fn.attrs.compiler)] : []));

const type = tensorType('int8', [1, 2, 2, 3], perTensor(0.5, 0));
const addAttrs = { outScale: 0.5, outZeroPoint: 0 };

/** A random graph of additions and clamps; operand numbers choose among the values so far. */
function randomGraph(picks: readonly (readonly [number, number])[], outputs: number): GraphModule {
  const x = variable('x', type);
  const values: ValueNode[] = [x];
  for (const [i, [a, b]] of picks.entries()) {
    const [u, v] = [values[a % values.length], values[b % values.length]];
    values.push(a % 3 === 0 ? call('relu', [u], { clamp: [-100 + i, 100] }, `v${i}`) : call('add', [u, v], addAttrs, `v${i}`));
  }
  const last = values.slice(-outputs);
  const body = last.length === 1 ? last[0] : tuple(last, 'results');
  return graphModule('random', func('main', [x], body));
}

function input(): Tensor {
  return { dtype: 'int8', shape: type.shape, data: Int8Array.from({ length: sizeOf(type.shape) }, (_, i) => i * 17 - 90) };
}

describe('partitioning', () => {
  test('random graphs: the same results, only regions in main, every operator where it was accepted', () => {
    const picks = fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 24 });
    fc.assert(
      fc.property(picks, fc.integer({ min: 1, max: 3 }), fc.nat(), (list, outputs, salt) => {
        const before = randomGraph(list, Math.min(outputs, list.length));
        const takes = (node: CallNode) => ((Number(node.name.slice(1)) * 7 + salt) % 3 === 0 ? 'not this one' : null);
        const acc = accelerator(takes, [
          { name: 'add', pattern: op('add', any, any) },
          { name: 'relu', pattern: op('relu', any) },
        ]);
        const { module } = partitioned(before, acc);
        verifyGraph(module);
        expect(interpret(module, { x: input() }).outputs).toEqual(interpret(before, { x: input() }).outputs);
        for (const node of postOrder(module.main.body)) {
          if (node.kind !== 'apply') continue;
          for (const inner of postOrder(node.fn.body)) {
            if (inner.kind === 'call') expect([node.fn.attrs.compiler, takes(inner)]).toEqual(['host', 'not this one']);
            if (inner.kind === 'apply') expect(node.fn.attrs.compiler).toBe('acc');
          }
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('a diamond through the host is not merged into a cycle', () => {
    const x = variable('x', type);
    const a = call('add', [x, x], addAttrs, 'a');
    const b = call('relu', [a], { clamp: [0, 5] }, 'b');
    const c = call('add', [a, a], addAttrs, 'c');
    const d = call('add', [b, c], addAttrs, 'd');
    const before = graphModule('diamond', func('main', [x], d));
    const { module, refusals } = partitioned(
      before,
      accelerator(() => null, [{ name: 'add', pattern: op('add', any, any) }]),
    );
    expect(targetsOf(module)).toEqual(['acc', 'host', 'acc']);
    expect(refusals).toEqual([{ node: 'b', op: 'relu', codegen: 'acc', reason: 'no pattern' }]);
  });

  test('neighbours that only meet through a later merge do not make a cycle', () => {
    // p -> h (host), p -> r <- g (host), h -> s (host) <- g: r joins p, and then s may join h or g, but not both
    const x = variable('x', type);
    const p = call('add', [x, x], addAttrs, 'p');
    const h = call('relu', [p], { clamp: [0, 5] }, 'h');
    const g = call('relu', [x], { clamp: [0, 9] }, 'g');
    const r = call('add', [p, g], addAttrs, 'r');
    const s = call('concatenate', [h, g], { axis: 3 }, 's');
    const before = graphModule('n', func('main', [x], tuple([r, s], 'results')));
    const { module } = partitioned(
      before,
      accelerator(() => null, [{ name: 'add', pattern: op('add', any, any) }]),
    );
    expect(interpret(module, { x: input() }).outputs).toEqual(interpret(before, { x: input() }).outputs);
  });
});

describe('composites', () => {
  const text = (reader: string) => `graph "t"
fn @main(%x: int8[1,2,2,3] q(0.5, 0)) {
  %c = conv2d(%x, @c0, @c1) {stride=[1,1], dilation=[1,1], padding=[0,0,0,0], outScale=0.5, outZeroPoint=0, clamp=[-128,127], rounding="reference"}
  %r = relu(%c) {clamp=[0,127]}
  %y = ${reader}
  return %y
}
const @c0 : int8[3,1,1,3] q(0.25, 0)
const @c1 : int32[3]
`;
  const constants = new Map<string, Tensor>([
    ['c0', { dtype: 'int8', shape: [3, 1, 1, 3], data: Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) }],
    ['c1', { dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 3) }],
  ]);
  const conv = op('conv2d', any, constantPattern, constantPattern);
  const acc = accelerator(() => null, [{ name: 'conv', pattern: optional(conv, (inner) => op('relu', inner)) }]);
  const compositesOf = (module: GraphModule): string[] =>
    printGraph(module)
      .split('\n')
      .filter((l) => l.includes('composite='));

  test('the longest alternative wins, and weights are inside', () => {
    const { module } = partitioned(parseGraph(text('reshape(%r) {shape=[12]}'), { constants }), acc);
    const lines = printGraph(module).split('\n');
    const start = lines.findIndex((l) => l.includes('composite="acc.conv"'));
    expect(lines.slice(start, start + 4).map((l) => l.trim().split(' ').slice(0, 3).join(' '))).toEqual([
      'fn @acc_conv_0(%in_0: int8[1,2,2,3]',
      '%c = conv2d(%in_0,',
      '%r = relu(%c)',
      'return %r',
    ]);
  });

  test('a call with a reader outside is not covered', () => {
    const reader = 'add(%c, %r) {outScale=0.5, outZeroPoint=0, clamp=[-128,127], rounding="reference"}';
    const { module } = partitioned(parseGraph(text(reader), { constants }), acc);
    expect(compositesOf(module)).toHaveLength(1);
    const composite = postOrder(module.main.body).flatMap((n) =>
      n.kind === 'apply' && n.fn.attrs.compiler === 'acc' ? [n.fn] : [],
    )[0] as FunctionNode;
    expect(composite.body.kind === 'apply' && composite.body.fn.body.kind === 'call' && composite.body.fn.body.op).toBe('conv2d');
  });

  test('a reason is kept', () => {
    const refusing = accelerator(() => 'it is Tuesday', acc.patterns);
    const { refusals } = partitioned(parseGraph(text('reshape(%r) {shape=[12]}'), { constants }), refusing);
    expect(refusals.filter((r) => r.reason === 'it is Tuesday').map((r) => r.node)).toEqual(['r', 'c']);
  });
});

test('constants alone stay constants', () => {
  const x = variable('x', type);
  const k = constant({ dtype: 'int8', shape: type.shape, data: new Int8Array(12) }, perTensor(0.5, 0));
  const before = graphModule('k', func('main', [x], call('add', [x, k], addAttrs, 'y')));
  const { module } = partitioned(
    before,
    accelerator(() => null, []),
  );
  expect(interpret(module, { x: input() }).outputs).toEqual(interpret(before, { x: input() }).outputs);
});
