import type { Model } from './model.js';

export type BandKind = 'ruler' | 'layers' | 'unit' | 'sync' | 'counter';

/** A horizontal band of the picture. */
export interface Band {
  readonly kind: BandKind;
  /** Row of a unit, or number of a counter. */
  readonly index: number;
  readonly y: number;
  readonly height: number;
}

const HEIGHTS: Readonly<Record<BandKind, number>> = { ruler: 26, layers: 22, unit: 34, sync: 18, counter: 30 };
const GAP = 4;

/** The bands from top to bottom. */
export function layoutOf(model: Model): readonly Band[] {
  const kinds: (readonly [BandKind, number])[] = [
    ['ruler', 0],
    ['layers', 0],
    ...model.rows.map((_, i) => ['unit', i] as const),
    ...(model.sync.length > 0 ? [['sync', 0] as const] : []),
    ...model.data.counters.map((_, i) => ['counter', i] as const),
  ];
  const bands: Band[] = [];
  let y = 0;
  for (const [kind, index] of kinds) {
    bands.push({ kind, index, y, height: HEIGHTS[kind] });
    y += HEIGHTS[kind] + GAP;
  }
  return bands;
}

export const heightOf = (bands: readonly Band[]): number => bands[bands.length - 1].y + bands[bands.length - 1].height + GAP;

export const bandAt = (bands: readonly Band[], y: number): Band | undefined => bands.find((b) => y >= b.y && y < b.y + b.height);
