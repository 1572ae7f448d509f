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
}

/** Runs once to warm up and `repeat` times for the record. */
export async function measure(device: Device, w: Workload, repeat: number): Promise<Measurement> {
  const seconds: number[] = [];
  let last = null;
  for (let n = 0; n <= repeat; n++) {
    const dram = w.dram.slice();
    device.reset();
    const start = performance.now();
    last = await device.launch({ dram, insnAddr: w.insnAddr, insnCount: w.insnCount });
    if (n > 0) seconds.push((performance.now() - start) / 1000);
  }
  if (last === null) throw new Error('internal error: nothing was measured');
  seconds.sort((a, b) => a - b);
  return { on: device.name, cycles: last.cycles, counters: last.counters, best: seconds[0], median: seconds[seconds.length >> 1] };
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
