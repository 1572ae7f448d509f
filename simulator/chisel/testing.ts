/** Helpers of this folder's tests. */
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { assemble } from '#isa/asm/assemble';
import { preset } from '#isa/config/presets';
import { type ChiselResult, createChisel } from './device.js';

const config = preset('default');

/** Image of the tests: the program at 4096, zeros around it. */
const PROGRAM = 4096;
const SIZE = 1 << 20;

export interface Run {
  readonly result: ChiselResult;
  readonly program: { readonly insnAddr: number; readonly program: Uint8Array };
  /** Start of each instruction, and cycles until the next one of its unit can start: (start, period) of reference section 7. */
  readonly times: readonly (readonly [start: number, period: number])[];
}

/** Runs assembly on a new machine. @param data bytes by address */
export async function run(text: string, latency = DEFAULT_MEMORY.latency, data: Readonly<Record<number, Uint8Array>> = {}): Promise<Run> {
  const { bytes, insns } = assemble(text, config, 'test.vasm');
  const dram = new Uint8Array(SIZE);
  for (const [address, content] of Object.entries(data)) dram.set(content, Number(address));
  dram.set(bytes, PROGRAM);
  const memory = { ...DEFAULT_MEMORY, latency };
  const result = await createChisel(config).launch({ dram, insnAddr: PROGRAM, insnCount: insns.length, memory, trace: true });
  const { accepted, retired } = result.trace!.insns;
  return {
    result,
    program: { insnAddr: PROGRAM, program: bytes },
    times: insns.map((_, n) => [accepted[n], retired[n] - accepted[n] + 1] as const),
  };
}
