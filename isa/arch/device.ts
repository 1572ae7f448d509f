import type { VtaConfig } from '../config/config.js';
import type { TokenChannel, Unit } from '../spec/tables.js';
import type { MemorySettings } from './memory.js';
import type { Trace } from './trace.js';

/**
 * What retired: one record per executed instruction, the same on every machine. Only the order within one unit is
 * architectural; `cycle` exists on machines that count cycles and must be equal between the cycle simulator and the RTL.
 */
export interface Retire {
  readonly unit: Unit;
  /** Position in the program, from 0. */
  readonly insn: number;
  /** Cycle in which the instruction retired, counted from launch; -1 on machines without time. */
  readonly cycle: number;
  /** {@link writeHash} over everything the instruction wrote; 0 unless the request asks for hashes. */
  readonly hash: number;
}

/** One launch of the device. */
export interface LaunchRequest {
  /** The whole memory: byte i is physical address i. Modified in place. */
  readonly dram: Uint8Array;
  /** Byte address of the first instruction, a multiple of 16. */
  readonly insnAddr: number;
  readonly insnCount: number;
  /** Used by machines that count cycles. */
  readonly memory?: MemorySettings;
  /** Called for every retired instruction, per unit in order. */
  readonly onRetire?: (record: Retire) => void;
  /** Compute {@link Retire.hash} (slower). */
  readonly hashes?: boolean;
  /** Record {@link LaunchResult.trace}. Machines without time ignore it. */
  readonly trace?: boolean;
}

/** Work counters of one launch: elements moved and operations done, source: fsim statistics (reference 3.10), pads excluded. */
export interface Counters {
  uopLoadBytes: number;
  inpLoadBytes: number;
  wgtLoadBytes: number;
  accLoadBytes: number;
  outStoreBytes: number;
  /** GEMM micro-ops executed without reset, and with reset. */
  gemmOps: number;
  gemmResetOps: number;
  /** ALU vector operations. */
  aluOps: number;
  insns: number;
}

export const zeroCounters = (): Counters => ({
  uopLoadBytes: 0,
  inpLoadBytes: 0,
  wgtLoadBytes: 0,
  accLoadBytes: 0,
  outStoreBytes: 0,
  gemmOps: 0,
  gemmResetOps: 0,
  aluOps: 0,
  insns: 0,
});

export interface LaunchResult {
  /** The cycle register: cycles from launch until FINISH retired; null on machines without time. */
  readonly cycles: number | null;
  readonly counters: Counters;
  /** Tokens left in the machine's own counters when every unit is idle, if it has any. The next launch begins with them. */
  readonly tokens?: Readonly<Record<TokenChannel, number>>;
  /** What a person should know about this result, one sentence each. */
  readonly notes?: readonly string[];
  /** When everything happened, if the request asked for it and the machine has time. */
  readonly trace?: Trace;
}

/**
 * A machine. Scratchpad contents and leftover tokens survive from launch to launch, as in hardware, until `reset`.
 * Scratchpads read as zero before anything is written.
 */
export interface Device {
  readonly name: 'functional' | 'cycle' | 'rtl' | 'cycle-stepped' | 'reference';
  readonly config: VtaConfig;
  /** The timing that it reproduces, where that is another machine's than ours (docs/reference/timing.md). */
  readonly timing?: string;
  /** @throws VtaError VTA12xx where the program has no defined result */
  launch(request: LaunchRequest): Promise<LaunchResult>;
  reset(): void;
}
