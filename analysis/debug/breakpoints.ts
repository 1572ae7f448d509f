import type { Footprint, Rows, Scratchpad } from '#simulator/values/footprint';
import type { Moment } from './schedule.js';

export type Access = 'read' | 'write' | 'any';

interface Numbered {
  readonly id: number;
  hits: number;
}

/** Where a program stops. */
export type Breakpoint = Numbered &
  (
    | { readonly on: 'insn'; readonly insn: number; readonly at: 'start' | 'retire' }
    | { readonly on: 'cycle'; readonly cycle: number }
    | { readonly on: 'addr'; readonly low: number; readonly high: number; readonly access: Access }
    | { readonly on: 'sram'; readonly memory: Scratchpad; readonly low: number; readonly high: number; readonly access: Access }
  );

const hex = (n: number): string => `0x${n.toString(16)}`;
const suffix = (access: Access): string => (access === 'any' ? '' : ` ${access}`);

/** A breakpoint as it is typed after `break`. */
export function breakpointText(b: Breakpoint): string {
  switch (b.on) {
    case 'insn':
      return `insn ${b.insn}${b.at === 'retire' ? ' retire' : ''}`;
    case 'cycle':
      return `cycle ${b.cycle}`;
    case 'addr':
      return `addr ${hex(b.low)}${b.high === b.low ? '' : `..${hex(b.high)}`}${suffix(b.access)}`;
    case 'sram':
      return `sram ${b.memory}[${b.low}${b.high === b.low ? '' : `..${b.high}`}]${suffix(b.access)}`;
  }
}

function meets(rows: Rows | null, low: number, high: number): boolean {
  for (let y = 0; y < (rows?.rows ?? 0); y++) {
    const at = rows!.address + y * rows!.rowStride;
    if (at <= high && at + rows!.rowBytes > low) return true;
  }
  return false;
}

const touches = (list: Footprint['reads'], memory: Scratchpad, low: number, high: number): boolean =>
  list.some((t) => {
    if (t.memory !== memory) return false;
    for (let e = low; e <= high; e++) if (t.elements.has(e)) return true;
    return false;
  });

/** Does the program stop here? What an instruction touches counts when it retires. */
export function hits(b: Breakpoint, moment: Moment, footprint: Footprint | null): boolean {
  if (b.on === 'insn') return b.insn === moment.insn && b.at === moment.kind;
  if (b.on === 'cycle' || footprint === null) return false;
  const reads = b.access !== 'write';
  const writes = b.access !== 'read';
  if (b.on === 'addr')
    return (reads && meets(footprint.dramReads, b.low, b.high)) || (writes && meets(footprint.dramWrites, b.low, b.high));
  return (reads && touches(footprint.reads, b.memory, b.low, b.high)) || (writes && touches(footprint.writes, b.memory, b.low, b.high));
}
