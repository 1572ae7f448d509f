import type { Parameters } from './parameters.js';
import type { TimingInsn } from './program.js';
import type { CommandQueue } from './queue.js';
import type { ReadEngine } from './read-engine.js';
import type { Recorder } from './recorder.js';
import type { TokenCounters } from './tokens.js';

/** What every unit is built with: the contract's parameters, and who notes what happens. */
export interface UnitPorts {
  readonly p: Parameters;
  readonly recorder: Recorder | null;
}

/** Ports of a unit that takes instructions from a command queue (RTL: `cmd_*`, `token_*`, `retire_*`). */
export interface CommandPorts extends UnitPorts {
  readonly insns: readonly TimingInsn[];
  /** By number of the unit. */
  readonly queues: readonly CommandQueue[];
  readonly tokens: TokenCounters;
  /** The unit takes the head of its queue in cycle t. */
  take(unit: number, t: number): void;
  /** The unit starts an instruction, which takes its effect on values. */
  execute(insn: TimingInsn): void;
  /** An instruction retires in cycle t. Calls are in the order of cycles. */
  retire(insn: TimingInsn, t: number): void;
}

/** Ports of a unit that reads memory (RTL: `read_*`). */
export interface ReadPorts extends UnitPorts {
  readonly read: ReadEngine;
}

/** Whoever waits is looked at again in a cycle (no port in RTL, where every unit looks in every cycle). */
export interface WakePorts {
  /** What unit `unit` waits for may be seen in cycle t. */
  wake(unit: number, t: number): void;
  /** A rest of fetch may end in cycle t. */
  wakeFetch(t: number): void;
}
