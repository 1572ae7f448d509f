import type { Device, LaunchRequest, LaunchResult, Retire } from '#isa/arch/device';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { UNITS } from '#isa/spec/tables';
import { programCounters } from '../values/counters.js';
import { ProgramCache } from '../values/program.js';
import { createMachineState, type MachineState, resetMachineState, resetUops } from '../values/state.js';
import { noTokens, type Tokens } from '../values/tokens.js';
import { Machine, type OnRetire } from './machine.js';
import { parametersOf } from './parameters.js';
import { Recorder } from './recorder.js';
import { timingProgram } from './program.js';
import { Scratch } from './scratch.js';
import { Stored } from './stored.js';
import { failStuck } from './stuck.js';
import { Values } from './values.js';

/** Choices of the cycle simulator. */
export interface CycleOptions {
  /** Leave scratchpads (but for micro-ops) and DRAM untouched: cycles only, several times faster. Launches throw VTA4051 where cycles depend on stored values. */
  readonly timingOnly?: boolean;
}

/** How much of a launch each engine worked, in cycles of full rate. */
export interface Busy {
  /** Steps of GEMM (micro-ops, rows of dense resets) and ALU vectors, those of a chain once. */
  readonly gemm: number;
  readonly alu: number;
  /** Beats on the R and W channels. */
  readonly readBeats: number;
  readonly writeBeats: number;
}

/** What the cycle simulator knows about a launch. */
export interface CycleResult extends LaunchResult {
  readonly cycles: number;
  readonly busy: Busy;
}

interface CycleState {
  readonly machine: MachineState;
  readonly values: Values;
  readonly programs: ProgramCache;
  /** Of a machine without values. */
  readonly stored: Stored | null;
  scratch: Scratch | null;
  tokens: Readonly<Tokens>;
}

const retireCallback =
  (onRetire: (record: Retire) => void): OnRetire =>
  (insn, cycle, hash) =>
    onRetire({ unit: UNITS[insn.unit], insn: insn.index, cycle, hash });

function launchCycle(state: CycleState, config: VtaConfig, request: LaunchRequest): CycleResult {
  const program = state.programs.prepare(request, state.tokens);
  const { l2c, c2l, c2s, s2c } = state.tokens;
  state.values.begin(request.dram, request.hashes === true);
  const recorder = request.trace === true ? new Recorder(program.insns.length) : null;
  const insns = timingProgram(program);
  state.stored?.launch(insns, config);
  state.scratch ??= new Scratch(insns[0]);
  const machine = new Machine(
    config,
    parametersOf(config, request.memory ?? DEFAULT_MEMORY),
    insns,
    request.insnAddr,
    state.values,
    request.onRetire === undefined ? null : retireCallback(request.onRetire),
    [l2c, c2l, c2s, s2c],
    recorder,
    state.scratch,
  );
  if (!machine.run()) failStuck(machine, config);
  state.tokens = program.tokensAfter;
  const { read, store, compute } = machine;
  const busy = { gemm: compute.gemm.steps, alu: compute.alu.steps, readBeats: read.beats, writeBeats: store.beats };
  const counters = programCounters(program, config);
  return { cycles: machine.cycles, counters, busy, ...(recorder && { trace: recorder.trace(machine.cycles) }) };
}

/** The cycle simulator, with what it knows beyond {@link Device}. */
export interface CycleDevice extends Device {
  launch(request: LaunchRequest): Promise<CycleResult>;
}

/**
 * The cycle simulator: exact values, and the cycle in which every instruction retires as docs/reference/timing.md says it.
 * Errors are those of the functional simulator, and VTA4050.
 */
export function createCycle(config: VtaConfig, options: CycleOptions = {}): CycleDevice {
  const machine = createMachineState(config);
  const timingOnly = options.timingOnly === true;
  const values = new Values(machine, timingOnly);
  const stored = timingOnly ? new Stored() : null;
  const state: CycleState = { machine, values, programs: new ProgramCache(config), stored, scratch: null, tokens: noTokens() };
  return {
    name: 'cycle',
    config,
    launch: async (request) => launchCycle(state, config, request),
    reset: () => {
      if (timingOnly) resetUops(machine);
      else resetMachineState(machine);
      stored?.reset();
      state.tokens = noTokens();
    },
  };
}
