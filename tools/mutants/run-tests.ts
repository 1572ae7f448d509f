import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { root } from '../lib/files.js';
import type { Fault } from './fault.js';
import type { Progress } from './progress.js';

/** What the process with the tests is told. */
export interface Order {
  readonly tests: readonly string[];
  /** Null: the sources as they are. */
  readonly fault: Pick<Fault, 'file' | 'start' | 'end' | 'to'> | null;
}

/** How the tests went: all passed; those that there was time for did; one failed; one did not end, or ended the process. */
export type Outcome =
  | { readonly end: 'passed' }
  | { readonly end: 'out of time' }
  | { readonly end: 'failed' | 'hung' | 'died'; readonly test: string; readonly name: string };

/** How long each test file took, and the longest pause in it until a test of it had ended, in ms; kept from run to run. */
export interface Times {
  readonly [test: string]: { readonly ms: number; readonly pause: number };
}

/** What is added to a multiple of the longest pause of a test that was timed, in ms. */
const GRACE = 20_000;
const FACTOR = 6;

export interface RunOptions {
  readonly times: Times;
  /** How long a test that was never timed may be silent, in ms. */
  readonly patience: number;
  /** When no more tests run, by `Date.now()`. */
  readonly deadline?: number;
  readonly timed: (test: string, ms: number, pause: number) => void;
  readonly env?: NodeJS.ProcessEnv;
}

const children = new Set<ChildProcess>();

/** Ends a process and what it started. */
function stop(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Ends every process with tests: whoever interrupts a run leaves none behind. */
export const stopAll = (): void => children.forEach(stop);

/** Runs test files one after the other until one fails, or is silent for much longer than it ever was. */
export function runTests(order: Order, { times, patience: most, timed, deadline = Infinity, env = {} }: RunOptions): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [`${root}node_modules/vitest/vitest.mjs`, 'run', '--config', `${root}tools/mutants/vitest.config.ts`],
    {
      cwd: root,
      env: { ...process.env, ...env, VTA_MUTANT: JSON.stringify(order), CI: '1' },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    },
  );
  children.add(child);
  let now = order.tests[0];
  let last = Date.now();
  let pause = 0;
  let outcome: Outcome | null = null;
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-500)));
  const watch = setInterval(() => {
    if (Date.now() > deadline) {
      outcome ??= { end: 'out of time' };
      return stop(child);
    }
    const known = times[now];
    const patience = known === undefined ? most : GRACE + FACTOR * known.pause;
    if (Date.now() - last < patience) return;
    outcome ??= { end: 'hung', test: now, name: `nothing for ${Math.round(patience / 1000)} s` };
    stop(child);
  }, 500);
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const progress = JSON.parse(line) as Progress;
    pause = progress.event === 'begin' ? 0 : Math.max(pause, Date.now() - last);
    last = Date.now();
    now = progress.test;
    if (progress.event !== 'end') return;
    if (progress.failed === null) timed(progress.test, progress.ms, pause);
    else {
      outcome ??= { end: 'failed', test: progress.test, name: progress.failed };
      stop(child);
    }
  });
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearInterval(watch);
      children.delete(child);
      resolve(outcome ?? (status === 0 ? { end: 'passed' } : { end: 'died', test: now, name: errors.trim().split('\n').at(-1) ?? '' }));
    });
  });
}
