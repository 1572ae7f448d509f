/** Names that primitives make: never one that the program uses already where both could be meant. */
import type { Func, Stmt } from '../tir/node.js';
import { buffersOf, walk } from '../tir/visit.js';
import { blockNames } from './find.js';

/** `base`, or `base_2`, `base_3`, .. where it is taken. */
export function fresh(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  return name;
}

export const freshBuffer = (func: Func, base: string): string => fresh(base, new Set(buffersOf(func).keys()));

/** The place `root` of cache_read is no block. */
export const freshBlock = (func: Func, base: string): string => fresh(base, new Set([...blockNames(func), 'root']));

/** Names of the loops in `s`. */
export function loopNames(s: Stmt, out = new Set<string>()): Set<string> {
  walk(s, (c) => {
    if (c.kind === 'for') out.add(c.name);
  });
  return out;
}

/**
 * Loop names that a new loop at the place of `old` may not have: those around it, inside it, and of its whole block, where
 * a schedule names loops by block.loop.
 */
export function takenAt(old: Stmt, parents: readonly Stmt[]): Set<string> {
  const taken = new Set<string>();
  for (const p of parents) if (p.kind === 'for') taken.add(p.name);
  return loopNames(parents.findLast((p) => p.kind === 'block') ?? parents[0] ?? old, taken);
}
