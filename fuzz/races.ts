import { INSN_BYTES } from '#isa/codec/codec';
import { VtaError } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import { footprintOf, type Rows } from '#simulator/values/footprint';
import { AccessHistory } from '#analysis/program/history';
import { playTokens } from '#analysis/program/token-play';
import { executePlain } from '#simulator/values/execute';
import { ProgramCache, type PreparedProgram } from '#simulator/values/program';
import { checkUopRanges } from '#simulator/values/ranges';
import { createMachineState, type MachineState } from '#simulator/values/state';
import { noTokens, popsOf, pushesOf, type Tokens } from '#simulator/values/tokens';
import type { FuzzCase } from './case.js';

/** Two instructions whose order changes the result and that no tokens order. */
export interface Race {
  readonly launch: number;
  /** The second is -1 where it is the fetch of the program. */
  readonly insns: readonly [number, number];
}

/** Is a byte of the rows in the instruction stream, which is read while the program runs? */
const storesToProgram = (rows: Rows, from: number, to: number): boolean =>
  Array.from({ length: rows.rows }, (_, y) => rows.address + y * rows.rowStride).some((at) => at < to && at + rows.rowBytes > from);

interface Walk {
  readonly state: MachineState;
  readonly dram: Uint8Array;
  readonly history: AccessHistory;
}

/** Executes one launch plainly and looks at every pair of instructions of different units. */
function raceInLaunch(c: FuzzCase, launch: number, p: PreparedProgram, before: Readonly<Tokens>, walk: Walk): Race | null {
  const { insnAddr, insnCount } = c.launches[launch];
  const { state, dram, history } = walk;
  const { order, queues, clocks, position } = playTokens(
    p.insns.map((d) => ({ unit: d.unit, pops: popsOf(d), pushes: pushesOf(d) })),
    before,
  );
  history.clear();
  state.padValue = 0;
  for (const index of order) {
    const d = p.insns[index];
    if ((d.kind === 'gemm' || d.kind === 'alu') && d.steps > 0) checkUopRanges(d, state);
    const footprint = footprintOf(d, state.uop, c.config);
    executePlain(state, dram, d);
    const { dramWrites } = footprint;
    if (dramWrites !== null && storesToProgram(dramWrites, insnAddr, insnAddr + insnCount * INSN_BYTES))
      return { launch, insns: [index, -1] };
    const [conflict] = history.visit(d.unit, position[index], clocks[index]!, footprint);
    if (conflict !== undefined) return { launch, insns: [queues[UNITS.indexOf(conflict.unit)][conflict.position], index] };
  }
  return null;
}

/**
 * Looks for two instructions of different units that touch the same data, at least one writing, without tokens that order them,
 * and for stores to an instruction stream. A case without a race has one result, whatever the time.
 * @throws VtaError VTA12xx where the case has no defined result
 */
export function findRace(c: FuzzCase): Race | null {
  const walk: Walk = { state: createMachineState(c.config), dram: c.dram.slice(), history: new AccessHistory(c.config) };
  const programs = new ProgramCache(c.config);
  let tokens: Readonly<Tokens> = noTokens();
  for (const [n, launch] of c.launches.entries()) {
    const program = programs.prepare({ dram: walk.dram, ...launch }, tokens);
    const race = raceInLaunch(c, n, program, tokens, walk);
    if (race !== null) return race;
    tokens = program.tokensAfter;
  }
  return null;
}

/** Has a case one result on every machine: legal in all its launches, and without a race? */
export function isSound(c: FuzzCase): boolean {
  try {
    return c.launches.length > 0 && findRace(c) === null;
  } catch (error) {
    if (error instanceof VtaError) return false;
    throw error;
  }
}
