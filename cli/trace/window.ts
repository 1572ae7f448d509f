import { fail } from '#isa/diag/diagnostic';
import type { Timeline } from '#analysis/trace/timeline';
import { countOf } from '../io/options.js';
import { cliMessages as M } from '../messages.js';

/** Cycles of one launch, both ends included. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Refuses what can only show one launch. @throws VtaError VTA6008 */
export function oneLaunch(t: Timeline): void {
  if (t.launches.length !== 1) fail(M.VTA6008, { count: t.launches.length });
}

/**
 * The window of `--from` and `--to`: by default the whole launch of `cycles` cycles.
 * @throws VtaError VTA6004, VTA6021 where it is empty or not inside the launch
 */
export function windowOf(options: Readonly<Record<string, unknown>>, command: string, cycles: number): Window {
  const given = (name: 'from' | 'to', otherwise: number) =>
    options[name] === undefined ? otherwise : countOf(options[name], command, `--${name}`);
  const window = { from: given('from', 0), to: given('to', cycles - 1) };
  if (window.from > window.to || window.to >= cycles) fail(M.VTA6021, { ...window, cycles, last: cycles - 1 });
  return window;
}
