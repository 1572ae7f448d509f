import { type MemorySettings, stalls } from '#isa/arch/memory';

/** The first cycle from `from` on in which `channel` does not refuse a transfer. */
export function firstReady(memory: MemorySettings, channel: number, from: number): number {
  let cycle = from;
  while (stalls(memory, channel, cycle)) cycle++;
  return cycle;
}
