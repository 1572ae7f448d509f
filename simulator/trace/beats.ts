import { AXI_CHANNELS, stalls } from '#isa/arch/memory';
import { STORE } from './bursts.js';
import type { RecordedLaunch } from './launch.js';

/**
 * The cycle of every beat of a burst. After its first, a beat transfers in the first cycle, from one interval after the beat before it on, in which the
 * channel does not stall: on R because the memory offers it then, on W because the store unit always has the next beat by then.
 * @param visit called with each cycle, in order
 */
export function eachBeat({ trace, memory }: RecordedLaunch, burst: number, visit: (cycle: number) => void): void {
  const { client, beats, first } = trace.bursts;
  const channel = client[burst] === STORE ? AXI_CHANNELS.W : AXI_CHANNELS.R;
  let at = first[burst];
  for (let n = 0; n < beats[burst]; n++) {
    if (n > 0) for (at += memory.interval; stalls(memory, channel, at); ) at++;
    visit(at);
  }
}
