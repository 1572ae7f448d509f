/**
 * What code generators produce: a list of operations on values, before anything has an address or a layout. Host operators work
 * on values as they are in the graph; kernels work on blocked activations, and say which view and halo they need. Layout planning
 * (pipeline/plan-layouts.ts) decides the layouts and where values are packed and unpacked; linking (pipeline/link.ts) the addresses.
 */
import type { VtaConfig } from '#isa/config/config';
import type { HostAttrs } from '#runtime/host/operator';
import type { Tensor } from '#runtime/tensor';
import type { TensorType } from '../graph/types.js';
import type { ActivationLayout, CompiledKernel } from '../kernel/spec.js';
import type { Stopwatch } from '../stopwatch.js';

export type ValueId = number;

export interface ProgramValue {
  readonly name: string;
  readonly type: TensorType;
  /** The name that the model's file gives to it, or empty. */
  readonly origin: string;
  /** Contents of a constant. */
  readonly tensor?: Tensor;
}

/** How a kernel looks at a value: as an image of so many channels, in tiles of `lanes` channels. */
export interface View {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly lanes: number;
  readonly zeroPoint: number;
}

export type Halo = ActivationLayout['halo'];
export const NO_HALO: Halo = { top: 0, left: 0, bottom: 0, right: 0 };

/** A blocked operand: `halo` is the least that the kernel needs around the image. */
export interface BlockedUse {
  readonly value: ValueId;
  readonly view: View;
  readonly halo: Halo;
}

export interface HostOp {
  readonly kind: 'host';
  readonly name: string;
  readonly operator: string;
  readonly attrs: HostAttrs;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  readonly macs: number;
}

export interface KernelOp {
  readonly kind: 'kernel';
  readonly name: string;
  /** What it computes, for reports. */
  readonly op: string;
  /** In the order of the kernel's buffer roles `input`, `input2`. */
  readonly inputs: readonly BlockedUse[];
  readonly output: BlockedUse;
  /** Generates the code, once the layouts are known. */
  readonly build: (inputs: readonly ActivationLayout[], output: ActivationLayout, stopwatch: Stopwatch) => CompiledKernel;
}

export type ProgramOp = HostOp | KernelOp;

export interface Program {
  readonly config: VtaConfig;
  readonly values: readonly ProgramValue[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly ops: readonly ProgramOp[];
}

/** Collects operations in execution order. */
export class ProgramBuilder {
  private readonly values: ProgramValue[] = [];
  private readonly ops: ProgramOp[] = [];

  constructor(
    readonly config: VtaConfig,
    readonly exact = false,
  ) {}

  value(name: string, type: TensorType, origin = ''): ValueId {
    return this.values.push({ name, type, origin }) - 1;
  }

  constant(name: string, type: TensorType, tensor: Tensor): ValueId {
    return this.values.push({ name, type, origin: '', tensor }) - 1;
  }

  add(op: ProgramOp): void {
    this.ops.push(op);
  }

  finish(inputs: readonly ValueId[], outputs: readonly ValueId[]): Program {
    return { config: this.config, values: this.values, inputs, outputs, ops: this.ops };
  }
}
