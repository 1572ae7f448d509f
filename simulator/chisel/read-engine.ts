import { NEVER, READ_BURSTS } from './parameters.js';

/** Asks for bursts: a one-entry command register in front of the arbiter. */
export interface ReadClient {
  /** First cycle in which the arbiter sees the command; {@link NEVER} where there is none. */
  readonly requestAt: number;
  readonly requestBeats: number;
  /** The command is granted: AR handshake in cycle t, beats on R in cycles `first` to `last`. The next command is seen from t + 2 on. */
  granted(t: number, first: number, last: number): void;
}

/**
 * The memory engine and the memory behind it. A grant decides the times of all its beats: the memory serves bursts in order, a beat per cycle.
 * A burst that comes while an earlier one still waits to be served follows without a gap; one that comes later waits the whole latency, even if
 * beats of an earlier one are still on their way (the delay counter of the simulation starts again when its queue is empty).
 */
export class ReadEngine {
  beats = 0;
  /** First cycle in which the AR channel is free. */
  private from = 0;
  /** Cycle of the last beat of each of the newest bursts; they increase. */
  private readonly lastBeats = new Float64Array(READ_BURSTS).fill(-NEVER);
  private bursts = 0;
  /** Cycle in which the memory took the newest burst from its queue, and the cycle in which it can take the next. */
  private served = -NEVER;
  private free = 0;

  /** @param clients in order of priority */
  constructor(
    private readonly latency: number,
    private readonly clients: readonly ReadClient[],
  ) {}

  /** The next cycle with a grant. */
  at(): number {
    let t = NEVER;
    for (const client of this.clients) if (client.requestAt < t) t = client.requestAt;
    if (t === NEVER) return NEVER;
    t = Math.max(t, this.from, this.lastBeats[this.bursts % READ_BURSTS] + 1);
    // No grant in a cycle in which a last beat arrives.
    for (let n = 0; n < READ_BURSTS; n++) if (this.lastBeats[(this.bursts + n) % READ_BURSTS] === t) t++;
    return t;
  }

  /** Grants in cycle t, which is {@link at}. */
  step(t: number): void {
    const client = this.clients.find((c) => c.requestAt <= t);
    if (client === undefined) return;
    const beats = client.requestBeats;
    this.served = t <= this.served ? this.free : Math.max(t + this.latency - 1, this.free);
    this.free = this.served + beats;
    this.lastBeats[this.bursts++ % READ_BURSTS] = this.served + beats;
    this.from = t + 1;
    this.beats += beats;
    client.granted(t, this.served + 1, this.served + beats);
  }
}
