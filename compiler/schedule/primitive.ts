import { fail } from '#isa/diag/diagnostic';
import { scheduleMessages as M } from './messages.js';
import { TIR_LIMITS, type TirLimit } from '../tir/limits.js';
import type { Func } from '../tir/node.js';

export type Arg = string | number;

/** One application of a primitive: a value that prints, parses and replays. */
export interface Step {
  readonly primitive: string;
  readonly args: readonly Arg[];
}
export type Schedule = readonly Step[];

/** A schedule primitive: a legal rewriting of a function. Loops are named `block.loop`, blocks and buffers by their name. */
export interface Primitive {
  readonly name: string;
  /** Names of the arguments, for messages and documentation; a trailing `...` repeats. */
  readonly args: string;
  readonly doc: string;
  /** @throws VtaError VTA2301 for unknown names, VTA2302 when the rewriting is not legal */
  readonly apply: (func: Func, args: readonly Arg[]) => Func;
  /** Set where every nest stays in its place and touches what it touched, so that a pipeline stays as right as it was. */
  readonly keepsPipeline?: true;
}

/** Does a primitive take that many arguments? */
export function takes(primitive: Primitive, count: number): boolean {
  const names = primitive.args.split(', ').length;
  return primitive.args.endsWith('...') ? count >= names : count === names;
}

/** Refuses a primitive: what it was asked, where, why not, what to do instead. */
export function refuse(primitive: string, args: readonly Arg[], target: string, reason: string, remedy: string): never {
  fail(M.VTA2302, { primitive, args: args.join(', '), target, reason, remedy });
}

export const textArg = (args: readonly Arg[], i: number): string => String(args[i]);

/** A whole number of at least 1, up to a limit. */
export function countArg(primitive: string, args: readonly Arg[], i: number, which: TirLimit = 'number'): number {
  const n = args[i];
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1) {
    refuse(primitive, args, `argument ${i + 1}`, `it must be a whole number of at least 1`, 'give a positive whole number');
  }
  const { limit } = TIR_LIMITS[which];
  if (n > limit) refuse(primitive, args, `argument ${i + 1}`, `it is larger than ${limit}`, 'give a smaller number');
  return n;
}
