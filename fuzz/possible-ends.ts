import { INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { playTokens, tokenUser } from '#analysis/program/token-play';
import { type Decoded, decodeAt } from '#simulator/values/decode';
import { checkStaticRanges } from '#simulator/values/ranges';
import { checkFlags, type Tokens } from '#simulator/values/tokens';
import type { FuzzCase } from './case.js';
import { unitOfBytes } from './edit.js';

/** How a machine that finds mistakes while it runs may end: `finished`, or a diagnostic and the instruction that it names. */
export type End = string;
export const FINISHED: End = 'finished';
export const errorEnd = (code: string, insn: number): End => `${code} at ${insn}`;

/** Runs a check and notes the code with which it refuses instruction `index`. */
function note(ends: Set<End>, index: number, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    ends.add(errorEnd(error.code, index));
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

/** What single instructions deserve; a GEMM or ALU that does something might reach too far. */
function endsOf(bytes: Uint8Array, dramSize: number, config: VtaConfig): Set<End> {
  const ends = new Set<End>();
  for (let index = 0; index * INSN_BYTES < bytes.length; index++) {
    let d: Decoded | null = null;
    note(ends, index, () => {
      d = decodeAt(bytes, index * INSN_BYTES, index, config);
    });
    const decoded = d as Decoded | null;
    if (decoded === null) continue;
    note(ends, index, () => checkFlags(decoded, config));
    note(ends, index, () => checkStaticRanges(decoded, dramSize, config));
    if ((decoded.kind === 'gemm' || decoded.kind === 'alu') && decoded.steps > 0) ends.add(errorEnd('VTA1203', index));
  }
  return ends;
}

/**
 * The ends of a launch that a machine without checks before the start may have where the simulators refuse it with `code`: it
 * meets mistakes in the order of time, not of the program. It never just stops.
 * @param before tokens that earlier launches left
 */
export function possibleEnds(c: FuzzCase, launch: number, code: string, before: Readonly<Tokens>): ReadonlySet<End> {
  const { insnAddr, insnCount } = c.launches[launch];
  const bytes = c.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
  const ends = endsOf(bytes, c.dram.length, c.config);
  const raws = Array.from({ length: insnCount }, (_, i): Raw => {
    const one = bytes.subarray(i * INSN_BYTES, (i + 1) * INSN_BYTES);
    return { unit: unitOfBytes(c, one), flags: (one[0] >> 3) & 15, finish: (one[0] & 7) === 3 };
  });
  raws.forEach((r, index) => flagsRefused(r) && ends.add(errorEnd('VTA1207', index)));
  const { order, waiting } = playTokens(
    raws.map(({ unit, flags }) => tokenUser(UNITS[unit], flags)),
    before,
  );
  const finished = order.some((index) => raws[index].finish);
  if (!finished) {
    if (waiting.length === 0) ends.add(errorEnd('VTA1202', insnCount - 1));
    for (const { insn } of waiting) ends.add(errorEnd('VTA1201', insn));
  }
  // FINISH ends the program for the RTL: a mistake that it does not wait for may come too late
  if (finished && (waiting.length > 0 || code === 'VTA1208' || raws.findIndex((r) => r.finish) < raws.length - 1)) ends.add(FINISHED);
  return ends;
}
