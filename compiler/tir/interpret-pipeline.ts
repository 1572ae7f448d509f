/** How the interpreter runs loops with virtual threads: as a software pipeline, in the order in which the machine issues. */
import type { Index } from './index-expr.js';
import { type Alloc, type Block, type For, isThreaded, type Stmt } from './node.js';
import { walk } from './visit.js';

export type Run = () => void;

/** A loop variable while its loop runs. */
export interface Slot {
  value: number;
}

/** An allocation while the program runs: successive entries use its places in turn. */
export interface Places {
  /** Number of entries so far, less one. */
  entry: number;
  /** Makes the place of that entry the current one; its contents are undefined when another entry used it since. */
  use(entry: number): void;
}

/** What the pipeline needs of the interpreter. */
export interface Parts {
  run(s: Stmt): Run;
  index(a: Index): () => number;
  /** Compiles `body` where the loop variable, or the buffer, is known. */
  withLoop<T>(name: string, body: (slot: Slot) => T): T;
  withBuffer<T>(alloc: Alloc, body: (places: Places) => T): T;
  slots(): readonly Slot[];
  /** The allocations around that a statement uses. */
  placesIn(s: Stmt): readonly Places[];
}

interface Due {
  readonly time: number;
  readonly stage: number;
  readonly run: Run;
}

/**
 * A nest of threaded loops. Its rounds only note what is due and when: time = round of the innermost threaded loop + stage.
 * At its end everything runs, by time, then by stage, then in the order of the loops.
 */
export class Pipeline {
  private due: Due[] = [];
  private round = 0;

  constructor(private readonly parts: Parts) {}

  /** The outermost threaded loop. */
  nest(s: For): Run {
    const rounds = this.loop(s, 0);
    return () => {
      rounds();
      const due = this.due.sort((a, b) => a.time - b.time || a.stage - b.stage);
      this.due = [];
      this.round = 0;
      for (const d of due) d.run();
    };
  }

  private loop(s: For, stage: number): Run {
    const extent = this.parts.index(s.extent);
    const innermost = isThreaded(s) && !contains(s.body, isThreaded);
    return this.parts.withLoop(s.name, (slot) => {
      const body = this.note(s.body, stage);
      return () => {
        const n = extent();
        for (let i = 0; i < n; i++) {
          slot.value = i;
          body();
          if (innermost) this.round++;
        }
      };
    });
  }

  /** Notes what the statement does, instead of doing it. */
  private note(s: Stmt, around: number): Run {
    const stage = stageOf(s) ?? around;
    if (!contains(s, (c) => c !== s && (isThreaded(c) || c.kind === 'alloc' || stageOf(c) !== undefined)) && !needsRounds(s)) {
      return this.leaf(s, stage);
    }
    switch (s.kind) {
      case 'seq': {
        const parts = s.body.map((c) => this.note(c, stage));
        return () => {
          for (const part of parts) part();
        };
      }
      case 'block':
        return this.note(s.body, stage);
      case 'for':
        return this.loop(s, stage);
      case 'alloc':
        return this.parts.withBuffer(s, (places) => {
          const body = this.note(s.body, stage);
          return () => {
            places.entry++;
            body();
          };
        });
      default:
        return this.leaf(s, stage);
    }
  }

  private leaf(s: Stmt, stage: number): Run {
    const body = this.parts.run(s);
    const slots = this.parts.slots();
    const places = this.parts.placesIn(s);
    return () => {
      const values = slots.map((v) => v.value);
      const entries = places.map((p) => p.entry);
      const run = () => {
        slots.forEach((v, i) => (v.value = values[i]));
        places.forEach((p, i) => p.use(entries[i]));
        body();
      };
      this.due.push({ time: this.round + stage, stage, run });
    };
  }
}

const needsRounds = (s: Stmt): boolean => s.kind === 'alloc' || isThreaded(s);
const stageOf = (s: Stmt): number | undefined => (s.kind === 'for' || s.kind === 'block' ? (s as For | Block).annot.stage : undefined);

function contains(s: Stmt, test: (c: Stmt) => boolean): boolean {
  let found = false;
  walk(s, (c) => {
    found ||= test(c);
  });
  return found;
}
