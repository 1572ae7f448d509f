import { NEVER } from './time.js';
import { LOADER_BEATS } from './parameters.js';
import type { StateWalk } from './state-walk.js';

/** Bursts and beats remembered: twice what may be requested and not consumed. */
const BURSTS = 256;
const BURST_MASK = BURSTS - 1;
const BEATS = 256;
const BEAT_MASK = BEATS - 1;

/** What a client notes of bursts and beats; nothing is read that it has not written. */
export class ClientTimes {
  /** Of each burst: its first beat and number of beats, transfer of the first if the others follow at the interval (else -1). */
  readonly firstBeat = new Float64Array(BURSTS);
  readonly beats = new Int32Array(BURSTS);
  readonly firstTransfer = new Float64Array(BURSTS);
  /** Cycle from which the consumer took a beat per cycle, as they came; -1 where {@link consumptions} has the times. */
  readonly takenFrom = new Float64Array(BURSTS);
  readonly transfers = new Float64Array(BEATS);
  readonly consumptions = new Float64Array(BEATS);
}

/**
 * A client's request register, and the times of its beats. Bursts and beats are numbered from launch. The times of a burst that
 * streams (one beat per `interval`, consumed as it comes) are kept as two lines, others beat by beat.
 */
export class ReadClient {
  /** First cycle in which the request is seen; {@link NEVER} while the register is empty. */
  requestAt = NEVER;
  requestBeats = 0;
  /** Beats put into requests, with known transfer time, with known consumption time. */
  requested = 0;
  arrived = 0;
  consumed = 0;

  /** See {@link ClientTimes}. */
  private readonly firstBeat: Float64Array;
  private readonly beats: Int32Array;
  private readonly firstTransfer: Float64Array;
  private readonly takenFrom: Float64Array;
  private readonly transfers: Float64Array;
  private readonly consumptions: Float64Array;
  /** Bursts arrived; the one that holds the next beat to consume; the one last looked at by {@link roomAt}. */
  private bursts = 0;
  private consuming = 0;
  private looking = 0;

  /** @param number in order of priority */
  constructor(
    readonly number: number,
    private readonly interval: number,
    times: ClientTimes,
  ) {
    this.firstBeat = times.firstBeat;
    this.beats = times.beats;
    this.firstTransfer = times.firstTransfer;
    this.takenFrom = times.takenFrom;
    this.transfers = times.transfers;
    this.consumptions = times.consumptions;
  }

  put(beats: number, cycle: number): void {
    this.requestAt = cycle + 1;
    this.requestBeats = beats;
    this.requested += beats;
  }

  /** A requested burst's beats are transferred from `first` on, at the interval. */
  arriveStreaming(beats: number, first: number): void {
    this.begin(beats, first, -1);
    this.arrived += beats;
  }
  /** The requested burst's beats come one by one with {@link arrive}. */
  arriveSingly(): void {
    this.begin(this.requestBeats, -1, -1);
  }
  arrive(cycle: number): void {
    this.transfers[this.arrived++ & BEAT_MASK] = cycle;
  }
  private begin(beats: number, first: number, takenFrom: number): void {
    const slot = this.bursts++ & BURST_MASK;
    this.firstBeat[slot] = this.arrived;
    this.beats[slot] = beats;
    this.firstTransfer[slot] = first;
    this.takenFrom[slot] = takenFrom;
  }

  /** First cycle in which the next beat to consume is visible in the buffer; {@link NEVER} if not known yet. */
  nextVisible(): number {
    if (this.consumed === this.arrived) return NEVER;
    const slot = this.consuming & BURST_MASK;
    const first = this.firstTransfer[slot];
    return (first < 0 ? this.transfers[this.consumed & BEAT_MASK] : first + (this.consumed - this.firstBeat[slot]) * this.interval) + 1;
  }

  consume(cycle: number): void {
    this.consumptions[this.consumed++ & BEAT_MASK] = cycle;
    const slot = this.consuming & BURST_MASK;
    if (this.consumed === this.firstBeat[slot] + this.beats[slot]) this.consuming++;
  }

