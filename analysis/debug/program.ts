import type { Trace } from '#isa/arch/trace';
import type { VtaConfig } from '#isa/config/config';
import type { MachineState } from '#simulator/values/state';
import type { Tokens } from '#simulator/values/tokens';

/** A launch that ran to its end on the cycle simulator, and everything that was there before it. */
export interface DebugProgram {
  readonly name: string;
  readonly config: VtaConfig;
  /** Memory before the launch; not changed. */
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
  /** Scratchpads before the launch; not changed. */
  readonly before: MachineState;
  /** Tokens that earlier launches left. */
  readonly tokens: Readonly<Tokens>;
  readonly trace: Trace;
}
