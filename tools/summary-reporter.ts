import type { Reporter, TestModule } from 'vitest/node';

/** Prints the last line of a test run, `N passed, N failed, N skipped`, for readers and scripts that want only that. */
export class SummaryReporter implements Reporter {
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
    // after the lines of the default reporter, which end the run
    setImmediate(() => process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`));
  }
}
