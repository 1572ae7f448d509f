import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { TOKEN_CHANNELS, UNITS } from '#isa/spec/tables';
import { Recorder } from '../cycle/recorder.js';
import { simulatorMessages as M } from '../messages.js';
import { programCounters } from '../values/counters.js';
import { atInsn } from '../values/describe.js';
import { executeInsn } from '../values/execute.js';
import { ProgramCache } from '../values/program.js';
import { createMachineState, type MachineState, resetMachineState } from '../values/state.js';
import { noTokens, type Tokens } from '../values/tokens.js';
import { DIVERGENCES, DivergenceWatch, type Touched } from './divergence.js';
import { Machine, type Outside } from './machine.js';
import { MAX_TOKENS } from './parameters.js';
import { type ChiselInsn, chiselProgram } from './program.js';
import { checkConfig, checkMemory, checkRunnable } from './runnable.js';
import { failStuck } from './stuck.js';
import { CHANNELS } from './tokens.js';

/** What the original's timing knows about a launch. */
export interface ChiselResult extends LaunchResult {
  readonly cycles: number;
  /** Known divergences that the program touched: there, the original core may compute something else. */
  readonly touched: readonly Touched[];
}

/** The name of this timing. */
export const CHISEL_TIMING = 'vta-chisel';

/** A cycle simulator with the timing of the original core. */
export interface ChiselDevice extends Device {
  launch(request: LaunchRequest): Promise<ChiselResult>;
}

interface ChiselState {
  readonly config: VtaConfig;
  readonly machine: MachineState;
  readonly watch: DivergenceWatch;
  readonly programs: ProgramCache;
  tokens: Readonly<Tokens>;
}

function lostToken(insn: ChiselInsn, channel: number, config: VtaConfig): never {
  const { from, to } = TOKEN_CHANNELS[CHANNELS[channel]];
  const { index } = insn.decoded;
  fail(M.VTA4065, { index, from, to, max: MAX_TOKENS }, atInsn(index, insn.decoded.insn, config));
}

const noteOf = ({ divergence, insn, count }: Touched): string =>
  `the original core may compute something else from instruction ${insn} on: ${DIVERGENCES[divergence]}` +
  (count === 1 ? '' : ` (${count} instructions)`);

function outsideOf(state: ChiselState, request: LaunchRequest, recorder: Recorder | null): Outside {
  const { config, machine, watch } = state;
  const { dram, onRetire } = request;
  const hashing = request.hashes === true;
  return {
    execute: ({ decoded }) => {
      watch.before(decoded);
      const hash = executeInsn(machine, dram, decoded, hashing);
      watch.after(decoded);
      return hash;
    },
    onRetire:
      onRetire === undefined ? null : (insn, cycle, hash) => onRetire({ unit: UNITS[insn.unit], insn: insn.decoded.index, cycle, hash }),
    onLostToken: (insn, channel) => lostToken(insn, channel, config),
    recorder,
  };
}

function launchChisel(state: ChiselState, request: LaunchRequest): ChiselResult {
  const { config, watch } = state;
  const memory = request.memory ?? DEFAULT_MEMORY;
  checkMemory(memory);
  const program = state.programs.prepare(request, state.tokens);
  checkRunnable(program.insns, request.insnAddr, config);
  const recorder = request.trace === true ? new Recorder(request.insnCount) : null;
  const { l2c, c2l, c2s, s2c } = state.tokens;
  watch.begin();
  const outside = outsideOf(state, request, recorder);
  const machine = new Machine(memory.latency, chiselProgram(program), [l2c, c2l, c2s, s2c], outside);
  if (!machine.run()) failStuck(machine, config);
  state.tokens = program.tokensAfter;
  const touched = watch.list();
  const result = { cycles: machine.cycles, counters: programCounters(program, config), touched, notes: touched.map(noteOf) };
  return recorder === null ? result : { ...result, trace: recorder.trace(machine.cycles) };
}

/**
 * The cycle simulator with the timing of the original Chisel core (docs/reference/vta-chisel.md): values are those of the contract, cycles are
 * those of the original in its own simulation.
 * @throws VtaError VTA4060 where the original does not exist in this configuration. Launches throw VTA4061..VTA4065 for what the original cannot
 * run, VTA4050, and the errors of the functional simulator.
 */
export function createChisel(config: VtaConfig): ChiselDevice {
  checkConfig(config);
  const machine = createMachineState(config);
  const watch = new DivergenceWatch(machine);
  const state: ChiselState = { config, machine, watch, programs: new ProgramCache(config), tokens: noTokens() };
  return {
    name: 'cycle',
    config,
    timing: CHISEL_TIMING,
    launch: async (request) => launchChisel(state, request),
    reset: () => {
      resetMachineState(machine);
      watch.reset();
      state.tokens = noTokens();
    },
  };
}
