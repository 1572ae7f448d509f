import { equal, int, type Index, v } from '../../tir/index-expr.js';
import type { Access, Block, Buffer, For, Func, Stmt, Store, Tensor, Value } from '../../tir/node.js';
import { printAccess, printStmt } from '../../tir/print.js';
import { buffersOf, mapChildren } from '../../tir/visit.js';
import { findBlock, replace } from '../find.js';
import { type Arg, type Primitive, refuse, textArg } from '../primitive.js';

/** Tensor statements that lane loops can become. */
export const INTRINSICS = ['gemm', 'reset', 'alu', 'dma'] as const;
type Intrinsic = (typeof INTRINSICS)[number];

const PATTERNS: Readonly<Record<Intrinsic, string>> = {
  gemm: 'a[.., b, c] = a[.., b, c] + x[.., b, k] * w[.., c, k] inside loops b, c, k over whole tiles',
  reset: 'a[.., b, c] = 0 inside loops b, c over a whole tile',
  alu: 'a[.., b, c] = op(a[.., b, c], other[.., b, c] or constant), or = 0, inside loops b, c over a whole tile',
  dma: 'x[.., b, c] = y[.., b, c] inside loops b, c over a whole tile',
};

/**
 * Replaces the lane loops of a block's assignment by one tensor statement.
 *
 *   for b in 0..1, c in 0..16, k in 0..16 { a[y, b, c] = a[y, b, c] + x[y, b, k] * w[c, k] }   =>   gemm a[y], x[y], w[]
 */
export const tensorize: Primitive = {
  name: 'tensorize',
  args: `block, ${INTRINSICS.join(' | ')}`,
  doc: 'the innermost loops over the lanes of tiles become one tensor statement',
  keepsPipeline: true,
  apply(func, args) {
    const block = findBlock('tensorize', func, textArg(args, 0)).node;
    const which = INTRINSICS.find((i) => i === args[1]);
    if (which === undefined) refuse('tensorize', args, block.name, `there is no intrinsic ${args[1]}`, `use ${INTRINSICS.join(', ')}`);
    const made = rewrite(block, block, (loops, store) => match(which, loops, store, func, args));
    if (made === block) refuse('tensorize', args, block.name, 'it contains no assignment to lanes', 'name the block of the assignment');
    return replace(func, block, made);
  },
};

type Rewriter = (lanes: readonly For[], store: Store) => Tensor;

/** Finds the assignment of `block` (not of blocks inside it) and rewrites it with its innermost lane loops. */
function rewrite(s: Stmt, block: Block, f: Rewriter): Stmt {
  if (s.kind === 'block' && s !== block) return s;
  if (s.kind === 'for') {
    const loops: For[] = [];
    let inner: Stmt = s;
    for (; inner.kind === 'for'; inner = inner.body) loops.push(inner);
    if (inner.kind === 'store') {
      const used = laneVars(inner);
      const first = loops.findIndex((_, i) => loops.slice(i).every((l) => used.has(l.name)));
      const lanes = first < 0 ? [] : loops.slice(first);
      const outer = first < 0 ? loops : loops.slice(0, first);
      return outer.reduceRight<Stmt>((body, l) => ({ ...l, body }), f(lanes, inner));
    }
  }
  return s.kind === 'store' ? f([], s) : mapChildren(s, (c) => rewrite(c, block, f));
}

/** Variables that index a tile dimension on their own. */
function laneVars(store: Store): Set<string> {
  const out = new Set<string>();
  const see = (a: Access) => {
    for (const i of a.index.slice(-2)) if (i.terms.length === 1 && i.terms[0].atom.kind === 'var') out.add(i.terms[0].atom.name);
  };
  see(store.dst);
  const loads = (x: Value): void => {
    if (x.kind === 'load') see(x.from);
    else if (x.kind === 'bin') [x.a, x.b].forEach(loads);
    else if (x.kind === 'rq') [x.acc, x.scale].forEach(loads);
  };
  loads(store.value);
  return out;
}

