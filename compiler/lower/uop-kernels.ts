import { encodeUop, insn, UOP_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { AluInsn, GemmInsn, Uop } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { isTensorOp, type MachineOp } from './machine-op.js';

/** The micro-op kernels of a program: sequences of micro-ops, equal ones stored once. */
export class UopKernels {
  private readonly ids = new Map<string, number>();
  readonly kernels: Uint32Array[] = [];

  constructor(private readonly config: VtaConfig) {}

  /** Index of the kernel with these micro-ops. */
  intern(uops: readonly Uop[]): number {
    const words = Uint32Array.from(uops, (u) => encodeUop(u, this.config));
    const key = words.join();
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.kernels.length;
      this.ids.set(key, id);
      this.kernels.push(words);
    }
    return id;
  }

  /** First word of every kernel in the DRAM buffer of all kernels. */
  get offsets(): number[] {
    let at = 0;
    return this.kernels.map((k) => (at += k.length) - k.length);
  }

  get words(): number {
    return this.kernels.reduce((n, k) => n + k.length, 0);
  }

  /** Contents of that DRAM buffer, little-endian. */
  pack(): Uint8Array {
    const bytes = new Uint8Array(this.words * UOP_BYTES);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const k of this.kernels) for (const w of k) view.setUint32(UOP_BYTES * at++, w, true);
    return bytes;
  }
}

/**
 * Places the kernels in the micro-op buffer and inserts the LOADs: if all fit, one for the first instruction's kernel, so that
 * it can begin early, and one for all others; otherwise each before its use, first in first out. Compute executes LOAD UOP, GEMM and ALU in order, so no tokens are needed.
 */
export function placeKernels(ops: readonly MachineOp[], uops: UopKernels, config: VtaConfig, dramBuffer: number): MachineOp[] {
  const dram = uops.offsets;
  const place = new UopBuffer(config.uopDepth);
  const out: MachineOp[] = [];
  const load = (sram: number, offset: number, count: number) => {
    const fields = { memory_type: MEMORY_TYPES.UOP.code, sram_base: sram, dram_base: offset, y_size: 1, x_size: count, x_stride: count };
    const reads = [{ memory: `dram:${dramBuffer}`, lo: offset, hi: offset + count }];
    out.push({ insn: insn('LOAD', fields), unit: 'compute', reads, writes: [], buffer: dramBuffer, kernel: -1 });
  };
  const first = ops.findIndex(isTensorOp);
  const resident = first >= 0 && uops.words <= config.uopDepth;
  if (resident) for (let k = 0; k < uops.kernels.length; k++) place.add(k, uops.kernels[k].length);
  ops.forEach((op, i) => {
    if (!isTensorOp(op)) {
      out.push(op);
      return;
    }
    if (resident && i === first) load(0, 0, uops.kernels[0].length);
    const count = uops.kernels[op.kernel].length;
    let at = place.find(op.kernel);
    if (at === undefined) {
      at = place.add(op.kernel, count);
      load(at, dram[op.kernel], count);
    }
    const body = op.insn as GemmInsn | AluInsn;
    out.push({ ...op, insn: { ...body, uop_bgn: at, uop_end: at + count } });
    if (resident && i === first && uops.words > count) load(count, count, uops.words - count);
  });
  return out;
}

/** Which kernel lies where; the oldest give way. */
class UopBuffer {
  private readonly at = new Map<number, { readonly lo: number; readonly hi: number }>();
  private next = 0;

  constructor(private readonly depth: number) {}

  find(kernel: number): number | undefined {
    return this.at.get(kernel)?.lo;
  }

  add(kernel: number, count: number): number {
    if (this.next + count > this.depth) this.next = 0;
    const lo = this.next;
    const hi = lo + count;
    for (const [k, r] of this.at) if (r.lo < hi && lo < r.hi) this.at.delete(k);
    this.at.set(kernel, { lo, hi });
    this.next = hi;
    return lo;
  }
}
