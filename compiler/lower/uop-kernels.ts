import { encodeUop, insn, UOP_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { AluInsn, GemmInsn, Uop } from '#isa/spec/instructions';
import { MEMORY_TYPES } from '#isa/spec/tables';
import { isTensorOp, type MachineOp } from './machine-op.js';

/** Kernels of at most that many micro-ops (vector operations mostly) are loaded all at once. */
const SMALL = 4;

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

  /** Kernels in the order of the DRAM buffer: the small ones, then the others, each as they were first used. */
  private get order(): number[] {
    const ids = this.kernels.map((_, id) => id);
    return [...ids.filter((id) => this.isSmall(id)), ...ids.filter((id) => !this.isSmall(id))];
  }

  isSmall(id: number): boolean {
    return this.kernels[id].length <= SMALL;
  }

  /** First word of every kernel in the DRAM buffer of all kernels. */
  get offsets(): number[] {
    const out = new Array<number>(this.kernels.length).fill(0);
    let at = 0;
    for (const id of this.order) {
      out[id] = at;
      at += this.kernels[id].length;
    }
    return out;
  }

  get words(): number {
    return this.kernels.reduce((n, k) => n + k.length, 0);
  }

  /** Contents of that DRAM buffer, little-endian. */
  pack(): Uint8Array {
    const bytes = new Uint8Array(this.words * UOP_BYTES);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const id of this.order) for (const w of this.kernels[id]) view.setUint32(UOP_BYTES * at++, w, true);
    return bytes;
  }
}

/**
 * Places the kernels in the micro-op buffer and inserts their LOADs: the small ones together at the start, each other one
 * before its first use, so that the first instruction does not wait for all of them. Where they do not fit together, the
 * oldest give way and are loaded again. Compute executes LOAD UOP, GEMM and ALU in order, so no tokens are needed.
 */
export function placeKernels(ops: readonly MachineOp[], uops: UopKernels, config: VtaConfig, dramBuffer: number): MachineOp[] {
  const dram = uops.offsets;
  const place = new UopBuffer(config.uopDepth);
  const out: MachineOp[] = [];
  const small = uops.kernels.map((_, id) => id).filter((id) => uops.isSmall(id));
  const words = small.reduce((n, id) => n + uops.kernels[id].length, 0);
  if (words > 0 && words <= config.uopDepth / 2) {
    for (const id of small) place.add(id, uops.kernels[id].length);
    out.push(loadUops(0, 0, words, dramBuffer));
  }
  for (const op of ops) {
    if (!isTensorOp(op)) {
      out.push(op);
      continue;
    }
    const count = uops.kernels[op.kernel].length;
    let at = place.find(op.kernel);
    if (at === undefined) {
      at = place.add(op.kernel, count);
      out.push(loadUops(at, dram[op.kernel], count, dramBuffer));
    }
    const body = op.insn as GemmInsn | AluInsn;
    out.push({ ...op, insn: { ...body, uop_bgn: at, uop_end: at + count } });
  }
  return out;
}

function loadUops(sram: number, offset: number, count: number, buffer: number): MachineOp {
  const fields = { memory_type: MEMORY_TYPES.UOP.code, sram_base: sram, dram_base: offset, y_size: 1, x_size: count, x_stride: count };
  const reads = [{ memory: `dram:${buffer}`, lo: offset, hi: offset + count }];
  return { insn: insn('LOAD', fields), unit: 'compute', reads, writes: [], buffer, kernel: -1 };
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
