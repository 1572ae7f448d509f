import type { TimingTraits } from '#isa/arch/timing-traits';
import { fetchPace } from '#isa/spec/timing';
import { burstEnd, FETCH_CHUNK, type Parameters } from './parameters.js';

/** Timing traits of our machine (docs/reference/timing.md). */
export const cycleTraits = (p: Parameters): TimingTraits => ({
  burstBytes: p.burstBytes,
  storeBurstBytes: p.storeBurstBytes,
  fetchEnd: (from, end) => burstEnd(from, end, FETCH_CHUNK),
  isSerial: false,
  fetchPace: fetchPace(p.beatBytes),
  fetchRests: true,
  restsAfterElement: false,
});
