import type { VtaConfig } from '../config/config.js';
import { type FieldSpec, INSTRUCTIONS, type Mnemonic, UOP_FIELDS } from '../spec/instructions.js';

/** A field placed in its word: bit `lo` (from 0) and `width` bits. */
export interface PlacedField {
  readonly name: string;
  readonly lo: number;
  readonly width: number;
  readonly signed: boolean;
  readonly doc: string;
}

function place(fields: readonly FieldSpec[], c: VtaConfig, unit: number): readonly PlacedField[] {
  let bit = 0;
  return fields.map((spec) => {
    const width = typeof spec.width === 'number' ? spec.width : spec.width(c);
    if (width > 0 && Math.floor(bit / unit) !== Math.floor((bit + width - 1) / unit)) bit = (Math.floor(bit / unit) + 1) * unit;
    const placed = { name: spec.name, lo: bit, width, signed: spec.signed === true, doc: spec.doc };
    bit += width;
    return placed;
  });
}

/** Bit positions of everything at one configuration. */
export interface Layout {
  readonly config: VtaConfig;
  readonly insns: Readonly<Record<Mnemonic, readonly PlacedField[]>>;
  readonly uop: readonly PlacedField[];
}

const cache = new WeakMap<VtaConfig, Layout>();

/** The layout of a configuration (computed once). */
export function layoutOf(config: VtaConfig): Layout {
  let layout = cache.get(config);
  if (layout === undefined) {
    const insns = {} as Record<Mnemonic, readonly PlacedField[]>;
    for (const m of Object.keys(INSTRUCTIONS) as Mnemonic[]) insns[m] = place(INSTRUCTIONS[m].fields, config, 64);
    layout = { config, insns, uop: place(UOP_FIELDS, config, 32) };
    cache.set(config, layout);
  }
  return layout;
}
