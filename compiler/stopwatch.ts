/** Where the time of a compilation goes: steps that do not overlap, in the order in which they ended. */

export interface TimedStep {
  /** What was done: `pass`, `kernel search`, `link`, ... */
  readonly step: string;
  /** To what, where a step is done several times: a pass, a layer. */
  readonly name: string;
  readonly ms: number;
}

export class Stopwatch {
  readonly steps: TimedStep[] = [];

  /** @param clock milliseconds; the default stands still, for whoever does not want to know */
  constructor(readonly clock: () => number = () => 0) {}

  /** Does `work` as a step. Steps must not be nested. */
  time<T>(step: string, name: string, work: () => T): T {
    const start = this.clock();
    try {
      return work();
    } finally {
      this.steps.push({ step, name, ms: this.clock() - start });
    }
  }

  /** Milliseconds of all steps. */
  get total(): number {
    return this.steps.reduce((sum, s) => sum + s.ms, 0);
  }
}
