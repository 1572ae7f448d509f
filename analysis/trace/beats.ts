import { AXI_CHANNELS, stalls } from '#isa/arch/memory';
import { STORE } from './bursts.js';
import type { RecordedLaunch } from './launch.js';

/**
 * The cycle of every beat of a burst. After its first, a beat transfers in the first cycle, from one interval after the beat before it on, in which the
 * channel does not stall: on R because the memory offers it then, on W because the store unit always has the next beat by then. (The original core's W
 * rests for a cycle after every element.)
 * @param visit called with each cycle, in order
 */
export function eachBeat({ trace, memory, traits, config }: RecordedLaunch, burst: number, visit: (cycle: number) => void): void {
  const { client, beats, first } = trace.bursts;
  const isStore = client[burst] === STORE;
  const channel = isStore ? AXI_CHANNELS.W : AXI_CHANNELS.R;
  const group = isStore && traits.restsAfterElement ? (8 * config.outBytes) / memory.width : Infinity;
  let at = first[burst];
  for (let n = 0; n < beats[burst]; n++) {
    if (n > 0) for (at += memory.interval + (n % group === 0 ? 1 : 0); stalls(memory, channel, at); ) at++;
    visit(at);
  }
}
