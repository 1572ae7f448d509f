import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, call, func, graphModule, project, variable } from './build.js';
import { graphDifference } from './equal.js';
import { interpret } from './interpret.js';
import { macsOf } from './lower-host.js';
import type { GraphModule, NamedNode, ValueNode } from './node.js';
import { type TensorType, perTensor, tensorType } from './types.js';
import { inline, mapGraph, mapModule, outline } from './rewrite.js';
import { dice, randomGraph, randomTensor } from './testing/random-graph.js';
import { verifyGraph } from './verify.js';
import { freshNames, functionsOf, namesOf, operands, postOrder, usersOf } from './visit.js';

const seeds = fc.integer({ min: 0, max: 1e9 });
const input = (m: GraphModule, seed: number) => ({ x: randomTensor(m.main.params[0].type, seed) });
const result = (m: GraphModule, seed: number) => interpret(m, input(m, seed)).outputs.map((t) => Array.from(t.data));

/** Puts a random run of consecutive calls into a function of its own. */
function outlined(module: GraphModule, seed: number): GraphModule {
  const roll = dice(seed);
  const calls = postOrder(module.main.body).filter((n): n is NamedNode => n.kind === 'call');
  const start = roll(calls.length);
  const region = new Set<ValueNode>(calls.slice(start, start + 1 + roll(4)));
  const users = usersOf(module.main);
  const outputs = [...region].filter((n) => n === module.main.body || users.get(n)?.some((u) => !region.has(u)));
  const { fn, args } = outline(region, outputs, 'region', { compiler: 'vta' });
  const made = new Map<ValueNode, ValueNode>();
  const main = mapGraph(module.main, (node, original) => {
    const k = outputs.indexOf(original as NamedNode);
    if (k < 0) return node;
    // all operands of the region are computed before its first output, since the region is a run of the post-order
    const inner = [...made.entries()].find(([from]) => from === fn.body)?.[1];
    const call =
      inner ??
      apply(
        fn,
        args.map((a) => made.get(a) ?? a),
        'region_call',
      );
    made.set(fn.body, call);
    const value = outputs.length === 1 ? call : project(call, k, `out_${k}`);
    made.set(original, value);
    return value;
  });
  return graphModule(module.label, main);
}

test('post-order: each node once, operands first; users are the inverse of operands', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { main } = randomGraph(seed);
      const order = postOrder(main.body);
      expect(new Set(order).size).toBe(order.length);
      const users = usersOf(main);
      order.forEach((node, i) => {
        for (const o of operands(node)) expect(order.indexOf(o)).toBeLessThan(i);
        for (const u of users.get(node) ?? []) expect(operands(u)).toContain(node);
      });
      const edges = order.reduce((n, node) => n + operands(node).length, 0);
      expect([...users.values()].reduce((n, u) => n + u.length, 0)).toBe(edges);
    }),
    { seed: 41, numRuns: 30 },
  );
});

test('a chain of 20000 nodes is walked, rewritten and verified without recursion', () => {
  const type = tensorType('int8', [1], perTensor(1, 0));
  const x = variable('x', type);
  let value: ValueNode = x;
  for (let i = 0; i < 20000; i++) value = call('relu', [value], { clamp: [0, 127] }, `relu_${i}`);
  const module = graphModule('deep', func('main', [x], value));
  verifyGraph(module);
  const clamped = mapGraph(module.main, (n) =>
    n.kind === 'call' && n.op === 'relu' ? call('relu', n.args, { clamp: [1, 5] }, n.name) : n,
  );
  expect(result(graphModule('deep', clamped), 1)[0][0]).toBeGreaterThanOrEqual(1);
});

test('mapping with nothing to change returns the same objects', () => {
  const module = randomGraph(7);
  expect(mapGraph(module.main, (n) => n)).toBe(module.main);
  expect(mapModule(module, (f) => f)).toBe(module);
});

test('outlining a region does not change the meaning; inlining gives the graph back', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const module = randomGraph(seed);
      const split = outlined(module, seed + 1);
      verifyGraph(split);
      expect(functionsOf(split).map((f) => f.name)).toEqual(['region', 'main']);
      const applied = postOrder(split.main.body).filter((n) => n.kind === 'apply');
      expect(applied.length).toBe(1);
      expect(applied.flatMap(operands).every((o) => o.kind !== 'constant')).toBe(true);
      expect(result(split, seed)).toEqual(result(module, seed));
      const joined = mapGraph(split.main, (n) => (n.kind === 'apply' ? inline(n) : n));
      // a tuple of several results remains as projections of a tuple node
      expect(result(graphModule('joined', joined), seed)).toEqual(result(module, seed));
      expect(functionsOf(joined)).toEqual([joined]);
    }),
    { seed: 42, numRuns: 60 },
  );
});

test('mapModule rewrites callees and points their callers at the new ones', () => {
  const split = outlined(randomGraph(11), 3);
  const renamed = mapModule(split, (f) => (f.name === 'region' ? func('renamed', f.params, f.body, { ...f.attrs, id: 1 }) : f));
  expect(functionsOf(renamed).map((f) => f.name)).toEqual(['renamed', 'main']);
  expect(graphDifference(split, renamed)).toMatch(/functions/);
  expect(result(renamed, 5)).toEqual(result(split, 5));
});

test('fresh names avoid those that are taken', () => {
  const { main } = randomGraph(3);
  const fresh = freshNames(namesOf(main).keys());
  expect([fresh('x'), fresh('x'), freshNames(['a_0', 'a_1'])('a')]).toEqual(['x_0', 'x_1', 'a_2']);
});

test('multiply-accumulates count every tap', () => {
  const module = randomGraph(1, 30);
  const convs = postOrder(module.main.body).filter((n) => n.kind === 'call' && n.op === 'conv2d');
  expect(convs.length).toBeGreaterThan(0);
  for (const n of convs) {
    if (n.kind !== 'call') continue;
    const [, kh, kw, inC] = (n.args[1].type as TensorType).shape;
    const [, h, w, outC] = n.type.shape;
    expect(macsOf(n)).toBe(h * w * outC * kh * kw * inC);
  }
});
