import type { VtaConfig } from '#isa/config/config';
import { UNITS, type Unit } from '#isa/spec/tables';
import { depthOf, type Footprint, type Rows, type Scratchpad } from '#simulator/values/footprint';
import type { Range } from '#simulator/values/element-set';
import { PagedInts } from '#simulator/values/paged';
import type { Clock } from './token-play.js';

/** Memories that more than one unit touches: DRAM counts bytes, scratchpads elements. */
export type SharedMemory = 'dram' | 'inp' | 'wgt' | 'acc';

/** An earlier instruction of another unit that touches the same data, one of the two writing, and that no tokens order. */
export interface Conflict {
  readonly unit: Unit;
  /** Position of the earlier instruction in its unit, from 0. */
  readonly position: number;
  readonly memory: SharedMemory;
  /** Does the earlier one write? If not, the later one does. */
  readonly earlierWrites: boolean;
  /** What both touch. */
  readonly ranges: readonly Range[];
}

/** Who writes a memory and who else reads it; nothing is written by two units. */
const SHARED: Readonly<Record<Exclude<SharedMemory, 'dram'>, { readonly writer: Unit; readonly reader: Unit }>> = {
  inp: { writer: 'load', reader: 'compute' },
  wgt: { writer: 'load', reader: 'compute' },
  acc: { writer: 'compute', reader: 'store' },
};

/** Per element, 1 + the position of the last instruction that did it. */
interface Last {
  readonly written: Int32Array;
  readonly read: Int32Array;
}

/** Element numbers by the position of the instruction they belong to, joined to ranges. */
class Found {
  private readonly byPosition = new Map<number, [number, number][]>();

  add(position: number, low: number, high: number): void {
    const list = this.byPosition.get(position);
    const last = list?.at(-1);
    if (list === undefined) this.byPosition.set(position, [[low, high]]);
    else if (last !== undefined && last[1] === low - 1) last[1] = high;
    else list.push([low, high]);
  }

  conflicts(unit: Unit, memory: SharedMemory, earlierWrites: boolean): Conflict[] {
    return [...this.byPosition].map(([position, ranges]) => ({ unit, position, memory, earlierWrites, ranges }));
  }
}

/** The largest number of bytes that divides every DRAM address and extent. */
const granuleOf = (c: VtaConfig): number =>
  Math.min(c.uopBytes, c.inpBytes, c.wgtBytes, c.accBytes / 4 >= 1 ? c.accBytes / 4 : 1, c.outBytes);

/**
 * Who touched what last, within one launch. Instructions are shown to it in any order that tokens allow; it answers with earlier ones
 * that are not ordered before them. For each element only the last instruction of a unit counts: if that one is ordered, so are all before it.
 */
export class AccessHistory {
  private readonly last: Readonly<Record<Exclude<SharedMemory, 'dram'>, Last>>;
  private readonly stored = new PagedInts();
  private readonly loaded: Readonly<Record<'load' | 'compute', PagedInts>> = { load: new PagedInts(), compute: new PagedInts() };
  private readonly granule: number;

  constructor(config: VtaConfig) {
    const last = (memory: Scratchpad): Last => ({
      written: new Int32Array(depthOf(memory, config)),
      read: new Int32Array(depthOf(memory, config)),
    });
    this.last = { inp: last('inp'), wgt: last('wgt'), acc: last('acc') };
    this.granule = granuleOf(config);
  }

  /** Begins the next launch: everything before it is complete. */
  clear(): void {
    for (const { written, read } of Object.values(this.last)) {
      written.fill(0);
      read.fill(0);
    }
    this.stored.clear();
    this.loaded.load.clear();
    this.loaded.compute.clear();
  }

  /**
   * Notes an instruction and returns what it conflicts with.
   * @param position its place in its unit, from 0
   * @param clock how many instructions of each unit are complete before it starts
   */
  visit(unit: Unit, position: number, clock: Clock, f: Footprint): Conflict[] {
    const out: Conflict[] = [];
    for (const { memory, elements } of f.writes) {
      if (memory === 'uop') continue;
      const { reader } = SHARED[memory];
      if (reader !== unit) out.push(...this.behind(memory, elements, this.last[memory].read, reader, clock, false));
      elements.forEach((e) => (this.last[memory].written[e] = position + 1));
    }
    for (const { memory, elements } of f.reads) {
      if (memory === 'uop') continue;
      const { writer, reader } = SHARED[memory];
      if (reader !== unit) continue;
      out.push(...this.behind(memory, elements, this.last[memory].written, writer, clock, true));
      elements.forEach((e) => (this.last[memory].read[e] = position + 1));
    }
    if (f.dramReads !== null) out.push(...this.loads(unit as 'load' | 'compute', position, clock, f.dramReads));
    if (f.dramWrites !== null) out.push(...this.stores(position, clock, f.dramWrites));
    return out;
  }

  private behind(
    memory: Exclude<SharedMemory, 'dram'>,
    elements: { forEach(visit: (e: number) => void): void },
    last: Int32Array,
    other: Unit,
    clock: Clock,
    earlierWrites: boolean,
  ): Conflict[] {
    const known = clock[UNITS.indexOf(other)];
    const found = new Found();
    elements.forEach((e) => {
      if (last[e] > known) found.add(last[e] - 1, e, e);
    });
    return found.conflicts(other, memory, earlierWrites);
  }

  private eachRow(rows: Rows, visit: (low: number, high: number) => void): void {
    const g = this.granule;
    for (let y = 0; y < rows.rows; y++) {
      const at = rows.address + y * rows.rowStride;
      visit(at / g, (at + rows.rowBytes) / g - 1);
    }
  }

  private against(last: PagedInts, rows: Rows, other: Unit, clock: Clock, earlierWrites: boolean): Conflict[] {
    const known = clock[UNITS.indexOf(other)];
    const g = this.granule;
    const found = new Found();
    this.eachRow(rows, (low, high) =>
      last.forEach(low, high, (at, position) => {
        if (position > known) found.add(position - 1, at * g, at * g + g - 1);
      }),
    );
    return found.conflicts(other, 'dram', earlierWrites);
  }

  private loads(unit: 'load' | 'compute', position: number, clock: Clock, rows: Rows): Conflict[] {
    const out = this.against(this.stored, rows, 'store', clock, true);
    this.eachRow(rows, (low, high) => this.loaded[unit].fill(low, high, position + 1));
    return out;
  }

  private stores(position: number, clock: Clock, rows: Rows): Conflict[] {
    const out = (['load', 'compute'] as const).flatMap((unit) => this.against(this.loaded[unit], rows, unit, clock, false));
    this.eachRow(rows, (low, high) => this.stored.fill(low, high, position + 1));
    return out;
  }
}
