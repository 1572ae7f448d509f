import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { applyEdit } from './fault.js';
import { ProgressReporter } from './progress.js';
import type { Order } from './run-tests.js';

/** Tests with one fault in the sources, which stay as they are on disk: the fault comes in when the file is loaded. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const order = JSON.parse(process.env.VTA_MUTANT ?? '{"tests":[],"fault":null}') as Order;

const fault: Plugin = {
  name: 'one fault',
  enforce: 'pre',
  load(id) {
    const file = id.split('?')[0];
    if (order.fault === null || file !== root + order.fault.file) return null;
    return applyEdit(readFileSync(file, 'utf8'), order.fault);
  },
};

/** The files in the order in which they are asked for. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = (f: TestSpecification) => order.tests.indexOf(f.moduleId.slice(root.length));
    return [...files].sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  root,
  plugins: [fault],
  test: {
    include: [...order.tests],
    exclude: ['node_modules/**', 'dist/**', 'build/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    bail: 1,
    silent: true,
    sequence: { sequencer: InOrder },
    reporters: [new ProgressReporter()],
  },
});
