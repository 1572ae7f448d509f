/**
 * What a tensor program and its schedule may ask for. The compiler stops with VTA2204 at the first limit that is passed,
 * so that its time and memory are bounded whatever the text holds. docs/reference/tir.md repeats this table.
 */
import { fail, type Where } from '#isa/diag/diagnostic';
import { tirMessages as M } from './messages.js';

export const TIR_LIMITS = {
  nesting: { limit: 100, counts: 'levels of nesting', of: 'statements, and parentheses, inside each other' },
  operators: { limit: 200, counts: 'operators', of: 'one value or index' },
  number: { limit: 2 ** 31 - 1, counts: 'as a number', of: 'extents, factors, shapes and constants (32 bits with a sign)' },
  stage: { limit: 16, counts: 'as a stage', of: 'stages, forward or backward' },
  copies: { limit: 2 ** 16, counts: 'places', of: 'one allocation, and threads of a loop' },
  steps: { limit: 1000, counts: 'steps', of: 'one schedule' },
  operations: { limit: 2 ** 18, counts: 'operations', of: 'the program after unrolling: loop rounds, and instructions' },
  pieces: { limit: 2 ** 26, counts: 'elements', of: 'what a primitive compares to see that the result stays the same' },
} as const;

export type TirLimit = keyof typeof TIR_LIMITS;

/** @throws VtaError VTA2204: `subject` asks for `count` of what the limit bounds */
export function beyond(which: TirLimit, subject: string, count: number | string, remedy: string, where?: Where): never {
  const { limit, counts } = TIR_LIMITS[which];
  fail(M.VTA2204, { subject, count, counts, limit, remedy }, where);
}