  /** Beats that {@link consumeBurst} would take; 0 where the next burst is not known or does not stream, or is begun. */
  wholeBurst(): number {
    if (this.consuming === this.bursts) return 0;
    const slot = this.consuming & BURST_MASK;
    return this.firstTransfer[slot] >= 0 && this.firstBeat[slot] === this.consumed ? this.beats[slot] : 0;
  }
  /**
   * Consumes a whole burst, one beat per cycle from `from` on as they become visible: beat k in max(from + k, first transfer + 1 +
   * k * interval). @returns the cycle of the last
   */
  consumeBurst(from: number): number {
    const last = this.burstConsumed(from);
    const slot = this.consuming++ & BURST_MASK;
    this.takenFrom[slot] = from;
    this.consumed += this.beats[slot];
    return last;
  }
  /** What {@link consumeBurst} would return. */
  burstConsumed(from: number): number {
    const slot = this.consuming & BURST_MASK;
    return this.lastConsumed(this.beats[slot], this.firstTransfer[slot], from);
  }
  /** The same of a burst of `beats` beats that are transferred from `first` on. */
  lastConsumed(beats: number, first: number, from: number): number {
    const k = beats - 1;
    const visible = first + 1 + k * this.interval;
    return from + k > visible ? from + k : visible;
  }

  /** A burst is requested while every beat is consumed, {@link arriveStreaming | arrives} from `first` on, and {@link consumeBurst | is consumed} from `from` on. */
  pass(beats: number, first: number, from: number): void {
    this.begin(beats, first, from);
    this.consuming = this.bursts;
    this.requested = this.arrived = this.consumed += beats;
  }

  /** `count` more bursts of `beats` beats in all, like the newest `depth` ones, each `period` cycles after the one before, all consumed. */
  skip(count: number, beats: number, period: number, depth: number): void {
    for (let n = 1; n <= depth; n++) {
      const from = (this.bursts - n) & BURST_MASK;
      const to = (this.bursts + count - n) & BURST_MASK;
      this.firstBeat[to] = this.firstBeat[from] + beats;
      this.beats[to] = this.beats[from];
      this.firstTransfer[to] = this.firstTransfer[from] + count * period;
      this.takenFrom[to] = this.takenFrom[from] + count * period;
    }
    this.bursts += count;
    this.consuming = this.bursts;
    this.looking = this.bursts - depth;
    this.requested += beats;
    this.arrived += beats;
    this.consumed += beats;
  }

  /** Bursts that stream, as far back as {@link roomAt} looks. */
  visit(w: StateWalk): void {
    this.requestAt = w.cycle(this.requestAt);
    if (this.requestAt !== NEVER) w.plain(this.requestBeats);
    w.plain(this.requested - this.consumed);
    w.plain(this.arrived - this.consumed);
    w.plain(this.bursts - this.consuming);
    const from = this.requested - LOADER_BEATS;
    for (let n = this.bursts - 1; n >= 0; n--) {
      const slot = n & BURST_MASK;
      const end = this.firstBeat[slot] + this.beats[slot];
      if (end <= from) break;
      w.plain(this.beats[slot]);
      w.plain(this.firstBeat[slot] - this.consumed);
      this.firstTransfer[slot] = w.mark(this.firstTransfer[slot]);
      this.takenFrom[slot] = w.mark(this.takenFrom[slot]);
      if (this.takenFrom[slot] >= 0) continue;
      for (let beat = Math.max(this.firstBeat[slot], from); beat < Math.min(end, this.consumed); beat++) {
        this.consumptions[beat & BEAT_MASK] = w.cycle(this.consumptions[beat & BEAT_MASK]);
      }
    }
  }

  /**
   * First cycle in which `used + beats <= limit`: a beat consumed in w leaves `used` in w+1.
   * {@link NEVER} while the consumption of the beat that makes room is not known.
   */
  roomAt(beats: number, limit: number): number {
    const needed = this.requested + beats - limit;
    if (needed <= 0) return 0;
    if (needed > this.consumed) return NEVER;
    const beat = needed - 1;
    let slot = this.looking & BURST_MASK;
    while (this.firstBeat[slot] + this.beats[slot] <= beat) slot = ++this.looking & BURST_MASK;
    const from = this.takenFrom[slot];
    if (from < 0) return this.consumptions[beat & BEAT_MASK] + 1;
    const k = beat - this.firstBeat[slot];
    return Math.max(from + k, this.firstTransfer[slot] + 1 + k * this.interval) + 1;
  }
}
