import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS, type MemoryType } from '#isa/spec/tables';
import { lowerMessages as M } from './messages.js';
import { beyond, TIR_LIMITS } from '../tir/limits.js';
import type { Access, Buffer, Dma, Func } from '../tir/node.js';
import { printStmt } from '../tir/print.js';
import { buffersOf } from '../tir/visit.js';
import { type AffineNest, linearize } from './affine.js';
import { lowerDma } from './dma.js';
import type { MachineOp } from './machine-op.js';
import { planStorage, type StoragePlan } from './storage.js';
import { lowerAlu, lowerGemm } from './tensor-ops.js';
import { insertTokens } from './tokens.js';
import { placeKernels, UopKernels } from './uop-kernels.js';
import { injectVirtualThreads, type Nest, nestsOf } from '../tir/virtual-threads.js';

/** Memory types that address DRAM. */
export type DramMemory = Exclude<MemoryType, 'PAD_VALUE'>;

/** A lowered function: instructions that address the DRAM buffers of the function's header, then the micro-op buffer. */
export interface LoweredFunc {
  readonly insns: readonly Insn[];
  /** Per instruction: index of the parameter it addresses, `params.length` for micro-ops, or -1. */
  readonly relocations: Int32Array;
  readonly uopWords: number;
  readonly uops: Uint8Array;
  /** How each parameter is addressed; null where nothing addresses it. */
  readonly memories: readonly (DramMemory | null)[];
}

/** Lowers scheduled, tensorized TIR to instructions. @throws VtaError VTA2401, VTA2402 */
export function lowerFunc(func: Func, config: VtaConfig): LoweredFunc {
  const plan = planStorage(func, config);
  const flat = injectVirtualThreads(func);
  const select = new Selector(flat, plan, config);
  const ops: MachineOp[] = [];
  for (const nest of nestsOf(flat)) {
    for (const op of select.lower(nest)) ops.push(op);
    if (ops.length > TIR_LIMITS.operations.limit)
      beyond('operations', `the code of ${func.name}`, `more than ${TIR_LIMITS.operations.limit}`, 'use fewer rounds, or larger tiles');
  }
  const linked = insertTokens(placeKernels(ops, select.uops, config, func.params.length));
  return {
    insns: linked.map((l) => l.insn),
    relocations: Int32Array.from(linked, (l) => l.buffer),
    uopWords: select.uops.words,
    uops: select.uops.pack(),
    memories: func.params.map((p) => select.memories.get(p.name) ?? null),
  };
}

/** Bytes of one element in DRAM. */
const dramBytes = (m: DramMemory, c: VtaConfig): number =>
  ({ UOP: c.uopBytes, WGT: c.wgtBytes, INP: c.inpBytes, ACC: c.accBytes, OUT: c.outBytes, ACC_8BIT: c.accBytes / 4 })[m];

/** Turns nests into machine operations: which instruction, which addresses. */
class Selector {
  readonly uops: UopKernels;
  /** How each DRAM buffer was accessed. */
  readonly memories = new Map<string, DramMemory>();
  private readonly buffers: Map<string, Buffer>;
  private readonly params: Map<string, number>;

  constructor(
    func: Func,
    private readonly plan: StoragePlan,
    private readonly config: VtaConfig,
  ) {
    this.uops = new UopKernels(config);
    this.buffers = buffersOf(func);
    this.params = new Map(func.params.map((p, i) => [p.name, i]));
  }

  lower(nest: Nest): MachineOp[] {
    const s = nest.stmt;
    switch (s.kind) {
      case 'store':
        return this.refuse(nest, 'it works on single lanes', 'tensorize its block, so that it becomes gemm, alu or dma');
      case 'dma':
        return this.dma(nest, s);
      case 'gemm':
        return lowerGemm(this.affine(nest, [s.dst, s.src, s.wgt]), false, this.uops, this.config);
      case 'reset':
        return lowerGemm(this.affine(nest, [s.dst]), true, this.uops, this.config);
      case 'alu': {
        if (ALU_OPS[s.op].extension && !this.config.extension) {
          this.refuse(nest, `${s.op} belongs to the ISA extension, which is off`, 'compile for a configuration with EXTENSION 1');
        }
        if (typeof s.src === 'number' && (s.src < -32768 || s.src > 32767)) {
          this.refuse(nest, `the immediate ${s.src} does not fit 16 bits`, 'put the constant into a parameter vector');
        }
        const operands = typeof s.src === 'number' ? [s.dst] : [s.dst, s.src];
        const vector = { op: s.op, immediate: typeof s.src === 'number' ? s.src : null, rq: s.rq };
        return lowerAlu(this.affine(nest, operands), vector, this.uops, this.config);
      }
    }
  }

  private dma(nest: Nest, s: Dma): MachineOp[] {
    const load = (this.buffers.get(s.src.buffer) as Buffer).scope === 'dram';
    const [inside, outside] = load ? [s.dst, s.src] : [s.src, s.dst];
    const scratch = this.buffers.get(inside.buffer) as Buffer;
    const dram = this.buffers.get(outside.buffer) as Buffer;
    if (!load && scratch.scope !== 'acc') this.refuse(nest, `STORE reads accumulators, not ${scratch.scope}`, 'store from a buffer in acc');
    const memory: DramMemory = !load
      ? 'OUT'
      : scratch.scope === 'acc'
        ? dram.dtype === 'i8'
          ? 'ACC_8BIT'
          : 'ACC'
        : scratch.scope === 'inp'
          ? 'INP'
          : 'WGT';
    if (dram.dtype !== 'i8' && memory !== 'ACC')
      this.refuse(nest, `${memory} elements are 8 bits wide in DRAM, ${dram.name} is ${dram.dtype}`, 'use an i8 buffer');
    const before = this.memories.get(dram.name);
    if (before !== undefined && dramBytes(before, this.config) !== dramBytes(memory, this.config)) {
      this.refuse(nest, `${dram.name} is also used as ${before}, whose elements have another size`, 'use two buffers');
    }
    this.memories.set(dram.name, memory);
    const transfer = {
      op: load ? 'LOAD' : 'STORE',
      memory,
      scratchpad: scratch.scope as 'inp' | 'wgt' | 'acc',
      buffer: this.params.get(dram.name) as number,
    } as const;
    return lowerDma(this.affine(nest, [inside, outside]), transfer);
  }

  private affine(nest: Nest, accesses: readonly Access[]): AffineNest {
    const operands = accesses.map((a) => linearize(a, this.buffers.get(a.buffer) as Buffer, this.plan.get(a.buffer) ?? 0, nest.loops));
    return { extents: nest.loops.map((l) => l.extent), operands };
  }

  private refuse(nest: Nest, reason: string, remedy: string): never {
    fail(M.VTA2401, { statement: printStmt(nest.stmt).trim(), reason, remedy });
  }
}
