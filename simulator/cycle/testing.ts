/** Helpers of this folder's tests: one program on the jumping machine and on the cycle-by-cycle one. */
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import type { Trace } from '#isa/arch/trace';
import { encodeProgram, INSN_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import { ProgramCache } from '../values/program.js';
import { createMachineState } from '../values/state.js';
import { noTokens } from '../values/tokens.js';
import { Machine } from './machine.js';
import { parametersOf } from './parameters.js';
import { Recorder } from './recorder.js';
import { PlainMachine } from './reference/machine.js';
import { timingProgram } from './program.js';
import { Values } from './values.js';

export interface Placed {
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
}

/** A program at byte 4096 of an image that is zero elsewhere. */
export function place(insns: readonly Insn[], config: VtaConfig, size = 0x20000): Placed {
  const dram = new Uint8Array(size);
  dram.set(encodeProgram(insns, config), 4096);
  return { dram, insnAddr: 4096, insnCount: insns.length };
}

/** The cycle in which each instruction retires; the cycle register is that of the last one. */
export const retireCycles = (
  which: 'jumping' | 'plain',
  config: VtaConfig,
  program: Placed,
  memory: Partial<MemorySettings> = {},
): number[] => run(which, config, program, memory, null);

/** When everything happened. */
export function traceOf(which: 'jumping' | 'plain', config: VtaConfig, program: Placed, memory: Partial<MemorySettings> = {}): Trace {
  const recorder = new Recorder(program.insnCount);
  const cycles = run(which, config, program, memory, recorder);
  const trace = recorder.trace(cycles[cycles.length - 1]);
  if (trace.insns.retired.some((cycle, n) => cycle !== cycles[n])) throw new Error('the trace differs from the records of retirement');
  return trace;
}

function run(
  which: 'jumping' | 'plain',
  config: VtaConfig,
  program: Placed,
  memory: Partial<MemorySettings>,
  recorder: Recorder | null,
): number[] {
  const prepared = new ProgramCache(config).prepare(program, noTokens());
  const values = new Values(createMachineState(config), true);
  values.begin(program.dram, false);
  const cycles = new Array<number>(program.dram.length / INSN_BYTES).fill(-1).slice(0, program.insnCount);
  const settings = { ...DEFAULT_MEMORY, ...memory };
  const Kind = which === 'plain' ? PlainMachine : Machine;
  const machine = new Kind(
    config,
    parametersOf(config, settings),
    timingProgram(prepared),
    program.insnAddr,
    values,
    (insn, cycle) => {
      cycles[insn.index] = cycle;
    },
    [0, 0, 0, 0],
    recorder,
  );
  if (!machine.run(1_000_000)) throw new Error('the machine stopped');
  if (machine.cycles !== cycles[cycles.length - 1]) throw new Error('the cycle register differs from the cycle of FINISH');
  return cycles;
}
