import { add, int, isConst, scale, v, varsOf } from '../../tir/index-expr.js';
import { type Alloc, type Block, type Buffer, type For, type Func, nest, type Stmt, seq } from '../../tir/node.js';
import { mapAccesses, mapChildren, substStmt } from '../../tir/visit.js';
import { blockNames, findBuffer, findLoopOrBlock, loopsAmong, replace } from '../find.js';
import { fresh, freshBlock, freshBuffer } from '../names.js';
import { type Primitive, refuse, textArg } from '../primitive.js';
import { accessesIn, type RegionDim, rebase, regionOf } from '../region.js';
import { scopeArg } from './set-scope.js';

/**
 * Copies what a loop body reads of a buffer into a scratchpad at the start of the body. Rows that a strided reader skips
 * are not copied (but within a row everything is, for long bursts).
 *
 *   for y in 0..4 { .. in[8*y + i, b, c] .. }
 *   =>
 *   for y in 0..4 {
 *     alloc in_inp: i8[8, 1, 16] @inp
 *     block load_in { for i0 in 0..8, l0 in 0..1, l1 in 0..16 { in_inp[i0, l0, l1] = in[8*y + i0, l0, l1] } }
 *     .. in_inp[i, b, c] ..
 */
export const cacheRead: Primitive = {
  name: 'cache_read',
  args: 'buffer, memory, loop or block or root',
  doc: 'what the loop body reads is first copied into a scratchpad, by a new block load_BUFFER',
  apply(func, args) {
    const buffer = findBuffer('cache_read', func, textArg(args, 0));
    const scope = scopeArg(args, 1);
    const place = placeOf(func, textArg(args, 2));
    const reader = settleUnitLoops(place.body, spatialVars(place.body, buffer.name));
    const accesses = accessesIn(reader, buffer.name);
    if (accesses.length === 0)
      refuse('cache_read', args, textArg(args, 2), `nothing there reads ${buffer.name}`, 'name the loop around the reader');
    if (accesses.some((a) => a.write))
      refuse('cache_read', args, textArg(args, 2), `${buffer.name} is written there`, 'cache buffers that are only read');
    const tile = buffer.shape.length - 2;
    const region = regionOf(accesses, place.loops, tile, (d) => d < tile - 1);
    if (typeof region === 'string') refuse('cache_read', args, textArg(args, 2), region, 'place the copy at another loop');
    const cached = {
      ...buffer,
      name: freshBuffer(func, `${buffer.name}_${scope}`),
      scope,
      shape: [...region.map((r) => r.maxExtent), ...buffer.shape.slice(tile)],
    };
    const body = mapAccesses(reader, (a) => (a.buffer === buffer.name ? rebase(a, cached.name, region) : a));
    const alloc: Alloc = {
      kind: 'alloc',
      buffer: cached,
      copies: 1,
      body: seq([copyBlock(freshBlock(func, `load_${buffer.name}`), buffer, cached.name, region, place.loops), body]),
    };
    return place.put(alloc);
  },
};

/** Uses 0 for the variables in `names` whose loops run once, so that indices divide evenly by the step of a region. */
function settleUnitLoops(s: Stmt, names: ReadonlySet<string>): Stmt {
  const inner = mapChildren(s, (c) => settleUnitLoops(c, names));
  if (inner.kind !== 'for' || !names.has(inner.name) || !isConst(inner.extent) || inner.extent.constant !== 1) return inner;
  return { ...inner, body: substStmt(inner.body, (n) => (n === inner.name ? int(0) : undefined)) };
}

/** Variables of the indices before the tile dimensions. */
const spatialVars = (s: Stmt, buffer: string): ReadonlySet<string> =>
  new Set(accessesIn(s, buffer).flatMap((a) => a.access.index.slice(0, -2).flatMap((i) => [...varsOf(i)])));

interface Place {
  readonly body: Stmt;
  readonly loops: ReturnType<typeof loopsAmong>;
  readonly put: (body: Stmt) => Func;
}

function placeOf(func: Func, name: string): Place {
  const root: Place = { body: func.body, loops: [], put: (body) => ({ ...func, body }) };
  if (name === 'root' && !blockNames(func).includes(name)) return root;
  const { node, parents } = findLoopOrBlock('cache_read', func, name);
  const around = loopsAmong(node.kind === 'for' ? [...parents, node] : parents);
  return { body: node.body, loops: around, put: (body) => replace(func, node, { ...node, body }) };
}

/** Copies a region; its loops are i0, i1, .. over tiles and l0, l1 over lanes. */
function copyBlock(name: string, from: Buffer, to: string, region: readonly RegionDim[], around: readonly For[]): Block {
  const taken = new Set(around.map((l) => l.name));
  const loop = (base: string): string => {
    const made = fresh(base, taken);
    taken.add(made);
    return made;
  };
  const names = region.map((_, d) => loop(`i${d}`));
  const lanes = from.shape.slice(region.length);
  const laneNames = lanes.map((_, d) => loop(`l${d}`));
  const lane = laneNames.map(v);
  const loops = [...region.map((r, d) => [names[d], r.extent] as const), ...lanes.map((n, d) => [laneNames[d], int(n)] as const)];
  const source = region.map((r, d) => add(r.base, scale(v(names[d]), r.step)));
  const body = nest(loops, {
    kind: 'store',
    dst: { buffer: to, index: [...names.map(v), ...lane] },
    value: { kind: 'load', from: { buffer: from.name, index: [...source, ...lane] } },
  });
  return { kind: 'block', name, annot: {}, body };
}
