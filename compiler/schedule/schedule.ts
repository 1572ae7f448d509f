import { fail } from '#isa/diag/diagnostic';
import { kernelMessages as M } from '../kernel/messages.js';
import type { Func } from '../tir/node.js';
import type { Arg, Primitive, Schedule, Step } from './primitive.js';
import { annotate } from './primitives/annotate.js';
import { cacheRead } from './primitives/cache-read.js';
import { cacheWrite } from './primitives/cache-write.js';
import { computeAt } from './primitives/compute-at.js';
import { doubleBuffer } from './primitives/double-buffer.js';
import { fuse } from './primitives/fuse.js';
import { reorder } from './primitives/reorder.js';
import { setScope } from './primitives/set-scope.js';
import { split } from './primitives/split.js';
import { tensorize } from './primitives/tensorize.js';
import { tile } from './primitives/tile.js';
import { vthread } from './primitives/vthread.js';

/** The schedule primitives by name. */
export const PRIMITIVES: ReadonlyMap<string, Primitive> = new Map(
  [split, fuse, reorder, tile, computeAt, cacheRead, cacheWrite, setScope, vthread, doubleBuffer, annotate, tensorize].map((p) => [
    p.name,
    p,
  ]),
);

/** A step: `step('split', 'store.y', 4)`. */
export const step = (primitive: string, ...args: readonly Arg[]): Step => ({ primitive, args });

/** Applies the primitives in order. @throws VtaError VTA2301, VTA2302, VTA2303 */
export function applySchedule(func: Func, schedule: Schedule): Func {
  return schedule.reduce((f, s, i) => {
    const primitive = PRIMITIVES.get(s.primitive);
    if (primitive === undefined) fail(M.VTA2303, { line: i + 1, text: printStep(s), known: [...PRIMITIVES.keys()].join(', ') });
    return primitive.apply(f, s.args);
  }, func);
}

const printStep = (s: Step): string => `${s.primitive}(${s.args.join(', ')})`;

/** One primitive per line: `split(store.y, 4)`. */
export const printSchedule = (schedule: Schedule): string => schedule.map((s) => `${printStep(s)}\n`).join('');

/** Reads the text form; `#` begins a comment. @throws VtaError VTA2303 */
export function parseSchedule(text: string): Schedule {
  const out: Step[] = [];
  text.split('\n').forEach((raw, i) => {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') return;
    const m = /^(\w+)\((.*)\)$/.exec(line);
    if (m === null || !PRIMITIVES.has(m[1])) fail(M.VTA2303, { line: i + 1, text: line, known: [...PRIMITIVES.keys()].join(', ') });
    const args = m[2].split(',').map((a) => a.trim());
    out.push({ primitive: m[1], args: args.map((a) => (/^-?\d+$/.test(a) ? Number(a) : a)) });
  });
  return out;
}
