import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { playTokens, tokenUser } from '../analysis/token-play.js';
import { type Decoded, decodeAt } from '../values/decode.js';
import { checkStaticRanges } from '../values/ranges.js';
import { checkFlags, type Tokens } from '../values/tokens.js';
import type { FuzzCase } from './case.js';
import { unitOfBytes } from './edit.js';

/** How a machine that finds mistakes while it runs may end: a diagnostic, `stopped` (nothing moves any more) or `finished`. */
export type End = string;
export const STOPPED: End = 'stopped';
export const FINISHED: End = 'finished';

/** Runs a check and notes the code with which it refuses. */
function note(codes: Set<End>, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    codes.add(error.code);
  }
}

interface Raw {
  readonly unit: number;
  /** Flags from bit 0: pop_prev, pop_next, push_prev, push_next. */
  readonly flags: number;
  readonly finish: boolean;
}

/** An instruction whose flags name a neighbour that does not exist. */
const flagsRefused = ({ unit, flags }: Raw): boolean => (unit === 0 && (flags & 0b0101) !== 0) || (unit === 2 && (flags & 0b1010) !== 0);

/** How far a program comes, whatever else is wrong with it. */
function reach(raws: readonly Raw[], before: Readonly<Tokens>): { readonly finished: boolean; readonly all: boolean } {
  const { order, waiting } = playTokens(
    raws.map(({ unit, flags }) => tokenUser(UNITS[unit], flags)),
    before,
  );
  return { finished: order.some((index) => raws[index].finish), all: waiting.length === 0 };
}

/** Codes that single instructions deserve, and whether some GEMM or ALU might reach too far. */
function codesOf(bytes: Uint8Array, dramSize: number, config: VtaConfig): Set<End> {
  const codes = new Set<End>();
  for (let index = 0; index * INSN_BYTES < bytes.length; index++) {
    let d: Decoded | null = null;
    note(codes, () => {
      d = decodeAt(bytes, index * INSN_BYTES, index, config);
    });
    const decoded = d as Decoded | null;
    if (decoded === null) continue;
    note(codes, () => checkFlags(decoded, config));
    note(codes, () => checkStaticRanges(decoded, dramSize, config));
    if ((decoded.kind === 'gemm' || decoded.kind === 'alu') && decoded.steps > 0) codes.add('VTA1203');
  }
  return codes;
}

/**
 * The ends of a launch that a machine without checks before the start may have where the simulators refuse it with `code`: it
 * meets mistakes in the order of time, not of the program.
 * @param before tokens that earlier launches left
 */
export function possibleEnds(c: FuzzCase, launch: number, code: string, before: Readonly<Tokens>): ReadonlySet<End> {
  const { insnAddr, insnCount } = c.launches[launch];
  const bytes = c.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
  const ends = codesOf(bytes, c.dram.length, c.config);
  const raws = Array.from({ length: insnCount }, (_, i): Raw => {
    const one = bytes.subarray(i * INSN_BYTES, (i + 1) * INSN_BYTES);
    return { unit: unitOfBytes(c, one), flags: (one[0] >> 3) & 15, finish: (one[0] & 7) === 3 };
  });
  if (raws.some(flagsRefused)) ends.add('VTA1207');
  const { finished, all } = reach(raws, before);
  if (!finished) ends.add(STOPPED);
  // FINISH ends the program for the RTL: a mistake that it does not wait for may come too late
  if (finished && (!all || code === 'VTA1208' || raws.findIndex((r) => r.finish) < raws.length - 1)) ends.add(FINISHED);
  return ends;
}
