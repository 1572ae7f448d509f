import type { Counters, Device } from '#isa/arch/device';
import { VtaError } from '#isa/diag/diagnostic';
import type { Workload } from './programs.js';

/** Times of one program on one machine, in seconds of wall clock. */
export interface Measurement {
  readonly on: Device['name'];
  readonly cycles: number | null;
  readonly counters: Counters;
  readonly best: number;
  readonly median: number;
  /** Of every turn, in order. */
  readonly turns: readonly number[];
}

/** The smallest and the middle one of some numbers. */
export function bestAndMedian(numbers: readonly number[]): { readonly best: number; readonly median: number } {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { best: sorted[0], median: sorted[sorted.length >> 1] };
}

/** The middle one of the ratios of times that were taken in turns: a computer that is slow for some seconds is slow for both. */
export const medianRatio = (a: readonly number[], b: readonly number[]): number => bestAndMedian(a.map((x, n) => x / b[n])).median;

/**
 * Runs a program on several machines, once each to warm up and `repeat` times for the record, or more often until `atLeast` seconds are over: a short
 * program is compiled by the engine only after many runs, and users who run it once hardly wait for it. The machines take turns, so that what else
 * the computer does meets all of them. Each has one memory for all turns: what a turn leaves behind would be cleared away in another one's time.
 */
export async function measure(devices: readonly Device[], w: Workload, repeat: number, atLeast = 0): Promise<Measurement[]> {
  const begin = performance.now();
  const seconds = devices.map((): number[] => []);
  const memories = devices.map(() => w.dram.slice());
  const last = new Array<Awaited<ReturnType<Device['launch']>>>(devices.length);
  for (let n = 0; n <= repeat || performance.now() - begin < 1000 * atLeast; n++) {
    for (const [i, device] of devices.entries()) {
      const dram = memories[i];
      dram.set(w.dram);
      device.reset();
      const start = performance.now();
      last[i] = await device.launch({ dram, insnAddr: w.insnAddr, insnCount: w.insnCount });
      if (n > 0) seconds[i].push((performance.now() - start) / 1000);
    }
  }
  return devices.map((d, i) => ({
    on: d.name,
    cycles: last[i].cycles,
    counters: last[i].counters,
    ...bestAndMedian(seconds[i]),
    turns: seconds[i],
  }));
}

/** What a machine says when it cannot be had, or null. */
export async function missing(make: () => Promise<Device>): Promise<string | null> {
  try {
    await make();
    return null;
  } catch (error) {
    if (!(error instanceof VtaError)) throw error;
    const d = error.diagnostics[0];
    return `${d.code}: ${d.what} (${d.do})`;
  }
}
