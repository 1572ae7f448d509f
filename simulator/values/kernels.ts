import { type AluKernel, aluModule } from './wasm/alu-kernel.js';
import { gemmModule } from './wasm/gemm-kernel.js';
import { hashModule } from './wasm/hash-kernel.js';
import { memoryModule } from './wasm/memory-kernel.js';
import { instantiate } from './wasm/runtime.js';
import type { MachineState } from './state.js';

/** A compiled kernel; arguments as documented where it is built. */
export type Kernel = (...args: number[]) => void;

type MemoryKernel = 'widen' | 'transpose' | 'narrow';

/** The WebAssembly kernels of one machine, made when first used. */
export class Kernels {
  private readonly alu = new Map<string, Readonly<Record<'many' | 'one', Kernel>>>();
  private gemmExports: Readonly<Record<'gemm' | 'reset', Kernel>> | null = null;

  private hashExports: Readonly<Record<'hash', Kernel>> | null = null;
  private memoryExports: Readonly<Record<MemoryKernel, Kernel>> | null = null;

  constructor(private readonly state: MachineState) {}

  private get bases() {
    const { uop, inp, wgt, acc } = this.state;
    return { uop: uop.byteOffset, inp: inp.byteOffset, wgt: wgt.byteOffset, acc: acc.byteOffset };
  }

  /** GEMM with and without reset. */
  get gemm(): Readonly<Record<'gemm' | 'reset', Kernel>> {
    const { config, shape, memory } = this.state;
    this.gemmExports ??= instantiate(gemmModule(config, shape, this.bases), memory) as Record<'gemm' | 'reset', Kernel>;
    return this.gemmExports;
  }

  /** The write hash of one ACC element, summed up in the staging area. */
  get hash(): Readonly<Record<'hash', Kernel>> {
    const { shape, memory, acc, staging } = this.state;
    this.hashExports ??= instantiate(hashModule(shape, acc.byteOffset, staging), memory) as Record<'hash', Kernel>;
    return this.hashExports;
  }

  /** Between int8 elements and their working form. */
  get memory(): Readonly<Record<MemoryKernel, Kernel>> {
    const { shape, memory } = this.state;
    this.memoryExports ??= instantiate(memoryModule(shape), memory) as Record<MemoryKernel, Kernel>;
    return this.memoryExports;
  }

  /** An ALU operation for many micro-ops or for one. */
  aluOf(kernel: AluKernel, register: boolean): Readonly<Record<'many' | 'one', Kernel>> {
    const key = `${kernel}${register}`;
    let made = this.alu.get(key);
    if (made === undefined) {
      const { config, shape, memory } = this.state;
      made = instantiate(aluModule(kernel, register, { config, shape, bases: this.bases }), memory) as Record<'many' | 'one', Kernel>;
      this.alu.set(key, made);
    }
    return made;
  }
}

const kernels = new WeakMap<MachineState, Kernels>();

/** The kernels of a machine. */
export function kernelsOf(state: MachineState): Kernels {
  let k = kernels.get(state);
  if (k === undefined) {
    k = new Kernels(state);
    kernels.set(state, k);
  }
  return k;
}
