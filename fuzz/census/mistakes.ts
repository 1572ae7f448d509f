import { decodeInsn, INSN_BYTES } from '#isa/codec/codec';
import { VtaError } from '#isa/diag/diagnostic';
import { decodeAt } from '#simulator/values/decode';
import { checkStaticRanges } from '#simulator/values/ranges';
import { checkFlags } from '#simulator/values/tokens';
import type { FuzzCase } from '../case.js';
import type { Note } from './buckets.js';

const ENCODINGS = ['opcode', 'memory type', 'ALU operation', 'STORE with padding'] as const;
const OTHERS: Readonly<Record<string, string>> = {
  VTA1203: 'beyond a buffer',
  VTA1204: 'outside memory',
  VTA1207: 'flag towards no unit',
};
const LAUNCH = ['no FINISH', 'FINISH not last', 'more than one FINISH'];

/** What broken programs must reach: mistakes that one instruction shows, whatever came before it, and those of a whole launch. */
export const MISTAKE_BUCKETS: Readonly<Record<string, readonly string[]>> = {
  mistake: [...ENCODINGS, ...Object.values(OTHERS), ...LAUNCH],
};

function kindOf(error: VtaError): string | undefined {
  const { what } = error.diagnostics[0];
  return error.code === 'VTA1205' ? ENCODINGS.find((e) => what.includes(e)) : OTHERS[error.code];
}

/** Counts the mistakes of a case. It is looked at, not run. */
export function noteMistakes(c: FuzzCase, note: Note): void {
  for (const { insnAddr, insnCount } of c.launches) {
    const finishes: number[] = [];
    for (let i = 0; i < insnCount; i++) {
      const at = insnAddr + i * INSN_BYTES;
      if (decodeInsn(c.dram, c.config, at)?.op === 'FINISH') finishes.push(i);
      const kind = mistakeAt(c, at, i);
      if (kind !== undefined) note('mistake', kind);
    }
    if (finishes.length === 0) note('mistake', 'no FINISH');
    else if (finishes[0] < insnCount - 1) note('mistake', 'FINISH not last');
    if (finishes.length > 1) note('mistake', 'more than one FINISH');
  }
}

function mistakeAt(c: FuzzCase, at: number, index: number): string | undefined {
  try {
    const d = decodeAt(c.dram, at, index, c.config);
    checkFlags(d, c.config);
    checkStaticRanges(d, c.dram.length, c.config);
  } catch (error) {
    if (error instanceof VtaError) return kindOf(error);
    throw error;
  }
  return undefined;
}
