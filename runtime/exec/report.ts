import type { Counters, Device } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';
import type { ValueQuantization } from '../artifact/artifact.js';
import type { Tensor } from '../tensor.js';

/** Bytes that one launch moved between device memory and the scratchpads. */
export interface BytesMoved {
  readonly uop: number;
  readonly inp: number;
  readonly wgt: number;
  readonly acc: number;
  readonly out: number;
}

/** What one step cost. `cycles` and `utilization` are null where the device has no time, and for host operators. */
export interface LayerReport {
  readonly name: string;
  readonly op: string;
  readonly target: 'vta' | 'host';
  readonly cycles: number | null;
  readonly macs: number;
  /** macs / (cycles * BATCH * BLOCK_IN * BLOCK_OUT): the share of the GEMM core's multipliers that did useful work. */
  readonly utilization: number | null;
  readonly instructions: number;
  readonly bytes: BytesMoved | null;
  readonly notes: readonly string[];
}

export interface OutputReport {
  readonly name: string;
  readonly tensor: Tensor;
  readonly quantization: ValueQuantization | null;
}

export interface RunReport {
  readonly program: string;
  readonly config: string;
  readonly on: Device['name'];
  readonly timing?: Device['timing'];
  /** Sum over launches; null on devices without time. */
  readonly cycles: number | null;
  /** Multiply-accumulates of all layers, on the device and on the host. */
  readonly macs: number;
  /** Of the device's layers over the device's cycles. */
  readonly utilization: number | null;
  /** Whatever the inputs, the results are those of the rounding that the program was compiled for. */
  readonly exact: boolean;
  readonly layers: readonly LayerReport[];
  readonly outputs: readonly OutputReport[];
}

/** Multiply-accumulates per cycle at full use. */
export const peakMacs = (config: VtaConfig): number => config.batch * config.blockIn * config.blockOut;

/** @returns null where there are no cycles to divide by */
export const utilizationOf = (macs: number, cycles: number | null, config: VtaConfig): number | null =>
  cycles === null || cycles === 0 ? null : macs / (cycles * peakMacs(config));

export const bytesOf = (c: Counters): BytesMoved => ({
  uop: c.uopLoadBytes,
  inp: c.inpLoadBytes,
  wgt: c.wgtLoadBytes,
  acc: c.accLoadBytes,
  out: c.outStoreBytes,
});
