/**
 * What each ALU operation computes: the only definition, int32 in and out, before wrapping to the accumulator width.
 * Source: apache/tvm-vta src/sim/sim_driver.cc; the rule for shift amounts of 32 and more is ours (docs/reference/isa.md).
 */
import type { AluOp } from '../spec/tables.js';
import { requantize } from './requantize.js';

/** Arithmetic shift right by `amount`, left if negative; amounts of 32 and more shift everything out (sign or zero remains). */
export function shiftRight(x: number, amount: number): number {
  if (amount >= 0) return x >> (amount > 31 ? 31 : amount);
  return amount < -31 ? 0 : x << -amount;
}

/** Operations with two int32 operands. RQ has more parameters, see {@link requantize}. */
export const ALU_SEMANTICS: Readonly<Record<Exclude<AluOp, 'RQ'>, (x: number, y: number) => number>> = {
  MIN: (x, y) => (x < y ? x : y),
  MAX: (x, y) => (x > y ? x : y),
  ADD: (x, y) => (x + y) | 0,
  SHR: shiftRight,
  MUL: Math.imul,
};

/** Wraps an int32 to `bits` (8, 16 or 32) bits, sign-extended: how an accumulator of that width stores it. */
export const wrap = (value: number, bits: number): number => (value << (32 - bits)) >> (32 - bits);

/** One lane of any ALU operation, including RQ; `reset` and `imm` are the instruction's fields. */
export function aluLane(op: AluOp, x: number, y: number, imm: number, reset: number, accBits: number): number {
  return op === 'RQ' ? requantize(x, y, imm, reset) : wrap(ALU_SEMANTICS[op](x, y), accBits);
}
