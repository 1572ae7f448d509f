/** What a reader of a machine's trace needs to know of its timing beside the trace. Each machine states its own. */
export interface TimingTraits {
  /** A load burst, a store burst never crosses a multiple of this many bytes. */
  readonly burstBytes: number;
  readonly storeBurstBytes: number;
  /** End (byte) of the fetch burst that begins at byte `from`, in a program that ends at byte `end`. */
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
