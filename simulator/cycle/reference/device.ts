import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { programCounters } from '../../values/counters.js';
import { executeInsn } from '../../values/execute.js';
import { ProgramCache } from '../../values/program.js';
import { createMachineState, resetMachineState } from '../../values/state.js';
import { noTokens, type Tokens } from '../../values/tokens.js';
import { SteppedMachine } from './machine.js';
import { Recording } from './recording.js';

/** Cycles without a retired instruction after which a program is taken to have stopped: more than any access or loop takes. */
const PATIENCE = 2_000_000;

const tokensOf = ([l2c, c2l, c2s, s2c]: readonly number[]): Tokens => ({ l2c, c2l, c2s, s2c });

/**
 * The cycle-stepped reference model: the timing contract cycle by cycle, as a machine. It is slow, and shares no rule of time with the cycle
 * simulator, which it checks where there is no RTL. A program that fetch can never hand out (VTA4050 of the cycle simulator) is an internal error here.
 */
export function createCycleStepped(config: VtaConfig): Device {
  const state = createMachineState(config);
  const programs = new ProgramCache(config);
  let tokens: Readonly<Tokens> = noTokens();
  const launch = (request: LaunchRequest): LaunchResult => {
    const program = programs.prepare(request, tokens);
    const { l2c, c2l, c2s, s2c } = tokens;
    state.padValue = 0;
    const recording = request.trace === true ? new Recording(program.insns.length) : null;
    const machine = new SteppedMachine({
      config,
      memory: request.memory ?? DEFAULT_MEMORY,
      program: program.insns,
      insnAddr: request.insnAddr,
      execute: (d) => executeInsn(state, request.dram, d, request.hashes === true),
      uop: () => state.uop,
      onRetire: (insn, cycle, hash) => request.onRetire?.({ unit: insn.unit, insn: insn.index, cycle, hash }),
      tokens: [l2c, c2l, c2s, s2c],
      recording,
    });
    if (!machine.run(PATIENCE)) throw new Error('internal error: the cycle-stepped machine stopped before the end of the program');
    tokens = program.tokensAfter;
    const left = tokensOf(machine.tokensLeft);
    const counters = programCounters(program, config);
    return { cycles: machine.cycles, counters, tokens: left, ...(recording && { trace: recording.trace(machine.cycles) }) };
  };
  return {
    name: 'cycle-stepped',
    config,
    launch: async (request) => launch(request),
    reset: () => {
      resetMachineState(state);
      tokens = noTokens();
    },
  };
}
