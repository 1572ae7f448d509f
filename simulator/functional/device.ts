import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import type { VtaConfig } from '#isa/config/config';
import { programCounters } from '../values/counters.js';
import { executeInsn } from '../values/execute.js';
import { ProgramCache } from '../values/program.js';
import { createMachineState, type MachineState, resetMachineState } from '../values/state.js';
import { noTokens, type Tokens } from '../values/tokens.js';

/** What a functional machine keeps from launch to launch. */
export interface FunctionalState {
  readonly machine: MachineState;
  readonly programs: ProgramCache;
  tokens: Readonly<Tokens>;
}

/** A machine as after power-up. */
export const createFunctionalState = (config: VtaConfig): FunctionalState => ({
  machine: createMachineState(config),
  programs: new ProgramCache(config),
  tokens: noTokens(),
});

/**
 * Runs a program to completion and changes `request.dram`. Values only: instructions execute one after the other in an
 * order that the tokens allow.
 * @throws VtaError VTA1201..VTA1209; after VTA1203 of a GEMM or ALU the effects of the instructions before it stay
 */
export function launchFunctional(state: FunctionalState, request: LaunchRequest): LaunchResult {
  const program = state.programs.prepare(request, state.tokens);
  const { insns, order, tokensAfter } = program;
  const hashes = request.hashes === true;
  state.machine.padValue = 0;
  for (let n = 0; n < order.length; n++) {
    const d = insns[order[n]];
    const hash = executeInsn(state.machine, request.dram, d, hashes);
    request.onRetire?.({ unit: d.unit, insn: d.index, cycle: -1, hash });
  }
  state.tokens = tokensAfter;
  return { cycles: null, counters: programCounters(program, state.machine.config) };
}

/** The functional simulator: exact values, no time. */
export function createFunctional(config: VtaConfig): Device {
  const state = createFunctionalState(config);
  return {
    name: 'functional',
    config,
    launch: async (request) => launchFunctional(state, request),
    reset: () => {
      resetMachineState(state.machine);
      state.tokens = noTokens();
    },
  };
}
