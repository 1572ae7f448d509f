import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { UNITS } from '#isa/spec/tables';
import { parametersOf } from '../parameters.js';
import { PlainMachine } from './machine.js';
import { Recorder } from '../recorder.js';
import { timingProgram } from '../program.js';
import { Values } from '../values.js';
import { programCounters } from '../../values/counters.js';
import { ProgramCache } from '../../values/program.js';
import { createMachineState, resetMachineState } from '../../values/state.js';
import { noTokens, type Tokens } from '../../values/tokens.js';

/** Cycles without a retired instruction after which a program is taken to have stopped: more than any access or loop takes. */
const PATIENCE = 2_000_000;

const tokensOf = ([l2c, c2l, c2s, s2c]: readonly number[]): Tokens => ({ l2c, c2l, c2s, s2c });

/**
 * The timing contract cycle by cycle, as a machine: slow, and written apart from the cycle simulator, which it checks where there is
 * no RTL. A program that fetch can never hand out (VTA4050 of the cycle simulator) is an internal error here.
 */
export function createStepping(config: VtaConfig): Device {
  const state = createMachineState(config);
  const values = new Values(state, false);
  const programs = new ProgramCache(config);
  let tokens: Readonly<Tokens> = noTokens();
  const launch = (request: LaunchRequest): LaunchResult => {
    const program = programs.prepare(request, tokens);
    const { l2c, c2l, c2s, s2c } = tokens;
    values.begin(request.dram, request.hashes === true);
    const recorder = request.trace === true ? new Recorder(program.insns.length) : null;
    const machine = new PlainMachine(
      config,
      parametersOf(config, request.memory ?? DEFAULT_MEMORY),
      timingProgram(program),
      request.insnAddr,
      values,
      (insn, cycle, hash) => request.onRetire?.({ unit: UNITS[insn.unit], insn: insn.index, cycle, hash }),
      [l2c, c2l, c2s, s2c],
      recorder,
    );
    if (!machine.run(PATIENCE)) throw new Error('internal error: the cycle-by-cycle machine stopped before the end of the program');
    tokens = program.tokensAfter;
    const left = tokensOf(machine.tokensLeft);
    const counters = programCounters(program, config);
    return { cycles: machine.cycles, counters, tokens: left, ...(recorder && { trace: recorder.trace(machine.cycles) }) };
  };
  return {
    name: 'cycle',
    config,
    launch: async (request) => launch(request),
    reset: () => {
      resetMachineState(state);
      tokens = noTokens();
    },
  };
}
