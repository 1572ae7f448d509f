import type { PlacedField } from '../codec/layout.js';
import { segments } from '../codec/segments.js';

/** A part of a WaveDrom `reg` picture, from bit 0 up. */
export interface RegPart {
  readonly bits: number;
  readonly name?: string;
  /** Colour class. */
  readonly type?: number;
  readonly rotate?: number;
}

/** The WaveDrom description of a word of 32 or 128 bits, 32 bits a row. */
export interface RegPicture {
  readonly reg: readonly RegPart[];
  readonly config: {
    readonly bits: number;
    readonly lanes: number;
    readonly hspace: number;
    readonly vspace: number;
    readonly fontsize: number;
  };
}

const SINGLE_BITS = 2;
const RESERVED = 1;
const CODES = 4;
const CODE_FIELDS = new Set(['opcode', 'memory_type', 'alu_opcode']);

const ROW = 32;

/** The pieces that a run of bits is cut into where it goes on in the next row. */
function pieces(lo: number, width: number): readonly number[] {
  const first = Math.min(width, ROW - (lo % ROW));
  return first === width ? [width] : [first, ...pieces(lo + first, width - first)];
}

/** Reserved bits are grey, codes and single bits have colours of their own; names of narrow fields stand upright. */
export function bitFieldPicture(fields: readonly PlacedField[], bits: number): RegPicture {
  const reg = segments(fields, bits).flatMap(({ lo, width, field }) =>
    pieces(lo, width).map((piece): RegPart => {
      if (field === null) return { bits: piece, type: RESERVED };
      const name = field.name.replace(/_dep$/, '');
      const type = CODE_FIELDS.has(field.name) ? CODES : width === 1 ? SINGLE_BITS : undefined;
      const upright = name.length > piece * 5;
      return { bits: piece, name, ...(type === undefined ? {} : { type }), ...(upright ? { rotate: -90 } : {}) };
    }),
  );
  return { reg, config: { bits, lanes: bits / ROW, hspace: 1100, vspace: 110, fontsize: 11 } };
}
