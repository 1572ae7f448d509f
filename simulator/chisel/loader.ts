import type { DecodedLoad } from '../values/decode.js';
import { PaddingEngine } from './padding.js';
import { beatsOf, burstEnd, NEVER } from './parameters.js';
import type { ReadClient } from './read-engine.js';

/** How the two kinds of loaders differ, in cycles. */
export interface LoaderKind {
  /** From a beat on R to its write into the scratchpad. */
  readonly write: number;
  /** From the start of an instruction to the first cycle of its padding engine. */
  readonly pad: number;
}
/** For elements as wide as the bus or wider (INP, WGT, ACC), and for smaller ones (UOP). */
export const NARROW: LoaderKind = { write: 2, pad: 2 };
export const WIDE: LoaderKind = { write: 1, pad: 1 };

/** What a loader tells its unit, once it knows it: cycles of the first and last write and of the end, which is always later than now. */
export type OnLoaded = (first: number, last: number, done: number) => void;

/** One of the four loaders: command generator and padding engine. It holds one instruction at a time. */
export class Loader implements ReadClient {
  requestAt = NEVER;
  requestBeats = 0;
  private readonly padding = new PaddingEngine();
  private rowsLeft = 0;
  /** Addresses: of the row, of what is not asked for yet, and of the end of the burst in the command register. */
  private row = 0;
  private from = 0;
  private to = 0;
  private rowStride = 0;
  private rowBytes = 0;
  private firstWrite = NEVER;

  constructor(
    private readonly kind: LoaderKind,
    private readonly onBurst: (beats: number, handshake: number, first: number, last: number) => void,
    private readonly onLoaded: OnLoaded,
  ) {}

  /** The instruction, which has data, starts in cycle s. */
  begin(d: DecodedLoad, s: number): void {
    this.rowsLeft = d.insn.y_size;
    this.row = this.from = d.address;
    this.rowStride = d.rowStride;
    this.rowBytes = d.insn.x_size * d.elementBytes;
    this.firstWrite = NEVER;
    this.padding.begin(d.insn, s + this.kind.pad);
    // The command generator passes over the rows of padding above, one per cycle.
    this.request(s + 2 + d.insn.y_pad_0);
  }

  /** Puts the next burst into the command register, to be seen in cycle t. */
  private request(t: number): void {
    this.to = burstEnd(this.from, this.row + this.rowBytes);
    this.requestBeats = beatsOf(this.from, this.to);
    this.requestAt = t;
  }

  granted(t: number, first: number, last: number): void {
    this.onBurst(this.requestBeats, t, first, last);
    const { write } = this.kind;
    this.padding.beside(first + write, last + write);
    this.firstWrite = Math.min(this.firstWrite, first + write);
    this.from = this.to;
    if (this.to === this.row + this.rowBytes) {
      this.rowsLeft--;
      this.row = this.from = this.row + this.rowStride;
    }
    if (this.rowsLeft > 0) this.request(t + 2);
    else this.finish(last + write);
  }

  private finish(lastWrite: number): void {
    const { padding } = this;
    this.requestAt = NEVER;
    padding.quietUntil(NEVER);
    const first = Math.min(this.firstWrite, padding.first);
    this.onLoaded(first, Math.max(lastWrite, padding.last), Math.max(lastWrite + 1, padding.at));
  }
}
