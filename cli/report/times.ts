import type { Stopwatch, TimedStep } from '#compiler/stopwatch';
import { percent, table } from './table.js';

/** Where the time of a command went: its steps, which sum up to the total. */
export interface Times {
  readonly steps: readonly TimedStep[];
  readonly total: number;
}

/**
 * The times of a command that began at `begin` and ends now: before it came the start of Node and of vta; what no step accounts for
 * is the step `other`.
 */
export function timesOf(stopwatch: Stopwatch, begin: number): Times {
  const total = stopwatch.clock();
  const start: TimedStep = { step: 'start of vta', name: '', ms: begin };
  const other: TimedStep = { step: 'other', name: '', ms: total - begin - stopwatch.total };
  return { steps: [start, ...stopwatch.steps, other], total };
}

export const timesJson = ({ steps, total }: Times) => ({ total, steps: steps.map(({ step, name, ms }) => ({ step, name, ms })) });

const KERNEL = 'kernel ';
const isKernel = ({ step }: TimedStep): boolean => step.startsWith(KERNEL);
const sumOf = (steps: readonly TimedStep[]): number => steps.reduce((n, s) => n + s.ms, 0);
const show = (ms: number): string => ms.toFixed(1);
const unlike = (words: readonly string[]): string[] => [...new Set(words)];

/** A row for every layer, a column for every part of generating its kernel. */
function layersText(steps: readonly TimedStep[], total: number): string {
  const parts = unlike(steps.map((s) => s.step));
  const rows = unlike(steps.map((s) => s.name)).map((name) => {
    const own = steps.filter((s) => s.name === name);
    const cells = parts.map((part) => show(sumOf(own.filter((s) => s.step === part))));
    return [name, ...cells, show(sumOf(own)), percent(sumOf(own) / total)];
  });
  const head = ['kernel', ...parts.map((p) => p.slice(KERNEL.length)), 'ms', 'share'];
  return table(head, rows, [...head.keys()].slice(1));
}

/** What `vta compile` prints about its time: every step, kernels together, and then every kernel. */
export function timesText({ steps, total }: Times): string {
  const kernels = steps.filter(isKernel);
  const layers = unlike(kernels.map((s) => s.name)).length;
  const titleOf = (s: TimedStep): string => (isKernel(s) ? `kernels (${layers})` : `${s.step} ${s.name}`.trimEnd());
  const rows = unlike(steps.map(titleOf)).map((title) => {
    const ms = sumOf(steps.filter((s) => titleOf(s) === title));
    return [title, show(ms), percent(ms / total)];
  });
  const all = table(['step', 'ms', 'share'], [...rows, ['total', show(total), percent(1)]], [1, 2]);
  return kernels.length === 0 ? all : `${all}\n${layersText(kernels, total)}`;
}
