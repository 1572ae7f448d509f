import type { LoadInsn } from '#isa/spec/instructions';
import type { DecodedLoad } from '../../values/decode.js';

const BEAT = 8;
const BURST = 128;

/** What the padding engine does in its cycles: a write needs a cycle without data, passing over a row does not. */
function* paddingSteps(i: LoadInsn): Generator<'write' | 'pass'> {
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  for (let row = 0; row < i.y_pad_0 + i.y_size + i.y_pad_1; row++) {
    const isData = row >= i.y_pad_0 && row < i.y_pad_0 + i.y_size;
    const zeros = isData ? i.x_pad_0 + i.x_pad_1 : width;
    for (let n = 0; n < zeros; n++) yield 'write';
    if (isData && zeros === 0 && i.y_pad_1 > 0) yield 'pass';
  }
}

/** Beats of every burst of a load, in order. */
function* burstsOf(d: DecodedLoad): Generator<number> {
  for (let row = 0; row < d.insn.y_size; row++) {
    const first = d.address + row * d.rowStride;
    const end = first + d.insn.x_size * d.elementBytes;
    let beats = 0;
    for (let line = first - (first % BEAT); line < end; line += BEAT) {
      beats++;
      if ((line + BEAT) % BURST === 0 || line + BEAT >= end) {
        yield beats;
        beats = 0;
      }
    }
  }
}

/** A loader, register by register. */
export class SteppedLoader {
  private isBusy = false;
  private inFlight = 0;
  private rowsToPass = 0;
  private bursts: Generator<number> = burstsOf({ insn: { y_size: 0 } } as DecodedLoad);
  private command: number | null = null;
  private padding: Generator<'write' | 'pass'> | null = null;
  private padStep: 'write' | 'pass' | null = null;
  /** Narrow loaders see data, and start padding, a cycle later. */
  private dataBefore = false;
  private padStart: DecodedLoad | null = null;

  constructor(private readonly isNarrow: boolean) {}

  /** Is the instruction done in this cycle? */
  get isDone(): boolean {
    return this.isBusy && this.command === null && this.inFlight === 0 && this.padStep === null && this.padStart === null;
  }
  /** Beats of the command that it gives in this cycle if the register is free. */
  get wants(): number {
    return this.isBusy && this.rowsToPass === 0 ? (this.command ?? 0) : 0;
  }

  /** @param start the instruction that starts in this cycle; @param data a beat is seen; @param isFree the command register takes one */
  step(start: DecodedLoad | null, data: boolean, isFree: boolean): void {
    const written = this.isNarrow ? this.dataBefore : data;
    this.dataBefore = data;
    const done = this.isDone;
    const given = isFree ? this.wants : 0;
    if (written) this.inFlight--;
    this.inFlight += given;
    if (given > 0) this.command = this.bursts.next().value ?? null;
    if (this.isBusy && this.rowsToPass > 0) this.rowsToPass--;
    if (this.padStep === 'pass' || (this.padStep === 'write' && !written)) this.padStep = this.padding?.next().value ?? null;
    if (this.padStart !== null) this.beginPadding(this.padStart);
    this.padStart = null;
    if (done) this.isBusy = false;
    if (start === null) return;
    this.isBusy = true;
    this.inFlight = 0;
    this.rowsToPass = start.insn.y_pad_0;
    this.bursts = burstsOf(start);
    this.command = this.bursts.next().value ?? null;
    if (this.isNarrow) this.padStart = start;
    else this.beginPadding(start);
  }

  private beginPadding(d: DecodedLoad): void {
    this.padding = paddingSteps(d.insn);
    this.padStep = this.padding.next().value ?? null;
  }
}
