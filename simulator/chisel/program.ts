import { UNITS } from '#isa/spec/tables';
import type { Decoded } from '../values/decode.js';
import type { PreparedProgram } from '../values/program.js';
import { popsOf, pushesOf } from '../values/tokens.js';
import { CHANNELS } from './tokens.js';

/** Units by number. */
export const LOAD_UNIT = 0;
export const COMPUTE_UNIT = 1;
export const STORE_UNIT = 2;

/** An instruction as the machine needs it. */
export interface ChiselInsn {
  readonly decoded: Decoded;
  /** Index into {@link UNITS}. */
  readonly unit: number;
  /** Numbers of the channels that it pops and pushes. */
  readonly pops: readonly number[];
  readonly pushes: readonly number[];
}

const numbers = (channels: readonly (typeof CHANNELS)[number][]): readonly number[] => channels.map((c) => CHANNELS.indexOf(c));

const cache = new WeakMap<PreparedProgram, readonly ChiselInsn[]>();

/** This view of a prepared program (computed once per program). */
export function chiselProgram(program: PreparedProgram): readonly ChiselInsn[] {
  let insns = cache.get(program);
  if (insns === undefined) {
    insns = program.insns.map((decoded) => ({
      decoded,
      unit: UNITS.indexOf(decoded.unit),
      pops: numbers(popsOf(decoded)),
      pushes: numbers(pushesOf(decoded)),
    }));
    cache.set(program, insns);
  }
  return insns;
}
