import type { Census } from '#fuzz/census/census';

const WIDTH = 118;

/** A list after a heading, in lines of limited width. */
function wrapped(heading: string, items: readonly string[]): string {
  const lines = [`  ${heading}:`];
  for (const item of items) {
    const last = lines.length - 1;
    if (lines[last].length + item.length + 2 > WIDTH) lines.push(`    ${item}`);
    else lines[last] += `${lines[last].endsWith(':') ? ' ' : ', '}${item}`;
  }
  return lines.map((l, i) => `${l}${i < lines.length - 1 ? ',' : ''}\n`).join('');
}

/** What programs reached: each histogram with its counts, then the buckets that none reached. */
export function censusText(census: Census): string {
  const histograms = Object.entries(census.histograms).map(([name, h]) =>
    wrapped(
      name,
      Object.entries(h).map(([bucket, n]) => `${bucket} ${n}`),
    ),
  );
  const holes = census.holes.length === 0 ? 'every bucket was reached\n' : wrapped('never reached', census.holes);
  return `what ${census.cases} programs reached (bucket, times):\n${histograms.join('')}${holes}`;
}
