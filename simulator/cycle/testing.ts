/** Helpers of this folder's tests: one program on the event-driven machine and on the cycle-stepped one. */
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import type { Trace } from '#isa/arch/trace';
import { encodeProgram } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn } from '#isa/spec/instructions';
import type { Decoded } from '../values/decode.js';
import { executeInsn } from '../values/execute.js';
import { type PreparedProgram, ProgramCache } from '../values/program.js';
import { createMachineState } from '../values/state.js';
import { noTokens } from '../values/tokens.js';
import { Machine } from './machine.js';
import { parametersOf } from './parameters.js';
import { Recorder } from './recorder.js';
import { SteppedMachine } from './reference/machine.js';
import { Recording } from './reference/recording.js';
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

/** The machine under test and its reference. */
export type Which = 'event-driven' | 'cycle-stepped';

/** The cycle in which each instruction retires; the cycle register is that of the last one. */
export const retireCycles = (which: Which, config: VtaConfig, program: Placed, memory: Partial<MemorySettings> = {}): number[] =>
  run(which, config, program, memory, false).retired;

/** When everything happened. */
export function traceOf(which: Which, config: VtaConfig, program: Placed, memory: Partial<MemorySettings> = {}): Trace {
  const { retired, trace } = run(which, config, program, memory, true);
  if (trace === null || trace.insns.retired.some((cycle, n) => cycle !== retired[n])) {
    throw new Error('the trace differs from the records of retirement');
  }
  return trace;
}

interface Run {
  readonly retired: number[];
  readonly trace: Trace | null;
}

function run(which: Which, config: VtaConfig, program: Placed, memory: Partial<MemorySettings>, records: boolean): Run {
  const prepared = new ProgramCache(config).prepare(program, noTokens());
  const retired = new Array<number>(program.insnCount).fill(-1);
  const onRetire = (insn: { readonly index: number }, cycle: number): void => {
    retired[insn.index] = cycle;
  };
  const settings = { ...DEFAULT_MEMORY, ...memory };
  const launch = which === 'cycle-stepped' ? stepped : eventDriven;
  const { machine, recorder } = launch(config, program, prepared, settings, onRetire, records);
  if (!machine.run(1_000_000)) throw new Error('the machine stopped');
  if (machine.cycles !== retired[retired.length - 1]) throw new Error('the cycle register differs from the cycle of FINISH');
  return { retired, trace: recorder?.trace(machine.cycles) ?? null };
}

type Start = (
  config: VtaConfig,
  program: Placed,
  prepared: PreparedProgram,
  memory: MemorySettings,
  onRetire: (insn: { readonly index: number }, cycle: number) => void,
  records: boolean,
) => { readonly machine: Machine | SteppedMachine; readonly recorder: Recorder | Recording | null };

const eventDriven: Start = (config, program, prepared, memory, onRetire, records) => {
  const values = new Values(createMachineState(config), true);
  values.begin(program.dram, false);
  const recorder = records ? new Recorder(program.insnCount) : null;
  const [parameters, insns] = [parametersOf(config, memory), timingProgram(prepared)];
  const machine = new Machine(config, parameters, insns, program.insnAddr, values, onRetire, [0, 0, 0, 0], recorder);
  return { machine, recorder };
};

/** Only loads of micro-ops have their effect: time depends on no other value. */
const stepped: Start = (config, program, prepared, memory, onRetire, records) => {
  const state = createMachineState(config);
  const recording = records ? new Recording(program.insnCount) : null;
  const loadsUop = (d: Decoded) => d.kind === 'load' && d.memory === 'UOP';
  const machine = new SteppedMachine({
    config,
    memory,
    program: prepared.insns,
    insnAddr: program.insnAddr,
    execute: (d) => (loadsUop(d) ? executeInsn(state, program.dram, d, false) : 0),
    uop: () => state.uop,
    onRetire,
    tokens: [0, 0, 0, 0],
    recording,
  });
  return { machine, recorder: recording };
};
