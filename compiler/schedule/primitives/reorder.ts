import { varsOf } from '../../tir/index-expr.js';
import { accessesOf, type Buffer, type For, loadsOf, type Stmt, type Store, type Tensor, type Value } from '../../tir/node.js';
import { printAccess, printStmt } from '../../tir/print.js';
import { buffersOf } from '../../tir/visit.js';
import { determined } from '../determined.js';
import { findLoop, loopsAmong, replace } from '../find.js';
import { type Arg, type Primitive, refuse, textArg } from '../primitive.js';

/**
 * Puts perfectly nested loops into the given order; loops of the nest that are not named keep their places.
 *
 *   for x in 0..4, y in 0..8 { s }   =>   for y in 0..8, x in 0..4 { s }
 *
 * Needs: one statement inside. Two rounds that write the same element keep their order, or their order does not matter
 * (addition, multiplication, minimum, maximum; or the same value).
 */
export const reorder: Primitive = {
  name: 'reorder',
  args: 'loop...',
  doc: 'perfectly nested loops in the order given, the first outermost',
  apply(func, args) {
    const found = args.map((_, i) => findLoop('reorder', func, textArg(args, i)));
    const wanted = found.map((f) => f.node);
    const twice = wanted.find((w, i) => wanted.indexOf(w) < i);
    if (twice !== undefined) refuse('reorder', args, twice.name, 'it is named twice', 'name every loop once');
    const top = found.reduce((a, b) => (a.parents.length <= b.parents.length ? a : b)).node;
    const chain = chainFrom(top, wanted, args);
    let next = 0;
    const order = chain.map((l) => (wanted.includes(l) ? wanted[next++] : l));
    const around = loopsAmong(found[wanted.indexOf(top)].parents);
    checkStatement({ chain, order, around, buffers: buffersOf(func) }, args);
    order.forEach((l, i) => {
      const needs = varsOf(l.extent);
      const later = order.slice(i).find((o) => needs.has(o.name));
      if (later !== undefined) {
        refuse(
          'reorder',
          args,
          l.name,
          `its extent depends on ${later.name}, which would be inside it`,
          `keep ${later.name} outside ${l.name}`,
        );
      }
    });
    const body = order.reduceRight<Stmt>((inner, l) => ({ ...l, body: inner }), chain[chain.length - 1].body);
    return replace(func, top, body);
  },
};

/** The loops from `top` to the innermost wanted one. */
function chainFrom(top: For, wanted: readonly For[], args: readonly Arg[]): For[] {
  const chain: For[] = [];
  let missing = wanted.length;
  for (let at: Stmt = top; missing > 0; at = at.body) {
    if (at.kind !== 'for') {
      const inside = wanted.filter((w) => !chain.includes(w)).map((w) => w.name);
      refuse(
        'reorder',
        args,
        inside.join(', '),
        'the loops are not perfectly nested: other statements lie between them',
        'reorder before other blocks are moved in',
      );
    }
    chain.push(at);
    if (wanted.includes(at)) missing--;
  }
  return chain;
}

interface Change {
  /** The loops before and after, from the outermost that moves to the innermost. */
  readonly chain: readonly For[];
  readonly order: readonly For[];
  readonly around: readonly For[];
  readonly buffers: ReadonlyMap<string, Buffer>;
}

function checkStatement(change: Change, args: readonly Arg[]): void {
  const loops = [...change.chain];
  let s = loops[loops.length - 1].body;
  for (; s.kind === 'for'; s = s.body) loops.push(s);
  if (s.kind === 'seq' || s.kind === 'alloc' || s.kind === 'block') {
    refuse(
      'reorder',
      args,
      'the loop body',
      'it holds more than one statement, whose order would change',
      'reorder before other blocks are moved in',
    );
  }
  const { writes, reads } = accessesOf(s);
  const [dst] = writes;
  const other = reads.find((r) => r.buffer === dst.buffer && printAccess(r) !== printAccess(dst));
  if (other !== undefined) {
    refuse(
      'reorder',
      args,
      printAccess(other),
      'the statement reads other elements of the buffer it writes',
      'keep the order of these loops',
    );
  }
  const told = determined(dst.index, loops, change.around);
  const open = (list: readonly For[]) => list.filter((l) => !told.has(l.name)).map((l) => l.name);
  const [before, after] = [open(change.chain), open(change.order)];
  if (before.join() === after.join() || accumulates(s, change.buffers.get(dst.buffer) as Buffer)) return;
  if (writesTheSame(s, told, loops)) return;
  refuse(
    'reorder',
    args,
    `"${printStmt(s).trim()}"`,
    `it writes an element several times, and the last value depends on the order of ${before.join(', ')}`,
    `keep ${before.join(', ')} in this order`,
  );
}

const COMMUTES: readonly string[] = ['add', 'mul', 'min', 'max'];
/** What 8 bits keep of a sum or product does not depend on when the others are dropped; of a minimum it does. */
const COMMUTES_IN_8_BITS: readonly string[] = ['add', 'mul'];

/** Does the statement combine an element with other values so that their order does not matter? */
function accumulates(s: Store | Tensor, buffer: Buffer): boolean {
  const ops = buffer.dtype === 'i8' ? COMMUTES_IN_8_BITS : COMMUTES;
  const { dst } = s;
  switch (s.kind) {
    case 'gemm':
      return true;
    case 'alu':
      return ops.includes(s.op.toLowerCase()) && (typeof s.src === 'number' || s.src.buffer !== dst.buffer);
    case 'store': {
      if (s.value.kind !== 'bin' || !ops.includes(s.value.op)) return false;
      const own = (x: Value) => x.kind === 'load' && x.from.buffer === dst.buffer;
      const apart = (x: Value) => loadsOf(x).every((l) => l.buffer !== dst.buffer);
      return (own(s.value.a) && apart(s.value.b)) || (own(s.value.b) && apart(s.value.a));
    }
    default:
      return false;
  }
}

/** Is what is written to an element the same in every round? */
function writesTheSame(s: Store | Tensor, told: ReadonlySet<string>, loops: readonly For[]): boolean {
  const { writes, reads } = accessesOf(s);
  const inner = new Set(loops.map((l) => l.name));
  return reads.every(
    (r) => r.buffer !== writes[0].buffer && r.index.every((i) => [...varsOf(i)].every((n) => told.has(n) || !inner.has(n))),
  );
}
