import { fail } from '#isa/diag/diagnostic';
import type { VtaConfig } from '#isa/config/config';
import { lowerMessages as M } from './messages.js';
import type { Buffer, Func, Scope, Stmt } from '../tir/node.js';

export type Scratchpad = Exclude<Scope, 'dram'>;

/** Tiles of a buffer: the product of all dimensions but the last two. */
export const tilesOf = (b: Buffer): number => b.shape.slice(0, -2).reduce((n, d) => n * d, 1);

export const depthOf = (scope: Scratchpad, c: VtaConfig): number => ({ inp: c.inpDepth, wgt: c.wgtDepth, acc: c.accDepth })[scope];

/** First scratchpad element of every allocated buffer; copy k of a buffer begins k * tiles further. */
export type StoragePlan = ReadonlyMap<string, number>;

/**
 * Gives every allocation a place in its scratchpad, as a stack: an inner allocation lies behind those around it, and
 * allocations whose lifetimes do not overlap share their place (the tokens keep them apart in time).
 * @throws VtaError VTA2402 when they do not fit, VTA2405 when a tile is not the machine's
 */
export function planStorage(func: Func, config: VtaConfig): StoragePlan {
  const plan = new Map<string, number>();
  const place = (s: Stmt, top: Readonly<Record<Scratchpad, number>>): void => {
    if (s.kind === 'seq') for (const child of s.body) place(child, top);
    else if (s.kind === 'for' || s.kind === 'block') place(s.body, top);
    else if (s.kind === 'alloc') {
      const { name, scope } = s.buffer;
      if (scope === 'dram') fail(M.VTA2401, unplaced(name));
      checkTile(s.buffer, scope, config);
      const needed = top[scope] + s.copies * tilesOf(s.buffer);
      const depth = depthOf(scope, config);
      if (needed > depth) fail(M.VTA2402, { memory: scope.toUpperCase(), needed, depth, config: config.name });
      plan.set(name, top[scope]);
      place(s.body, { ...top, [scope]: needed });
    }
  };
  place(func.body, { inp: 0, wgt: 0, acc: 0 });
  return plan;
}

/** Type and tile of a scratchpad's elements, as text. */
const elementOf = (scope: Scratchpad, c: VtaConfig): string =>
  ({ inp: `i8[.., ${c.batch}, ${c.blockIn}]`, wgt: `i8[.., ${c.blockOut}, ${c.blockIn}]`, acc: `i32[.., ${c.batch}, ${c.blockOut}]` })[
    scope
  ];

function checkTile(b: Buffer, scope: Scratchpad, config: VtaConfig): void {
  const tile = `${b.dtype}[.., ${b.shape.slice(-2).join(', ')}]`;
  const must = elementOf(scope, config);
  if (tile !== must) fail(M.VTA2405, { buffer: b.name, tile, memory: scope.toUpperCase(), config: config.name, must });
}

const unplaced = (name: string) => ({
  statement: `alloc ${name}`,
  reason: 'the buffer is in dram, and VTA programs only use the dram buffers of their header',
  remedy: `move it into a scratchpad: set_scope(${name}, acc)`,
});
