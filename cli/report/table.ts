import { withCommas } from '#isa/diag/numbers';

/** A cell: numbers are right-aligned with thousands separators, text is left-aligned. */
export type Cell = string | number | null;

const show = (cell: Cell): string => (cell === null ? '-' : typeof cell === 'number' ? withCommas(cell) : cell);

/** Plain columns; a column is right-aligned when its first row holds a number, or `right` names it. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], right: readonly number[] = []): string {
  const texts = [head, ...rows.map((row) => row.map(show))];
  const widths = head.map((_, i) => Math.max(...texts.map((row) => row[i].length)));
  const isRight = head.map((_, i) => right.includes(i) || rows.some((row) => typeof row[i] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => (isRight[i] ? text.padStart(widths[i]) : text.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return `${texts.map(line).join('\n')}\n`;
}

/** `0.8667` as `86.7%`; null as `-`. */
export const percent = (share: number | null): string => (share === null ? '-' : `${(share * 100).toFixed(1)}%`);
