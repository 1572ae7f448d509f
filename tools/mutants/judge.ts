import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readText, root } from '../lib/files.js';
import { commandWith } from './command.js';
import { applyEdit, type Fault, show } from './fault.js';
import type { Options } from './options.js';
import type { Related } from './related.js';
import { type Outcome, runTests } from './run-tests.js';
import type { TimeTable } from './times.js';

/** What became of one fault. `by` is the test that noticed it. */
export interface Verdict {
  readonly result: 'killed' | 'hung' | 'survived';
  readonly by: string | null;
  readonly test: string | null;
  /** How many test files ran, and how many there are that load the file. */
  readonly tests: number;
  readonly of: number;
  readonly seconds: number;
}

/** A test that was never timed may be silent for this long, in ms: one of the RTL builds models. */
const PATIENCE = { typescript: 180_000, rtl: 900_000 };
const RTL = 'hardware-rtl/rtl/';

const folders = new Set<string>();

/** Removes what an interrupted run leaves: faults that are being tried have a folder each for what their tests write. */
export const removeFolders = (): void => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

/** Runs what should notice a fault. A test counts only if it passes without the fault; one that does not is left out, and `broken` lists it. */
export class Judge {
  readonly broken = new Set<string>();
  private readonly sound = new Map<string, Promise<boolean>>();

  constructor(
    private readonly related: Pick<Related, 'testsOf' | 'startsCommand'>,
    private readonly times: TimeTable,
    private readonly options: Pick<Options, 'near' | 'limit'> = { near: false, limit: Infinity },
  ) {}

  async judge(fault: Fault): Promise<Verdict> {
    const start = Date.now();
    for (;;) {
      const tests = this.testsFor(fault);
      const passed: string[] = [];
      const outcome = await this.run(tests, fault, start + 1000 * this.options.limit, passed);
      const cost = { tests: passed.length, of: tests.length, seconds: Math.round((Date.now() - start) / 100) / 10 };
      if (outcome.end === 'passed' || outcome.end === 'out of time') return { result: 'survived', by: null, test: null, ...cost };
      if (await this.isSound(outcome.test, fault)) {
        const result = outcome.end === 'hung' ? 'hung' : 'killed';
        return { result, by: outcome.test, test: outcome.name, ...cost, tests: tests.indexOf(outcome.test) + 1 };
      }
      this.broken.add(outcome.test);
    }
  }

  private testsFor(fault: Fault): readonly string[] {
    const time = (test: string) => this.times.of(kindOf(fault))[test]?.ms ?? 5000;
    return this.related.testsOf(fault.file, time, this.options.near).filter((test) => !this.broken.has(test));
  }

  /** Does a test pass without a fault? Asked once, when it is the first time the one that notices. */
  private isSound(test: string, fault: Fault): Promise<boolean> {
    let sound = this.sound.get(test);
    if (sound === undefined) {
      sound = this.run([test], { ...fault, start: 0, end: 0, to: '' }).then((o) => o.end === 'passed');
      this.sound.set(test, sound);
    }
    return sound;
  }

  /** Tests that start the command come in a second part, for which one is built with the fault. */
  private async run(tests: readonly string[], fault: Fault, deadline = Infinity, passed: string[] = []): Promise<Outcome> {
    const kind = kindOf(fault);
    const folder = mkdtempSync(join(tmpdir(), 'vta-mutant-'));
    folders.add(folder);
    const part = (some: readonly string[], env: NodeJS.ProcessEnv) => this.part(some, fault, env, deadline, passed);
    const scratch = join(folder, 'tmp');
    mkdirSync(scratch);
    const env = { TMPDIR: scratch, ...(kind === 'rtl' ? rtlCopy(folder, fault) : hidden(folder)) };
    const first = kind === 'rtl' ? tests.length : tests.findIndex((test) => this.related.startsCommand(test));
    const cut = first < 0 ? tests.length : first;
    try {
      const near = await part(tests.slice(0, cut), env);
      if (near.end !== 'passed' || cut === tests.length) return near;
      const command = await commandWith(fault, join(folder, 'package'));
      if (command === null) return { end: 'died', test: tests[cut], name: 'the command cannot be built' };
      return await part(tests.slice(cut), { ...env, VTA_TEST_COMMAND: command, VTA_NO_BUILD: '1' });
    } finally {
      this.times.save(kind);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      folders.delete(folder);
    }
  }

  private async part(tests: readonly string[], fault: Fault, env: NodeJS.ProcessEnv, deadline: number, passed: string[]): Promise<Outcome> {
    if (tests.length === 0) return { end: 'passed' };
    const kind = kindOf(fault);
    const timed = (test: string, ms: number, pause: number) => {
      this.times.note(kind, test, ms, pause);
      passed.push(test);
    };
    return runTests(
      { tests, fault: kind === 'rtl' ? null : fault },
      { times: this.times.of(kind), patience: PATIENCE[kind], timed, deadline, env },
    );
  }
}

const kindOf = (fault: Fault): 'rtl' | 'typescript' => (fault.file.startsWith(RTL) ? 'rtl' : 'typescript');

/** A copy of the design with the fault, and a cache of its own, in which models are built quickly rather than to run fast. */
function rtlCopy(folder: string, fault: Fault): NodeJS.ProcessEnv {
  const design = join(folder, 'rtl');
  mkdirSync(design);
  for (const name of readdirSync(root + RTL).filter((n) => n.endsWith('.sv'))) copyFileSync(root + RTL + name, join(design, name));
  writeFileSync(join(design, fault.file.slice(RTL.length)), applyEdit(readText(fault.file), fault));
  return { VTA_RTL_DIR: design, VTA_CACHE_DIR: join(folder, 'cache'), VTA_RTL_QUICK: '1' };
}

/** For faults of TypeScript there is no Verilator: tests that need it skip, and the cycle-stepped machine takes the place of the RTL. */
function hidden(folder: string): NodeJS.ProcessEnv {
  const programs = join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'verilator'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  return { PATH: `${programs}${delimiter}${process.env.PATH ?? ''}` };
}

/** The line of a fault as reports show it. */
export const shownOf = (fault: Fault) => show(readText(fault.file), fault);
