import type { TimingTraits } from '#isa/arch/timing-traits';
import { INSN_BYTES } from '#isa/codec/codec';
import { BURST_BYTES, FETCH_INSNS } from './parameters.js';

/** Timing traits of the original Chisel core (docs/reference/vta-chisel.md). */
export const CHISEL_TRAITS: TimingTraits = {
  burstBytes: BURST_BYTES,
  storeBurstBytes: BURST_BYTES,
  fetchEnd: (from, end) => Math.min(end, from + FETCH_INSNS * INSN_BYTES),
  isSerial: true,
  fetchPace: 1,
  fetchRests: false,
  restsAfterElement: true,
};
