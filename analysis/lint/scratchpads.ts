import type { VtaConfig } from '#isa/config/config';
import { ElementSet } from '#simulator/values/element-set';
import { depthOf, type Rows, SCRATCHPADS, type Scratchpad, type Touched } from '#simulator/values/footprint';
import { PagedInts } from '#simulator/values/paged';
import type { DecodedLoad } from '#simulator/values/decode';

type Sets = Readonly<Record<Scratchpad, ElementSet>>;

const sets = (c: VtaConfig): Sets => Object.fromEntries(SCRATCHPADS.map((m) => [m, new ElementSet(depthOf(m, c))])) as unknown as Sets;

const UOP_BYTES = 4;

/** What lint knows about memories at a point of the program: what was written, by whom, and the micro-ops themselves. */
export class Scratchpads {
  private readonly ever: Sets;
  private now: Sets;
  /** ACC elements whose last write also reached the OUT buffer of HLS and Chisel. */
  private readonly out: ElementSet;
  /** The micro-op buffer, and which micro-ops are not known. */
  readonly uop: Uint32Array;
  private readonly unknown: ElementSet;
  /** Grows with every LOAD of micro-ops; for `checkUopRanges`. */
  uopVersion = 0;
  /** Words of DRAM that the program or the host writes. */
  private readonly changed = new PagedInts();

  /** @param memory what DRAM holds at first; null where that is not known */
  constructor(
    readonly config: VtaConfig,
    private readonly memory: Uint8Array | null,
  ) {
    this.ever = sets(config);
    this.now = sets(config);
    this.out = new ElementSet(config.accDepth);
    this.uop = new Uint32Array(config.uopDepth);
    this.unknown = new ElementSet(config.uopDepth);
  }

  beginLaunch(): void {
    this.now = sets(this.config);
  }

  /** Elements that nothing has written yet. */
  unwritten({ memory, elements }: Touched): ElementSet {
    return elements.without(this.ever[memory]);
  }

  /** Elements that were last written before this launch began. */
  kept({ memory, elements }: Touched): ElementSet {
    const written = elements.without(this.now[memory]);
    written.removeAll(this.unwritten({ memory, elements }));
    return written;
  }

  /** ACC elements that were written, but not to the OUT buffer of HLS and Chisel. */
  staleOut(elements: ElementSet): ElementSet {
    const stale = elements.without(this.out);
    stale.removeAll(this.unwritten({ memory: 'acc', elements }));
    return stale;
  }

  write({ memory, elements }: Touched, reachesOut: boolean): void {
    this.ever[memory].addAll(elements);
    this.now[memory].addAll(elements);
    if (memory !== 'acc') return;
    if (reachesOut) this.out.addAll(elements);
    else this.out.removeAll(elements);
  }

  /** Are all these micro-ops known? */
  knows(uops: ElementSet): boolean {
    return !uops.meets(this.unknown);
  }

  /** Notes that memory no longer holds what it held at first. */
  change(rows: Rows): void {
    for (let y = 0; y < rows.rows; y++) {
      const at = rows.address + y * rows.rowStride;
      if (rows.rowBytes > 0) this.changed.fill(Math.floor(at / UOP_BYTES), Math.floor((at + rows.rowBytes - 1) / UOP_BYTES), 1);
    }
  }

  isChanged(low: number, high: number): boolean {
    let any = false;
    this.changed.forEach(Math.floor(low / UOP_BYTES), Math.floor(high / UOP_BYTES), () => {
      any = true;
    });
    return any;
  }

  /** Executes a LOAD of micro-ops. */
  loadUops(d: DecodedLoad): void {
    const i = d.insn;
    const width = i.x_pad_0 + i.x_size + i.x_pad_1;
    const view = this.memory === null ? null : new DataView(this.memory.buffer, this.memory.byteOffset, this.memory.byteLength);
    let index = i.sram_base;
    for (let y = -i.y_pad_0; y < i.y_size + i.y_pad_1; y++) {
      for (let x = -i.x_pad_0; x < width - i.x_pad_0; x++, index++) {
        const inside = y >= 0 && y < i.y_size && x >= 0 && x < i.x_size;
        const at = d.address + y * d.rowStride + x * UOP_BYTES;
        const known = !inside || (view !== null && this.changed.get(at / UOP_BYTES) === 0);
        this.uop[index] = inside && known ? view!.getUint32(at, true) : 0;
        if (known) this.unknown.remove(index);
        else this.unknown.add(index);
      }
    }
    this.uopVersion++;
  }
}
