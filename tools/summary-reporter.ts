import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { filesUnder } from './lib/files.js';
import { testBlock, writeBlock } from './readme/blocks.js';

/**
 * Prints the last line of a test run, `N passed, N failed, N skipped`, for readers and scripts that want only that. With UPDATE_DOCS=1,
 * README.md gets the line of a run of all tests.
 */
export class SummaryReporter implements Reporter {
  private vitest: Vitest | null = null;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  /** Nothing was left out by a file or test name on the command line. */
  private ranAll(modules: readonly TestModule[]): boolean {
    const files = filesUnder('.').filter((file) => file.endsWith('.test.ts'));
    return modules.length === files.length && this.vitest?.config.testNamePattern === undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        count[state === 'passed' || state === 'failed' ? state : 'skipped']++;
        tests++;
      }
      // a file that could not be loaded has no tests to count
      if (tests === 0 && module.state() === 'failed') count.failed++;
    }
    const summary = `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
    if (process.env.UPDATE_DOCS === '1' && this.ranAll(modules) && count.failed === 0) writeBlock('test', testBlock(summary));
    // after the lines of the default reporter, which end the run
    setImmediate(() => process.stdout.write(`\n${summary}\n`));
  }
}
