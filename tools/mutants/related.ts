import { dirname } from 'node:path';
import { filesUnder, isTest, readText } from '../lib/files.js';
import { resolveImport } from '../checks/deps.js';

const IMPORT =
  /(?:^|[\s;])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\s)import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** A model of the RTL is built with this: tests that import it notice faults of the RTL. */
const BUILDS_RTL = 'hardware-rtl/verilated/build.ts';

/**
 * Tests that are not run: the design's statistics are not its behaviour; a hundred golden vectors on nine large models, and what needs other tools, take
 * longer than all the rest; and what tests the tests would run itself.
 */
const NOT_RUN = /^(hardware-rtl\/verilated\/(golden|cache|alone)\.test|tools\/)/;

/** Of the tests of the RTL, those that see the most come first. */
const RTL_FIRST = ['cli/fuzz/fuzz.test.ts', 'hardware-rtl/lockstep/cosim.test.ts', 'hardware-rtl/verilated/errors.test.ts'];

/** Tests that start the command use this, and so all that the command is made of. */
const STARTS_COMMAND = 'tests/support/cli.ts';

const FOLDERS = ['isa', 'runtime', 'simulator', 'analysis', 'fuzz', 'compiler', 'hardware-rtl', 'cli', 'tests', 'bench', 'tools'];

/** Who imports whom, and so which tests can notice a fault of a file. */
export class Related {
  private readonly imports = new Map<string, readonly string[]>();
  private readonly reached = new Map<string, ReadonlySet<string>>();
  private readonly tests: readonly string[];

  constructor() {
    const files = new Set(FOLDERS.flatMap(filesUnder).filter((f) => f.endsWith('.ts')));
    for (const file of files) {
      const targets = [...readText(file).matchAll(IMPORT)].map((m) => resolveImport(file, m[1] ?? m[2] ?? m[3]));
      this.imports.set(
        file,
        targets.flatMap((t) => (t === null ? [] : [t.replace(/\.js$/, '.ts'), `${t}.ts`])).filter((t) => files.has(t)),
      );
    }
    this.imports.set(STARTS_COMMAND, [...(this.imports.get(STARTS_COMMAND) ?? []), 'cli/main.ts']);
    this.tests = [...files].filter((f) => isTest(f) && !NOT_RUN.test(f));
  }

  /**
   * The tests that load a file, nearest first; of those as near, the one that took less time (in ms) first.
   * @param near only those of the file's own package; for the RTL, those that see the most
   */
  testsOf(file: string, time: (test: string) => number, near = false): readonly string[] {
    const rtl = file.endsWith('.sv');
    const found = this.tests.filter((test) => this.reachedFrom(test).has(rtl ? BUILDS_RTL : file));
    const rank = (test: string) => (rtl ? rtlRank(test) : distance(file, test));
    const enough = near ? found.filter((test) => rank(test) < (rtl ? RTL_FIRST.length : 2)) : found;
    return enough.sort((a, b) => rank(a) - rank(b) || time(a) - time(b) || (a < b ? -1 : 1));
  }

  /** Does a test start the `vta` command? */
  startsCommand(test: string): boolean {
    return this.reachedFrom(test).has(STARTS_COMMAND);
  }

  private reachedFrom(test: string): ReadonlySet<string> {
    const known = this.reached.get(test);
    if (known !== undefined) return known;
    const seen = new Set([test]);
    for (const file of seen) for (const next of this.imports.get(file) ?? []) seen.add(next);
    this.reached.set(test, seen);
    return seen;
  }
}

const rtlRank = (test: string): number => {
  const at = RTL_FIRST.indexOf(test);
  return at >= 0 ? at : RTL_FIRST.length;
};

/** Same folder, same package, tests across packages, other packages, those that build models of the RTL. */
function distance(file: string, test: string): number {
  if (dirname(file) === dirname(test)) return 0;
  const [from, to] = [file, test].map((f) => f.split('/')[0]);
  if (from === to) return 1;
  return to === 'tests' ? 2 : to === 'hardware-rtl' ? 4 : 3;
}
