import type { Divergence } from '#hardware-rtl/lockstep/divergence';
import { type Cell, table } from './table.js';

const MACHINES = ['functional', 'cycle', 'rtl'] as const;
type Records = Divergence['last'][(typeof MACHINES)[number]];
type Entry = Records[number] | undefined;

/** The instruction of a record, its cycle where the machine has time, and what it wrote. */
const cells = (r: Entry, timed: boolean): Cell[] =>
  r === undefined
    ? Array<string>(timed ? 3 : 2).fill('')
    : [String(r.insn), ...(timed ? [String(r.cycle)] : []), (r.hash >>> 0).toString(16).padStart(8, '0')];

/** Is the row different on some machine? */
function differs(functional: Entry, cycle: Entry, rtl: Entry): boolean {
  const same = (a: Entry, b: Entry) => a?.insn === b?.insn && a?.hash === b?.hash;
  return !same(functional, rtl) || !same(cycle, rtl) || cycle?.cycle !== rtl?.cycle;
}

/** The first divergence of a lockstep run: what, where, the last records of the unit side by side (`*`: not equal), and how to see it again. */
export function divergenceText(d: Divergence): string {
  const where = d.text === null ? '' : `  at instruction ${d.insn}: ${d.text}\n`;
  // the functional machine has no cycles to differ in
  const machines = MACHINES.filter((m) => (d.kind !== 'cycle' && d.kind !== 'trace') || m !== 'functional');
  const values = machines.map((m) => `${m} ${d.values[m] ?? 'nothing'}`).join(', ');
  const { functional, cycle, rtl } = d.last;
  const rows = Array.from({ length: Math.max(functional.length, cycle.length, rtl.length) }, (_, i) => {
    const [f, c, r] = [functional.at(i), cycle.at(i), rtl.at(i)];
    return [differs(f, c, r) ? '*' : '', ...cells(f, false), ...cells(c, true), ...cells(r, true)];
  });
  const head = ['', 'functional', 'wrote', 'cycle sim', 'at', 'wrote', 'rtl', 'at', 'wrote'];
  const records =
    rows.length === 0 ? '' : `\n  the last instructions of the ${d.unit} unit:\n${indent(table(head, rows, [1, 3, 4, 6, 7]))}`;
  const look = d.look === null ? '' : `  to look at it on the cycle simulator: ${d.look}\n`;
  return `  ${d.what} (${values})\n${where}${firstText(d)}${endsText(d)}${records}\n${look}  to see it again: ${d.reproduce}\n`;
}

/** The first lane that differs. */
function firstText({ first }: Divergence): string {
  if (first === null) return '';
  const { memory, element, lane, functional, rtl } = first;
  const place =
    memory === 'uop' ? `uop[${element}]` : `${memory}[${memory === 'memory' ? `0x${element.toString(16)}` : element}] lane ${lane}`;
  return `  first difference: ${place} is ${functional} on functional, ${rtl === null ? 'not written' : rtl} on rtl\n`;
}

/** Why machines stopped, where that is not what differs already. */
const endsText = ({ kind, ends }: Divergence): string =>
  kind === 'error' ? '' : MACHINES.flatMap((m) => (ends[m] === null ? [] : [`  ${m} stopped: ${ends[m]}\n`])).join('');

const indent = (text: string): string => text.replace(/^(?=.)/gm, '    ');
