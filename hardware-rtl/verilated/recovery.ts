import type { Retire } from '#isa/arch/device';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { createCycle } from '#simulator/cycle/device';
import { recoveryProgram } from './recovery-program.js';
import type { RtlProcess } from './process.js';

type Program = ReturnType<typeof recoveryProgram>;

/** When each instruction retires, and what is in memory afterwards. */
interface End {
  readonly times: readonly number[];
  readonly dram: Uint8Array;
}

const timesOf = (records: readonly Retire[]): readonly number[] => [...records].sort((a, b) => a.insn - b.insn).map((r) => r.cycle);
const equal = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (x, i) => x === b[i]);

/** What the cycle simulator makes of a program that nothing came before. */
async function simulated(config: VtaConfig, program: Program, memory: MemorySettings): Promise<End> {
  const records: Retire[] = [];
  const dram = program.dram.slice();
  await createCycle(config).launch({ ...program, dram, memory, onRetire: (r) => records.push(r) });
  return { times: timesOf(records), dram };
}

const known = new Map<string, Promise<End>>();

/**
 * Does the next launch run as after power-up: the same instructions retire in the same cycles, memory is the same, and no token is left? What it finds in
 * scratchpads does not matter.
 */
export async function isRecovered(model: RtlProcess, config: VtaConfig, width: MemorySettings['width']): Promise<boolean> {
  const program = recoveryProgram(config);
  const memory = { ...DEFAULT_MEMORY, width };
  const key = `${config.fingerprint} ${width}`;
  let end = known.get(key);
  if (end === undefined) {
    end = simulated(config, program, memory);
    known.set(key, end);
  }
  const { finished, error, retired, tokens, dram } = await model.run({ ...program, memory, hashes: false });
  const want = await end;
  const same = equal(timesOf(retired), want.times) && equal(dram, want.dram);
  return finished && error === 0 && same && Object.values(tokens).every((n) => n === 0);
}
