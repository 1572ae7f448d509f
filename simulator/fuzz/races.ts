import { INSN_BYTES } from '#isa/codec/codec';
import { VtaError } from '#isa/diag/diagnostic';
import { UNITS } from '#isa/spec/tables';
import type { Decoded } from '../values/decode.js';
import { executePlain } from '../values/execute.js';
import { ProgramCache, type PreparedProgram } from '../values/program.js';
import { createMachineState, type MachineState } from '../values/state.js';
import { noTokens, popsOf, pushesOf, type Tokens } from '../values/tokens.js';
import { type Accesses, accessesOf, conflict } from './accesses.js';
import type { FuzzCase, FuzzLaunch } from './case.js';

type Clock = [load: number, compute: number, store: number];

interface Done {
  readonly index: number;
  readonly unit: number;
  /** Position in its unit. */
  readonly at: number;
  readonly accesses: Accesses;
}

/** Two instructions whose order changes the result and that no tokens order. */
export interface Race {
  readonly launch: number;
  readonly insns: readonly [number, number];
}

/** The instruction stream is read while the program runs: whoever stores there races with it. */
const streamOf = ({ insnAddr, insnCount }: FuzzLaunch): Accesses => ({
  reads: [{ space: 'dram', low: insnAddr, high: insnAddr + insnCount * INSN_BYTES - 1 }],
  writes: [],
});

const merge = (into: Clock, from: Readonly<Clock>): void => from.forEach((n, u) => (into[u] = Math.max(into[u], n)));

/** Executes one launch plainly and looks at every pair of instructions of different units. */
function raceInLaunch(
  c: FuzzCase,
  launch: number,
  p: PreparedProgram,
  before: Readonly<Tokens>,
  state: MachineState,
  dram: Uint8Array,
): Race | null {
  const fetch = streamOf(c.launches[launch]);
  const known: readonly Clock[] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  const inFlight = Object.fromEntries(Object.entries(before).map(([k, n]) => [k, Array.from({ length: n }, (): Clock => [0, 0, 0])]));
  const done: Done[] = [];
  state.padValue = 0;
  for (const index of p.order) {
    const d: Decoded = p.insns[index];
    const unit = UNITS.indexOf(d.unit);
    const mine = known[unit];
    for (const channel of popsOf(d)) merge(mine, inFlight[channel].shift()!);
    executePlain(state, dram, d);
    const accesses = accessesOf(d, state.uop, c.config);
    if (conflict(accesses, fetch)) return { launch, insns: [index, -1] };
    const other = done.find((o) => o.unit !== unit && o.at >= mine[o.unit] && conflict(o.accesses, accesses));
    if (other !== undefined) return { launch, insns: [other.index, index] };
    done.push({ index, unit, at: mine[unit]++, accesses });
    for (const channel of pushesOf(d)) inFlight[channel].push([...mine]);
  }
  return null;
}

/**
 * Looks for two instructions of different units that touch the same data, at least one writing, without tokens that order them,
 * and for stores to an instruction stream. A case without a race has one result, whatever the time.
 * @throws VtaError VTA12xx where the case has no defined result
 */
export function findRace(c: FuzzCase): Race | null {
  const state = createMachineState(c.config);
  const dram = c.dram.slice();
  const programs = new ProgramCache(c.config);
  let tokens: Readonly<Tokens> = noTokens();
  for (const [n, launch] of c.launches.entries()) {
    const program = programs.prepare({ dram, ...launch }, tokens);
    const race = raceInLaunch(c, n, program, tokens, state, dram);
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
