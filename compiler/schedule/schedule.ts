import { fail, VtaError } from '#isa/diag/diagnostic';
import { scheduleMessages as M } from './messages.js';
import { beyond, TIR_LIMITS } from '../tir/limits.js';
import type { Func } from '../tir/node.js';
import { verifyForm, verifyTir } from '../tir/verify.js';
import { type Arg, type Primitive, refuse, type Schedule, type Step, takes } from './primitive.js';
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

/**
 * Applies the primitives in order. After every one the program is well-formed and computes what it computed before.
 * @throws VtaError VTA2202 (the program given), VTA2204, VTA2301 to VTA2304
 */
export function applySchedule(func: Func, schedule: Schedule): Func {
  if (schedule.length > TIR_LIMITS.steps.limit) beyond('steps', 'the schedule', schedule.length, 'use fewer primitives');
  if (schedule.length > 0) verifyTir(func);
  return schedule.reduce((f, s, i) => {
    const primitive = PRIMITIVES.get(s.primitive);
    if (primitive === undefined || !takes(primitive, s.args.length)) return misread(i + 1, s);
    const made = primitive.apply(f, s.args);
    checkStep(made, s, primitive.keepsPipeline === true);
    return made;
  }, func);
}

/** What a step leaves follows the rules of TIR, or the step is refused. */
function checkStep(made: Func, s: Step, keepsPipeline: boolean): void {
  try {
    if (keepsPipeline) verifyForm(made);
    else verifyTir(made);
  } catch (e) {
    if (!(e instanceof VtaError)) throw e;
    const { what, do: remedy } = e.diagnostics[0];
    refuse(s.primitive, s.args, 'the program that it gives', what.replace(/^TIR function \w+: /, ''), remedy);
  }
}

function misread(line: number, s: Step): never {
  const primitive = PRIMITIVES.get(s.primitive);
  const known = primitive === undefined ? [...PRIMITIVES.keys()].join(', ') : `${primitive.name}(${primitive.args})`;
  fail(M.VTA2303, { line, text: printStep(s), known });
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
    if (m === null) fail(M.VTA2303, { line: i + 1, text: line.slice(0, 200), known: [...PRIMITIVES.keys()].join(', ') });
    const args = m[2].split(',').map((a) => a.trim());
    const made: Step = { primitive: m[1], args: args.map((a) => (/^-?\d+$/.test(a) ? Number(a) : a)) };
    const primitive = PRIMITIVES.get(m[1]);
    if (primitive === undefined || !takes(primitive, args.length)) misread(i + 1, made);
    out.push(made);
  });
  return out;
}
