import type { MemorySettings } from '#isa/arch/memory';
import type { Random } from './random.js';

/** Any memory behind the AXI port: widths, latencies from one cycle, slow and stalling ones. `width` fixes the bus. */
export const randomMemory = (r: Random, width?: MemorySettings['width']): MemorySettings => ({
  width: width ?? r.pick([64, 128, 256, 512] as const),
  latency: r.pick([1, 2, 5, 18, 18, 40, r.int(1, 150)]),
  interval: r.pick([1, 1, 1, 2, 3, r.int(1, 12)]),
  stall: r.pick([0, 0, 0, 20, 90, 200, r.int(1, 220)]),
  seed: r.bits(),
});
