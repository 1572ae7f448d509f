import { BURST_BYTES, FETCH_INSNS } from '../chisel/parameters.js';
import { burstEnd, FETCH_CHUNK, type Parameters } from '../cycle/parameters.js';
import { INSN_BYTES } from '#isa/codec/codec';
import { fetchPace } from '#isa/spec/timing';

/** What accounts and pictures need to know of a machine's timing beside its trace. */
export interface Traits {
  /** A load burst, a store burst never crosses a multiple of this. */
  readonly burstBytes: number;
  readonly storeBurstBytes: number;
  /** End of the fetch burst that begins at byte `from`, in a program that ends at byte `end`. */
  readonly fetchEnd: (from: number, end: number) => number;
  /**
   * A unit has one instruction at a time, which stays the head of its queue until it retires. Otherwise instructions leave their queue when they are
   * accepted, and interlocks keep them apart.
   */
  readonly isSerial: boolean;
  /** Cycles from one instruction that fetch hands out to the next, where nothing holds it up. */
  readonly fetchPace: number;
  /** Fetch asks for nothing while load and compute have enough to do. */
  readonly fetchRests: boolean;
  /** W rests for a cycle after every element of a store. */
  readonly restsAfterElement: boolean;
}

/** Our machine (docs/reference/timing.md). */
const stackTraits = (p: Parameters): Traits => ({
  burstBytes: p.burstBytes,
  storeBurstBytes: p.storeBurstBytes,
  fetchEnd: (from, end) => burstEnd(from, end, FETCH_CHUNK),
  isSerial: false,
  fetchPace: fetchPace(p.beatBytes),
  fetchRests: true,
  restsAfterElement: false,
});

/** The original Chisel core (docs/reference/vta-chisel.md). */
const CHISEL_TRAITS: Traits = {
  burstBytes: BURST_BYTES,
  storeBurstBytes: BURST_BYTES,
  fetchEnd: (from, end) => Math.min(end, from + FETCH_INSNS * INSN_BYTES),
  isSerial: true,
  fetchPace: 1,
  fetchRests: false,
  restsAfterElement: true,
};

/** @param timing of the device: none where it is our machine's */
export const traitsOf = (timing: string | undefined, p: Parameters): Traits => (timing === undefined ? stackTraits(p) : CHISEL_TRAITS);
