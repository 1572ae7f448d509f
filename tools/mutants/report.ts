import type { Entry } from './log.js';

/** A verdict, and for a survivor why it is harmless, if somebody has shown that. */
export type Explained = Entry & { readonly why: string | null };

/** Sums of one area, or of all. */
export interface Score {
  readonly faults: number;
  readonly killed: number;
  readonly hung: number;
  readonly explained: number;
  readonly survived: number;
}

export function scoreOf(entries: readonly Explained[]): Score {
  const count = (of: (e: Explained) => boolean) => entries.filter(of).length;
  return {
    faults: entries.length,
    killed: count((e) => e.result === 'killed'),
    hung: count((e) => e.result === 'hung'),
    explained: count((e) => e.result === 'survived' && e.why !== null),
    survived: count((e) => e.result === 'survived' && e.why === null),
  };
}

const percent = ({ faults, killed, hung }: Score): string => (faults === 0 ? '-' : `${((100 * (killed + hung)) / faults).toFixed(1)} %`);

/** A line while a run goes on. */
export function progressLine(entry: Entry, done: number, count: number): string {
  const by = entry.by === null ? `${entry.tests} of ${entry.of} test files passed` : `by ${entry.by}`;
  return `[${String(done).padStart(String(count).length)}/${count}] ${entry.result.padEnd(8)} ${entry.file}:${entry.line} ${entry.kind}, ${by} (${entry.seconds.toFixed(1)} s)`;
}

/** Two lines per survivor, before and after. */
const survivor = (e: Explained): string =>
  `${e.file}:${e.line}  ${e.kind}\n  - ${e.from}\n  + ${e.to}${e.why === null ? '' : `\n  harmless: ${e.why}`}`;

/** The end of a run as text. */
export function report(entries: readonly Explained[], broken: readonly string[]): string {
  const areas = [...new Set(entries.map((e) => e.area))];
  const row = (name: string, of: readonly Explained[]): string => {
    const s = scoreOf(of);
    const cells = [s.faults, s.killed, s.hung, s.explained, s.survived].map((n) => String(n).padStart(9));
    return `${name.padEnd(10)}${cells.join('')}${percent(s).padStart(10)}`;
  };
  const left = entries.filter((e) => e.result === 'survived');
  return [
    ...(left.length > 0 ? ['No test noticed:', '', ...left.map(survivor), ''] : []),
    ...(broken.length > 0 ? ['Left out, because they fail without any fault:', ...[...broken].sort().map((t) => `  ${t}`), ''] : []),
    `${'area'.padEnd(10)}${['faults', 'killed', 'hung', 'explained', 'survived', 'noticed'].map((h, i) => h.padStart(i === 5 ? 10 : 9)).join('')}`,
    ...areas.map((a) =>
      row(
        a,
        entries.filter((e) => e.area === a),
      ),
    ),
    row('all', entries),
  ].join('\n');
}
