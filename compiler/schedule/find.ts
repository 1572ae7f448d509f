import { fail, nearest } from '#isa/diag/diagnostic';
import { scheduleMessages as M } from './messages.js';
import type { Alloc, Block, For, Func, Stmt } from '../tir/node.js';
import { seq } from '../tir/node.js';
import { buffersOf, mapChildren, walk } from '../tir/visit.js';

/** A node with the statements around it, outermost first. */
export interface Found<T extends Stmt> {
  readonly node: T;
  readonly parents: readonly Stmt[];
}

function unknown(primitive: string, kind: string, name: string, known: readonly string[]): never {
  const near = nearest(name, known);
  fail(M.VTA2301, { primitive, kind, name, hint: near === null ? '' : ` (did you mean ${near}?)`, known: known.join(', ') || 'none' });
}

export function blocksOf(func: Func): Found<Block>[] {
  const out: Found<Block>[] = [];
  walk(func.body, (s, parents) => {
    if (s.kind === 'block') out.push({ node: s, parents });
  });
  return out;
}

export const blockNames = (func: Func): string[] => blocksOf(func).map((b) => b.node.name);

/** The one node of a name. @throws VtaError VTA2301 where there is none, VTA2304 where there are several */
function only<T>(primitive: string, kind: string, name: string, found: readonly T[], known: readonly string[]): T {
  if (found.length === 0) unknown(primitive, kind, name, known);
  if (found.length > 1) fail(M.VTA2304, { primitive, name, count: found.length, kinds: `${kind}s` });
  return found[0];
}

export function findBlock(primitive: string, func: Func, name: string): Found<Block> {
  const found = blocksOf(func).filter((b) => b.node.name === name);
  return only(primitive, 'block', name, found, blockNames(func));
}

/** Loops by `block.loop`, or `loop` outside of blocks: the block is the innermost one around the loop. */
export function loopsOf(func: Func): Map<string, Found<For>[]> {
  const out = new Map<string, Found<For>[]>();
  walk(func.body, (s, parents) => {
    if (s.kind !== 'for') return;
    const block = parents.findLast((p) => p.kind === 'block');
    const name = block?.kind === 'block' ? `${block.name}.${s.name}` : s.name;
    out.set(name, [...(out.get(name) ?? []), { node: s, parents }]);
  });
  return out;
}

export function findLoop(primitive: string, func: Func, name: string): Found<For> {
  const loops = loopsOf(func);
  return only(primitive, 'loop', name, loops.get(name) ?? [], [...loops.keys()]);
}

/** What an argument that may be either names. */
export function findLoopOrBlock(primitive: string, func: Func, name: string): Found<For | Block> {
  const loops = loopsOf(func);
  const found = [...(loops.get(name) ?? []), ...blocksOf(func).filter((b) => b.node.name === name)];
  return only<Found<For | Block>>(primitive, 'loop or block', name, found, [...loops.keys(), ...blockNames(func)]);
}

export function findAlloc(primitive: string, func: Func, name: string): Found<Alloc> {
  let found: Found<Alloc> | null = null;
  const names: string[] = [];
  walk(func.body, (s, parents) => {
    if (s.kind !== 'alloc') return;
    names.push(s.buffer.name);
    if (s.buffer.name === name) found = { node: s, parents };
  });
  return found ?? unknown(primitive, 'allocated buffer', name, names);
}

export function findBuffer(primitive: string, func: Func, name: string) {
  const buffers = buffersOf(func);
  return buffers.get(name) ?? unknown(primitive, 'buffer', name, [...buffers.keys()]);
}

/** Replaces one node of the function. */
export function replace(func: Func, old: Stmt, made: Stmt): Func {
  const go = (s: Stmt): Stmt => (s === old ? made : mapChildren(s, go));
  return { ...func, body: go(func.body) };
}

/** Takes a statement out of its sequence. */
export const remove = (func: Func, old: Stmt): Func => replace(func, old, seq([]));

/** The loops among statements, outermost first. */
export const loopsAmong = (stmts: readonly Stmt[]): For[] => stmts.filter((s): s is For => s.kind === 'for');
