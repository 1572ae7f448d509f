import { type Measurement, medianRatio } from './measure.js';
import type { Workload } from './programs.js';

/** One program on all machines it ran on. */
export interface Row {
  readonly workload: Workload;
  readonly functional: Measurement;
  readonly cycle: Measurement | null;
  readonly rtl: Measurement | null;
}

const perSecond = (amount: number, m: Measurement) => amount / m.best;

/** Rates of a row, per second of the best run, and ratios of machines that took turns by turn; null where a machine did not run. */
export function rates({ workload, functional, cycle, rtl }: Row) {
  const { config } = workload;
  const { gemmOps, aluOps } = functional.counters;
  const speed = (m: Measurement | null) => (m === null || m.cycles === null ? null : perSecond(m.cycles, m));
  return {
    macs: perSecond(gemmOps * config.batch * config.blockIn * config.blockOut, functional),
    vectors: gemmOps === 0 ? perSecond(aluOps, functional) : 0,
    functionalSpread: functional.median / functional.best,
    cycles: cycle?.cycles ?? rtl?.cycles ?? null,
    cycleSpeed: speed(cycle),
    rtlSpeed: speed(rtl),
    cycleOverFunctional: cycle === null ? null : medianRatio(cycle.turns, functional.turns),
    rtlOverCycle: cycle === null || rtl === null ? null : rtl.best / cycle.best,
    cyclesEqual: cycle === null || rtl === null ? null : cycle.cycles === rtl.cycles,
  };
}

const number = (value: number | null, scale: number, digits: number) => (value === null ? '' : (value / scale).toFixed(digits));
const ratio = (value: number | null) => (value === null ? '' : `x${value.toPrecision(3)}`);

/** Rows as an aligned table. */
export function table(rows: readonly Row[]): string {
  const head = ['program', 'GMAC/s', 'Mvector/s', 'cycles', 'cycle sim Mcycle/s', 'speed / functional', 'RTL Mcycle/s', 'cycle sim / RTL'];
  const body = rows.map((row) => {
    const r = rates(row);
    const name = r.cyclesEqual === false ? `${row.workload.name} (CYCLES DIFFER)` : row.workload.name;
    return [
      name,
      r.macs > 0 ? number(r.macs, 1e9, 1) : '',
      r.vectors > 0 ? number(r.vectors, 1e6, 0) : '',
      number(r.cycles, 1, 0),
      number(r.cycleSpeed, 1e6, 0),
      ratio(r.cycleOverFunctional === null ? null : 1 / r.cycleOverFunctional),
      number(r.rtlSpeed, 1e6, 3),
      ratio(r.rtlOverCycle),
    ];
  });
  return columns(head, body, [1, 2, 3, 4, 5, 6, 7]);
}

/** Aligned columns; those in `right` to the right. */
export function columns(head: readonly string[], body: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((cells) => cells[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  return [head, ...body].map((cells) => `${line(cells).trimEnd()}\n`).join('');
}
