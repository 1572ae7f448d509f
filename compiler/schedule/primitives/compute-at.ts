import { add, equal, evaluate, type Index, int, v } from '../../tir/index-expr.js';
import { type Block, type For, type Func, forLoop, loadsOf, type Stmt, type Store, seq } from '../../tir/node.js';
import { mapChildren, substStmt, walk } from '../../tir/visit.js';
import { findBlock, findLoop, loopsAmong, remove, replace } from '../find.js';
import { type Arg, type Primitive, refuse, textArg } from '../primitive.js';
import { accessesIn, type RegionDim, regionOf } from '../region.js';

/**
 * Moves a block into a loop of its consumer, computing per iteration just what that iteration uses.
 *
 *   block p { for y in 0..32 { a[y, ..] = .. } }            block c {
 *   block c {                                         =>      for y0 in 0..4 {
 *     for y0 in 0..4, y1 in 0..8 { .. a[8*y0 + y1, ..] }        block p { for y in 0..8 { a[8*y0 + y, ..] = .. } }
 *   }                                                           for y1 in 0..8 { .. a[8*y0 + y1, ..] }
 *
 * Needs: the block is one perfect nest whose left side is indexed by its own loops; nobody else reads the buffer later.
 */
export const computeAt: Primitive = {
  name: 'compute_at',
  args: 'block, loop',
  doc: 'the block is computed inside that loop, piece by piece',
  apply(func, args) {
    const producer = findBlock('compute_at', func, textArg(args, 0)).node;
    const target = findLoop('compute_at', func, textArg(args, 1));
    if (target.parents.includes(producer))
      refuse('compute_at', args, textArg(args, 1), 'the loop belongs to the block itself', "name a loop of the block's consumer");
    const { loops, store } = nestOf(producer, args);
    checkReaders(func, producer, store, target.node, args);
    const around = loopsAmong([...target.parents, target.node]);
    const uses = accessesIn(target.node.body, store.dst.buffer);
    const region = regionOf(uses, around, store.dst.index.length);
    if (typeof region === 'string')
      refuse('compute_at', args, textArg(args, 1), region, 'choose an outer loop, or make the instruction later');
    if (reduces(store)) checkPartition(loops, store, region, around, args);
    const moved = specialize(
      producer,
      loops,
      store,
      region,
      around.map((l) => l.name),
    );
    const made: For = { ...target.node, body: insert(target.node.body, moved, store) };
    return remove(replace(func, target.node, made), producer);
  },
};

const reduces = (s: Store): boolean => loadsOf(s.value).some((l) => l.buffer === s.dst.buffer);

function nestOf(block: Block, args: readonly Arg[]): { readonly loops: For[]; readonly store: Store } {
  const loops: For[] = [];
  let s: Stmt = block.body;
  for (; s.kind === 'for'; s = s.body) loops.push(s);
  if (s.kind !== 'store')
    refuse(
      'compute_at',
      args,
      block.name,
      'it is not one perfect nest around one assignment',
      'compute_at before cache_read and tensorize',
    );
  return { loops, store: s };
}

/** After the block, its buffer must be used, and what it reads be written, only inside the loop. */
function checkReaders(func: Func, producer: Block, store: Store, target: For, args: readonly Arg[]): void {
  const inputs = loadsOf(store.value).map((l) => l.buffer);
  let after = false;
  let inside = false;
  walk(func.body, (s, parents) => {
    if (s === producer) after = true;
    if (!after || parents.includes(producer) || s.kind === 'seq' || s.kind === 'for' || s.kind === 'alloc' || s.kind === 'block') return;
    const uses = accessesIn(s, store.dst.buffer).length > 0;
    if (parents.includes(target)) {
      inside ||= uses;
      return;
    }
    if (uses)
      refuse(
        'compute_at',
        args,
        args[1] as string,
        `${store.dst.buffer} is also used outside that loop`,
        'move those users into the loop first (last one first)',
      );
    const spoiled = inputs.find((b) => accessesIn(s, b).some((a) => a.write));
    if (spoiled !== undefined) {
      refuse(
        'compute_at',
        args,
        args[1] as string,
        `${spoiled}, which it reads, is overwritten before that loop`,
        'move the block that overwrites it into the loop first',
      );
    }
  });
  if (!inside)
    refuse(
      'compute_at',
      args,
      args[1] as string,
      `nothing after ${producer.name} uses ${store.dst.buffer} there`,
      'name the loop of a later block that uses it',
    );
}

/** A block that accumulates must be computed exactly once per element: the pieces of all iterations must add up to the whole. */
function checkPartition(
  loops: readonly For[],
  store: Store,
  region: readonly RegionDim[],
  around: readonly For[],
  args: readonly Arg[],
): void {
  const whole = store.dst.index.reduce((n, i) => n * evaluate(extentOf(loops, i), () => 0), 1);
  const env = new Map<string, number>();
  const get = (name: string) => env.get(name) ?? 0;
  const sum = (depth: number): number => {
    if (depth === around.length) return region.reduce((n, r) => n * evaluate(r.extent, get), 1);
    let total = 0;
    const extent = evaluate(around[depth].extent, get);
    for (let i = 0; i < extent; i++) {
      env.set(around[depth].name, i);
      total += sum(depth + 1);
    }
    return total;
  };
  if (sum(0) !== whole) {
    refuse(
      'compute_at',
      args,
      args[1] as string,
      'iterations of the loop would accumulate some elements twice',
      'choose a loop whose iterations use disjoint pieces',
    );
  }
}

const extentOf = (loops: readonly For[], index: Index): Index => loops.find((l) => equal(index, v(l.name)))?.extent ?? int(1);

/** The block's nest over the region instead of the whole buffer. */
function specialize(block: Block, loops: readonly For[], store: Store, region: readonly RegionDim[], taken: readonly string[]): Block {
  const fresh = (name: string): string => (taken.includes(name) ? fresh(`${name}_`) : name);
  const made = loops.map((l) => {
    const name = fresh(l.name);
    const d = store.dst.index.findIndex((i) => equal(i, v(l.name)));
    return { old: l, name, extent: d < 0 ? l.extent : region[d].extent, value: d < 0 ? v(name) : add(region[d].base, v(name)) };
  });
  const inner = substStmt(store, (n) => made.find((m) => m.old.name === n)?.value);
  return { ...block, body: made.reduceRight<Stmt>((body, m) => forLoop(m.name, m.extent, body, m.old.annot), inner) };
}

/** Puts the block before the first statement that uses what it writes, or overwrites what it reads. */
function insert(body: Stmt, block: Block, store: Store): Stmt {
  if (body.kind === 'alloc') return mapChildren(body, (c) => insert(c, block, store));
  const stmts = body.kind === 'seq' ? body.body : [body];
  const inputs = loadsOf(store.value).map((l) => l.buffer);
  const at = stmts.findIndex(
    (s) => accessesIn(s, store.dst.buffer).length > 0 || inputs.some((b) => accessesIn(s, b).some((a) => a.write)),
  );
  return seq([...stmts.slice(0, at), block, ...stmts.slice(at)]);
}
