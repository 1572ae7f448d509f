import { NEVER } from './time.js';

/** A unit that is looked at in cycle `at` next. */
interface Scheduled {
  readonly at: number;
}

/** A unit that may be at work for a long time before anyone else can tell. */
interface Streaming extends Scheduled {
  /** A cycle before which the unit does nothing that another unit than the read engine notices. */
  effectAt(): number;
}

/** The units between which lookahead is decided. */
export interface HorizonUnits {
  readonly read: Scheduled;
  readonly fetch: Scheduled;
  readonly load: Streaming;
  readonly compute: Scheduled & { readonly loader: Scheduled; readonly alu: { readonly inFlight: boolean } };
  readonly store: Streaming;
}

/**
 * Who may look how far ahead. A unit may work ahead of time up to its horizon: the first cycle in which another unit could change what it depends on.
 *
 * - Time moves to the earliest `at` of all units, so before that cycle nothing happens: the minimum of the others' `at` is always a horizon.
 * - A load and a store touch neither the same scratchpad nor each other's bursts. Of load and store only the tokens count, and the room that they make
 *   in a full command queue: `effectAt`, not `at`.
 * - What the ALU writes is known in the present only, since a GEMM that starts may hold it up. The store unit asks for it too, so the compute loader may
 *   not ask for a cycle that the store unit has not reached.
 * - What GEMM writes is known `GEMM_WRITE` cycles ahead of the horizon: no step that issues later writes before.
 *
 * docs/reference/cycle-simulator.md tells the story.
 */
export class Horizon {
  constructor(private readonly units: HorizonUnits) {}

  /** For the load unit. */
  ofLoad(): number {
    const { read, fetch, compute, store } = this.units;
    return Math.min(read.at, fetch.at, compute.at, compute.loader.at, store.effectAt());
  }
  /** For the loader in compute. */
  ofComputeLoader(): number {
    const { read, fetch, compute, load, store } = this.units;
    return Math.min(read.at, fetch.at, compute.at, load.at, store.effectAt());
  }
  /** For the store unit. */
  ofStore(): number {
    const { read, fetch, compute, load } = this.units;
    return Math.min(read.at, fetch.at, compute.at, compute.loader.at, load.effectAt());
  }
  /** The last cycle whose writes by the ALU the loader in compute may ask for. */
  ofAluWrites(): number {
    const { compute, store } = this.units;
    return compute.alu.inFlight ? store.at : NEVER;
  }
  /** A store burst that waits for compute may go in the cycle in which compute moves on: the store unit is looked at last. */
  ofBlockedStore(): number {
    const { compute, store } = this.units;
    return Math.min(store.at, compute.at, compute.loader.at);
  }
}
