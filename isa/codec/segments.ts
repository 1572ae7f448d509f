import type { PlacedField } from './layout.js';

/** A run of bits of an instruction word: a field, or a reserved gap (`field` null). */
export interface Segment {
  readonly lo: number;
  readonly width: number;
  readonly field: PlacedField | null;
}

/**
 * Every bit of a word of `bits` bits, from bit 0 up: the fields in order and the gaps between them. Fields of no width (an index into a
 * buffer of one element) are left out.
 */
export function segments(fields: readonly PlacedField[], bits: number): readonly Segment[] {
  const out: Segment[] = [];
  let bit = 0;
  const gapTo = (end: number) => {
    if (bit < end) out.push({ lo: bit, width: end - bit, field: null });
    bit = end;
  };
  for (const field of fields) {
    if (field.width === 0) continue;
    gapTo(field.lo);
    out.push({ lo: field.lo, width: field.width, field });
    bit = field.lo + field.width;
  }
  gapTo(bits);
  return out;
}

/** A mask of the bits that belong to no field. */
export function reservedMask(fields: readonly PlacedField[], bits: number): bigint {
  const gaps = segments(fields, bits).filter((s) => s.field === null);
  return gaps.reduce((mask, s) => mask | (((1n << BigInt(s.width)) - 1n) << BigInt(s.lo)), 0n);
}
