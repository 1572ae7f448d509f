import { writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What happened, a line of JSON each. */
export type Progress =
  | { readonly event: 'begin' | 'tick'; readonly test: string }
  | { readonly event: 'end'; readonly test: string; readonly ms: number; readonly failed: string | null };

/** The file descriptor that the parent reads progress from. */
const OUT = 3;

const nameOf = (module: TestModule): string => module.relativeModuleId;

function say(progress: Progress): void {
  try {
    writeSync(OUT, `${JSON.stringify(progress)}\n`);
  } catch {
    // nobody reads any more
  }
}

/** Tells the parent process about every test as it ends, so that it can see which one does not. */
export class ProgressReporter implements Reporter {
  private readonly failed = new Map<string, string>();

  onTestModuleStart(module: TestModule): void {
    say({ event: 'begin', test: nameOf(module) });
  }

  onTestCaseResult(test: TestCase): void {
    const name = nameOf(test.module);
    if (test.result().state === 'failed' && !this.failed.has(name)) this.failed.set(name, test.fullName);
    say({ event: 'tick', test: name });
  }

  onTestModuleEnd(module: TestModule): void {
    const name = nameOf(module);
    const failed = module.state() === 'failed' ? (this.failed.get(name) ?? 'the file could not be loaded') : null;
    say({ event: 'end', test: name, ms: Math.round(module.diagnostic().duration), failed });
  }
}
