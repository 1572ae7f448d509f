import { fail } from '#isa/diag/diagnostic';
import { scheduleMessages as M } from '../messages.js';
import { type Alloc, type For, type Func, SCOPES, type Scope, type Stmt } from '../../tir/node.js';
import { mapAccesses, mapChildren } from '../../tir/visit.js';
import { findAlloc, loopsAmong, replace } from '../find.js';
import { type Arg, type Primitive, refuse, textArg } from '../primitive.js';
import { accessesIn, rebase, regionOf } from '../region.js';

/**
 * Moves an allocated buffer into a scratchpad. The allocation sinks into the innermost loop that contains all its
 * accesses and shrinks to the region accessed there.
 *
 *   alloc a: i32[32, 1, 16]                       for y in 0..4 {
 *   for y in 0..4 {                          =>     alloc a: i32[8, 1, 16] @acc
 *     for i in 0..8 { a[8*y + i, ..] = ... }          for i in 0..8 { a[i, ..] = ... }
 */
export const setScope: Primitive = {
  name: 'set_scope',
  args: 'buffer, memory',
  doc: 'an intermediate buffer lives in a scratchpad, as small as its users allow',
  apply(func, args) {
    const scope = scopeArg(args, 1);
    const found = findAlloc('set_scope', func, textArg(args, 0));
    return sink(func, found.node, loopsAmong(found.parents), scope, args);
  },
};

export function scopeArg(args: readonly Arg[], i: number): Exclude<Scope, 'dram'> {
  const scope = SCOPES.find((s) => s === args[i]);
  if (scope === undefined || scope === 'dram') {
    fail(M.VTA2301, { primitive: 'set_scope', kind: 'scratchpad', name: textArg(args, i), hint: '', known: SCOPES.slice(1).join(', ') });
  }
  return scope;
}

/** The innermost loop below `s` that holds every access, with the loops on the way. */
function innermost(s: Stmt, buffer: string, path: readonly For[]): readonly For[] {
  const holders = (s.kind === 'seq' ? s.body : s.kind === 'for' || s.kind === 'alloc' || s.kind === 'block' ? [s.body] : []).filter(
    (c) => accessesIn(c, buffer).length > 0,
  );
  if (holders.length !== 1) return path;
  const inner = holders[0];
  // a nest around a single statement is where the buffer is used, not where it lives
  if (inner.kind === 'for' && isNest(inner)) return path;
  return innermost(inner, buffer, inner.kind === 'for' ? [...path, inner] : path);
}

const isNest = (s: Stmt): boolean => (s.kind === 'for' ? isNest(s.body) : s.kind !== 'seq' && s.kind !== 'alloc' && s.kind !== 'block');

function sink(func: Func, alloc: Alloc, around: readonly For[], scope: Exclude<Scope, 'dram'>, args: readonly Arg[]): Func {
  const name = alloc.buffer.name;
  const path = innermost(alloc.body, name, alloc.body.kind === 'for' && !isNest(alloc.body) ? [alloc.body] : []);
  const home: Stmt = path.length === 0 ? alloc.body : path[path.length - 1].body;
  const accesses = accessesIn(home, name);
  if (accesses.length === 0) refuse('set_scope', args, name, 'nothing uses the buffer', 'remove its allocation');
  if (!accesses[0].write || accesses.some((a) => a.stmt === accesses[0].stmt && !a.write)) {
    refuse(
      'set_scope',
      args,
      name,
      'its first use inside the loop reads what an earlier iteration wrote',
      'move the block that writes it inside (compute_at)',
    );
  }
  const tile = alloc.buffer.shape.length - 2;
  const region = regionOf(accesses, [...around, ...path], tile);
  if (typeof region === 'string') refuse('set_scope', args, name, region, 'keep the buffer outside that loop');
  const lanes = alloc.buffer.shape.slice(tile);
  const shape = [...region.map((r) => r.maxExtent), ...lanes];
  const body = mapAccesses(home, (a) => (a.buffer === name ? rebase(a, name, region) : a));
  const placed: Alloc = { ...alloc, buffer: { ...alloc.buffer, shape, scope }, body };
  const inner = path.length === 0 ? placed : swap(alloc.body, home, placed);
  return replace(func, alloc, inner);
}

const swap = (s: Stmt, old: Stmt, made: Stmt): Stmt => (s === old ? made : mapChildren(s, (c) => swap(c, old, made)));
