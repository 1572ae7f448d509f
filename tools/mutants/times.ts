import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Times } from './run-tests.js';

type Kind = 'rtl' | 'typescript';
type Table = Record<string, { ms: number; pause: number }>;

/** How long tests took, kept between runs: quick ones go first, and one that is silent much longer than ever has hung. */
export class TimeTable {
  private readonly kinds: Record<Kind, Table>;

  /** @param folder of a file per kind; null: only in memory */
  constructor(private readonly folder: string | null) {
    this.kinds = { rtl: this.read('rtl'), typescript: this.read('typescript') };
  }

  of(kind: Kind): Times {
    return this.kinds[kind];
  }

  note(kind: Kind, test: string, ms: number, pause: number): void {
    const known = this.kinds[kind][test];
    this.kinds[kind][test] = { ms, pause: Math.max(pause, known?.pause ?? 0) };
  }

  save(kind: Kind): void {
    if (this.folder === null) return;
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.file(kind), `${JSON.stringify(this.kinds[kind], null, 1)}\n`);
  }

  private read(kind: Kind): Table {
    try {
      return this.folder === null ? {} : (JSON.parse(readFileSync(this.file(kind), 'utf8')) as Table);
    } catch {
      return {};
    }
  }

  private file(kind: Kind): string {
    return join(this.folder ?? '', `times-${kind}.json`);
  }
}
