import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { createCycle } from '#simulator/cycle/device';
import { recoveryProgram } from './recovery-program.js';
import type { RtlProcess } from './process.js';

type Program = ReturnType<typeof recoveryProgram>;

/** When instructions retired, in program order. */
const timesOf = (records: readonly { readonly insn: number; readonly cycle: number }[]): readonly number[] =>
  [...records].sort((a, b) => a.insn - b.insn).map((r) => r.cycle);

/** What the cycle simulator says of a program that nothing came before. */
async function expected(config: VtaConfig, program: Program, memory: MemorySettings): Promise<readonly number[]> {
  const records: { insn: number; cycle: number }[] = [];
  const request = { ...program, dram: program.dram.slice(), memory, onRetire: (r: (typeof records)[number]) => records.push(r) };
  await createCycle(config, { timingOnly: true }).launch(request);
  return timesOf(records);
}

const known = new Map<string, Promise<readonly number[]>>();

/**
 * Does the next launch run as if nothing had been before: the same instructions retire in the same cycles as after power-up, and no token is left? What it finds in
 * scratchpads does not matter.
 */
export async function isRecovered(model: RtlProcess, config: VtaConfig, width: MemorySettings['width']): Promise<boolean> {
  const program = recoveryProgram(config);
  const memory = { ...DEFAULT_MEMORY, width };
  const key = `${config.fingerprint} ${width}`;
  let times = known.get(key);
  if (times === undefined) {
    times = expected(config, program, memory);
    known.set(key, times);
  }
  const { finished, error, retired, tokens } = await model.run({ ...program, memory, hashes: false });
  const got = timesOf(retired);
  const want = await times;
  return (
    finished &&
    error === 0 &&
    got.length === want.length &&
    got.every((cycle, insn) => cycle === want[insn]) &&
    Object.values(tokens).every((n) => n === 0)
  );
}
