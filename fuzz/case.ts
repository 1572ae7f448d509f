import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';

/** One program in the memory of a case. */
export interface FuzzLaunch {
  /** Byte address of the first instruction. */
  readonly insnAddr: number;
  readonly insnCount: number;
}

/** Everything that a run needs: one machine, its memory before the first launch, and launches one after the other without reset. */
export interface FuzzCase {
  /** For people: where it comes from. */
  readonly name: string;
  readonly config: VtaConfig;
  readonly memory: MemorySettings;
  /** Not changed by running. */
  readonly dram: Uint8Array;
  readonly launches: readonly FuzzLaunch[];
}
