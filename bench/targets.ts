import type { Parallel, StartUp } from './processes.js';
import { columns, type Row, rates } from './report.js';

/** Everything that one run measured; null or empty where it was left out. */
export interface Results {
  readonly long: readonly Row[];
  readonly short: readonly Row[];
  /** Instructions per second of the cycle simulator without values, on programs of many thousand instructions and on single layers. */
  readonly timingOnly: { readonly sustained: number | null; readonly layers: number | null };
  readonly startUp: StartUp | null;
  readonly parallel: Parallel | null;
}

/** One figure beside what it has to be, or null where it only explains another one. `worst` names the program that decides. */
export interface Figure {
  readonly name: string;
  readonly value: number | null;
  readonly target: number | null;
  readonly unit: string;
  readonly atMost?: boolean;
  readonly worst?: string;
}

/** The smallest value over the rows that have one, with the program's name. */
function least(rows: readonly Row[], value: (r: Row) => number | null): { readonly value: number | null; readonly worst?: string } {
  const values = rows.flatMap((row) => {
    const v = value(row);
    return v === null ? [] : [{ value: v, worst: row.workload.name }];
  });
  return values.reduce<{ value: number | null; worst?: string }>((a, b) => (a.value === null || b.value < a.value ? b : a), {
    value: null,
  });
}

const millions = (x: number | null): number | null => (x === null ? null : x / 1e6);
const inverse = (x: number | null): number | null => (x === null ? null : 1 / x);

/** The figures that the project promises. */
export function figures({ long, short, timingOnly, startUp, parallel }: Results): Figure[] {
  const gemm = long.filter((r) => /^gemm_default/.test(r.workload.name));
  return [
    {
      name: 'functional simulator, 1x16 GEMM',
      ...least(gemm, (r) => rates(r).macs / 1e9),
      target: 20,
      unit: 'GMAC/s',
    },
    {
      name: 'cycle simulator / functional, slowest long program',
      ...least(long, (r) => inverse(rates(r).cycleOverFunctional)),
      target: 0.8,
      unit: 'x',
    },
    {
      name: 'cycle simulator / functional, slowest short program',
      ...least(short, (r) => inverse(rates(r).cycleOverFunctional)),
      target: 0.8,
      unit: 'x',
    },
    { name: 'cycle simulator / RTL, slowest short program', ...least(short, (r) => rates(r).rtlOverCycle), target: 50, unit: 'x' },
    { name: 'cycle simulator without values, long programs', value: millions(timingOnly.sustained), target: 5, unit: 'Minsn/s' },
    { name: 'cycle simulator without values, single layers', value: millions(timingOnly.layers), target: 5, unit: 'Minsn/s' },
    { name: 'vta run, small program, functional', value: startUp?.functional ?? null, target: 0.3, unit: 's', atMost: true },
    { name: 'vta run, small program, cycle', value: startUp?.cycle ?? null, target: 0.3, unit: 's', atMost: true },
    { name: 'two programs at a time / one', value: parallel?.ratio ?? null, target: 1.8, unit: 'x' },
    { name: 'the same, start and compilation included', value: parallel?.whole ?? null, target: null, unit: 'x' },
  ];
}

/** Is the target met? Null where nothing was measured, or there is none. */
export const isMet = ({ value, target, atMost = false }: Figure): boolean | null =>
  value === null || target === null ? null : atMost ? value < target : value >= target;

/** The figures as a table. */
export function targetsTable(list: readonly Figure[]): string {
  const body = list.map((f) => {
    const met = isMet(f);
    const value = f.value === null ? 'not measured' : `${f.value.toPrecision(3)} ${f.unit}`;
    const target = f.target === null ? '' : `${f.atMost ? '<' : '>='} ${f.target} ${f.unit}`;
    return [f.name, value, target, met === null ? '' : met ? 'met' : 'MISSED', f.worst ?? ''];
  });
  return columns(['figure', 'measured', 'target', '', 'decided by'], body, [1, 2]);
}
