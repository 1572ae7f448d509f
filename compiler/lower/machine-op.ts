import type { Insn } from '#isa/spec/instructions';
import type { Unit } from '#isa/spec/tables';

/** Elements lo..hi-1 of a scratchpad, or of DRAM buffer `dram:INDEX` of the kernel. */
export interface Region {
  readonly memory: string;
  readonly lo: number;
  readonly hi: number;
}

/** One instruction before tokens are known, with everything it reads and writes except micro-ops. */
export interface MachineOp {
  readonly insn: Insn;
  readonly unit: Unit;
  readonly reads: readonly Region[];
  readonly writes: readonly Region[];
  /** Index of the kernel's DRAM buffer that the instruction addresses, or -1. */
  readonly buffer: number;
  /** Micro-op kernel (lower/uop-kernels.ts) of a GEMM or ALU instruction, or -1; uop_bgn and uop_end are set when it is placed. */
  readonly kernel: number;
}

export const isTensorOp = (op: MachineOp): boolean => op.kernel >= 0;
