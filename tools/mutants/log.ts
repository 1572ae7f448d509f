import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail } from '#isa/diag/diagnostic';
import { toolMessages as M } from '../messages.js';
import type { Kind } from './fault.js';
import type { Verdict } from './judge.js';

/** What makes a run what it is: with the same, the same faults. */
export interface RunKey {
  readonly seed: number;
  readonly count: number;
  readonly only: readonly string[];
}

/** A fault with what became of it. */
export interface Entry extends Verdict {
  readonly id: string;
  readonly area: string;
  readonly file: string;
  readonly line: number;
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
}

/** The verdicts of a run as JSON lines, the first of which says which run it is. Each is written as soon as it is known; of a fault that ran again the last one counts. */
export class Log {
  private readonly verdicts = new Map<string, Entry>();

  /**
   * @param file null: only in memory
   * @throws VtaError VTA7003 where `resume` meets the log of another run, or no log
   */
  constructor(
    private readonly file: string | null,
    key: RunKey,
    resume: boolean,
  ) {
    if (file === null) return;
    if (resume && existsSync(file)) {
      for (const entry of readLog(file, key)) this.verdicts.set(entry.id, entry);
      if (!readFileSync(file, 'utf8').endsWith('\n')) appendFileSync(file, '\n');
      return;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(key)}\n`);
  }

  get entries(): readonly Entry[] {
    return [...this.verdicts.values()];
  }

  add(entry: Entry): void {
    this.verdicts.set(entry.id, entry);
    if (this.file !== null) appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
  }
}

/** A last line that was cut off is left out: its fault runs again. */
function readLog(file: string, key: RunKey): readonly Entry[] {
  const [first, ...lines] = readFileSync(file, 'utf8').split('\n');
  if (first !== JSON.stringify(key)) fail(M.VTA7003, { file, found: first.slice(0, 100) || 'nothing', wanted: JSON.stringify(key) });
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Entry];
    } catch {
      return [];
    }
  });
}
