import type { FuzzCase } from '../case.js';
import { Accumulators } from './accumulators.js';
import { BUCKETS, type Note } from './buckets.js';
import { MISTAKE_BUCKETS, noteMistakes } from './mistakes.js';
import { noteConfig, noteInsn, noteLaunches, noteMemory } from './shape.js';
import { forEachInsn } from './walk.js';

/** Counts of one kind of thing by bucket. */
export type Histogram = Readonly<Record<string, number>>;

/** What random programs reached: for each histogram of {@link BUCKETS}, of broken programs also of {@link MISTAKE_BUCKETS}, how often each bucket was met. */
export class Census {
  cases = 0;
  private readonly counts: Record<string, Record<string, number>>;

  constructor(private readonly illegal = false) {
    const all = Object.entries({ ...BUCKETS, ...(illegal && MISTAKE_BUCKETS) });
    this.counts = Object.fromEntries(all.map(([name, buckets]) => [name, Object.fromEntries(buckets.map((b) => [b, 0]))]));
  }

  get histograms(): Readonly<Record<string, Histogram>> {
    return this.counts;
  }

  /** Counts a case. It is looked at, not run; instructions without a defined encoding are left out. */
  add(c: FuzzCase): void {
    this.cases++;
    const note: Note = (histogram, bucket) => {
      const h = this.counts[histogram];
      h[bucket] = (h[bucket] ?? 0) + 1;
    };
    noteConfig(c.config, c.memory, note);
    noteMemory(c.memory, note);
    noteLaunches(c, note);
    if (this.illegal) noteMistakes(c, note);
    const accumulators = new Accumulators(c.config, note);
    forEachInsn(c, (d, bytes, uop) => {
      noteInsn(d, bytes, c, note);
      accumulators.step(d, uop);
    });
  }

  /** Adds what another run counted. */
  merge(other: Readonly<Record<string, Histogram>>, cases: number): void {
    this.cases += cases;
    for (const [name, histogram] of Object.entries(other)) {
      for (const [bucket, n] of Object.entries(histogram)) this.counts[name][bucket] = (this.counts[name][bucket] ?? 0) + n;
    }
  }

  /** Buckets that were never met, as `histogram: bucket`. */
  get holes(): string[] {
    return Object.entries(this.counts).flatMap(([name, h]) =>
      Object.entries(h).flatMap(([bucket, n]) => (n === 0 ? [`${name}: ${bucket}`] : [])),
    );
  }
}