function match(which: Intrinsic, lanes: readonly For[], store: Store, func: Func, args: readonly Arg[]): Tensor {
  const buffers = buffersOf(func);
  const no = (why: string): never =>
    refuse(
      'tensorize',
      args,
      `"${printStmt(store).trim()}"`,
      `${why}; ${which} needs ${PATTERNS[which]}`,
      'bring the block into that form (reorder, split)',
    );
  const lane = (a: Access, d: number): string => {
    const i = a.index[a.index.length - 2 + d];
    const name = i.terms.length === 1 && i.terms[0].atom.kind === 'var' ? i.terms[0].atom.name : '';
    const loop = lanes.find((l) => l.name === name);
    const size = (buffers.get(a.buffer) as Buffer).shape.at(-2 + d) as number;
    if (size === 1 && equal(i, int(0))) return '';
    if (loop === undefined || !equal(i, v(name))) return no(`${printAccess(a)} is not indexed by a lane loop`);
    if (!equal(loop.extent, int(size))) return no(`the loop ${name} does not cover the ${size} lanes of ${a.buffer}`);
    return name;
  };
  const lanesOf = (a: Access) => `${lane(a, 0)},${lane(a, 1)}`;
  const tile = (a: Access): Access => ({ buffer: a.buffer, index: a.index.slice(0, -2) as Index[] });
  const { dst, value } = store;
  const same = (a: Access) => printAccess(a) === printAccess(dst);
  if (which === 'gemm') return gemm(store, { lane, tile, same, no });
  lanesOf(dst);
  if (which === 'reset') return value.kind === 'const' && value.value === 0 ? { kind: 'reset', dst: tile(dst) } : no('it does not write 0');
  if (which === 'dma') {
    if (value.kind !== 'load') return no('it is not a copy');
    return lanesOf(value.from) === lanesOf(dst) ? { kind: 'dma', dst: tile(dst), src: tile(value.from) } : no('the lanes are permuted');
  }
  return vector(store, { same, no, tile: (a) => (lanesOf(a) === lanesOf(dst) ? tile(a) : no('the lanes are permuted')) });
}

interface Checks {
  readonly tile: (a: Access) => Access;
  readonly same: (a: Access) => boolean;
  readonly no: (why: string) => never;
}

function gemm({ dst, value }: Store, c: Checks & { readonly lane: (a: Access, d: number) => string }): Tensor {
  if (value.kind !== 'bin' || value.op !== 'add' || value.a.kind !== 'load' || !c.same(value.a.from)) return c.no('it does not accumulate');
  const product = value.b;
  if (product.kind !== 'bin' || product.op !== 'mul' || product.a.kind !== 'load' || product.b.kind !== 'load')
    return c.no('it does not add a product of two elements');
  const [x, w] = [product.a.from, product.b.from];
  const batch = c.lane(dst, 0);
  const out = c.lane(dst, 1);
  if (c.lane(x, 0) !== batch || c.lane(w, 0) !== out || c.lane(x, 1) !== c.lane(w, 1))
    return c.no('the lanes do not form a matrix product');
  return { kind: 'gemm', dst: c.tile(dst), src: c.tile(x), wgt: c.tile(w) };
}

function vector({ dst, value }: Store, c: Checks): Tensor {
  const to = c.tile(dst);
  if (value.kind === 'const' && value.value === 0) return { kind: 'alu', op: 'MUL', dst: to, src: 0, rq: null };
  if (value.kind === 'rq') {
    if (value.acc.kind !== 'load' || !c.same(value.acc.from) || value.scale.kind !== 'load')
      return c.no('rq must work on the element it writes');
    return { kind: 'alu', op: 'RQ', dst: to, src: c.tile(value.scale.from), rq: value.params };
  }
  if (value.kind !== 'bin' || value.a.kind !== 'load' || !c.same(value.a.from))
    return c.no('the first operand is not the element it writes');
  const op = value.op.toUpperCase() as 'ADD' | 'MUL' | 'MIN' | 'MAX' | 'SHR';
  if (value.b.kind === 'const') return { kind: 'alu', op, dst: to, src: value.b.value, rq: null };
  return value.b.kind === 'load'
    ? { kind: 'alu', op, dst: to, src: c.tile(value.b.from), rq: null }
    : c.no('the second operand is neither an element nor a constant');
}
