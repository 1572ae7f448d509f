import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Times } from './run-tests.js';

type Kinds = Record<'rtl' | 'typescript', Record<string, { ms: number; pause: number }>>;

/** How long tests took, kept between runs: quick ones go first, and one that is silent much longer than ever has hung. */
export class TimeTable {
  private readonly kinds: Kinds;

  /** @param file null: only in memory */
  constructor(private readonly file: string | null) {
    this.kinds = read(file) ?? { rtl: {}, typescript: {} };
  }

  of(kind: keyof Kinds): Times {
    return this.kinds[kind];
  }

  note(kind: keyof Kinds, test: string, ms: number, pause: number): void {
    const known = this.kinds[kind][test];
    this.kinds[kind][test] = { ms, pause: Math.max(pause, known?.pause ?? 0) };
  }

  save(): void {
    if (this.file === null) return;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(this.kinds, null, 1)}\n`);
  }
}

function read(file: string | null): Kinds | null {
  try {
    return file === null ? null : (JSON.parse(readFileSync(file, 'utf8')) as Kinds);
  } catch {
    return null;
  }
}
