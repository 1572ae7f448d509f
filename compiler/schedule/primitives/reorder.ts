import { varsOf } from '../../tir/index-expr.js';
import { accessesOf, type For, type Stmt } from '../../tir/node.js';
import { printAccess } from '../../tir/print.js';
import { findLoop, replace } from '../find.js';
import { type Arg, type Primitive, refuse, textArg } from '../primitive.js';

/**
 * Puts perfectly nested loops into the given order; loops of the nest that are not named keep their places.
 *
 *   for x in 0..4, y in 0..8 { s }   =>   for y in 0..8, x in 0..4 { s }
 *
 * Needs: one statement inside, whose iterations may run in any order: it writes different places, or adds to the same.
 */
export const reorder: Primitive = {
  name: 'reorder',
  args: 'loop...',
  doc: 'perfectly nested loops in the order given, the first outermost',
  apply(func, args) {
    const wanted = args.map((_, i) => findLoop('reorder', func, textArg(args, i)).node);
    const found = wanted.map((w) => findLoop('reorder', func, textArg(args, wanted.indexOf(w))));
    const top = found.reduce((a, b) => (a.parents.length <= b.parents.length ? a : b)).node;
    const chain = chainFrom(top, wanted, args);
    checkStatement(chain[chain.length - 1].body, args);
    let next = 0;
    const order = chain.map((l) => (wanted.includes(l) ? wanted[next++] : l));
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

function checkStatement(body: Stmt, args: readonly Arg[]): void {
  let s = body;
  while (s.kind === 'for') s = s.body;
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
  const other = reads.find((r) => r.buffer === writes[0].buffer && printAccess(r) !== printAccess(writes[0]));
  if (other !== undefined) {
    refuse(
      'reorder',
      args,
      printAccess(other),
      'the statement reads other elements of the buffer it writes',
      'keep the order of these loops',
    );
  }
}
