import type { Schedule } from '../schedule/primitive.js';
import type { Func } from '../tir/node.js';

/** A kernel before lowering: what is computed, how it is scheduled, and its constants. */
export interface PlannedKernel {
  readonly func: Func;
  readonly schedule: Schedule;
  /** Contents of constant buffers by parameter name. */
  readonly constants: Readonly<Record<string, Uint8Array>>;
  readonly macs: number;
  readonly notes: readonly string[];
  readonly exact: boolean;
  readonly remarks: readonly string[];
}

/** A TIR name from a layer's name. */
export const funcName = (name: string): string => name.replace(/\W+/g, '_').replace(/^(?=\d|$)/, 'k');
