import type { TimingInsn } from './program.js';

/** What instructions did since some cycle, in order: took effect, or retired. */
export class Happened {
  private codes = new Int32Array(256);
  private cycles = new Float64Array(256);
  private count = 0;
  retirements = 0;

  forget(): void {
    this.count = 0;
    this.retirements = 0;
  }
  effect(index: number): void {
    this.note(2 * index, 0);
  }
  retirement(index: number, cycle: number): void {
    this.note(2 * index + 1, cycle);
    this.retirements++;
  }

  /** Leaves out what has no effect that anybody asks for. */
  keep(program: readonly TimingInsn[], effective: (insn: TimingInsn) => boolean, reported: boolean): void {
    const { codes, cycles, count } = this;
    this.count = 0;
    for (let n = 0; n < count; n++) {
      const retired = (codes[n] & 1) === 1;
      if (retired ? reported : effective(program[codes[n] >> 1])) this.note(codes[n], cycles[n]);
    }
  }

  /** The same again, `insns` instructions and `cycles` cycles later. */
  again(
    program: readonly TimingInsn[],
    insns: number,
    cycles: number,
    effect: (insn: TimingInsn) => void,
    retirement: ((insn: TimingInsn, cycle: number) => void) | null,
  ): void {
    for (let n = 0; n < this.count; n++) {
      const code = this.codes[n];
      const insn = program[(code >> 1) + insns];
      if ((code & 1) === 0) effect(insn);
      else retirement?.(insn, this.cycles[n] + cycles);
    }
  }

  private note(code: number, cycle: number): void {
    if (this.count === this.codes.length) this.grow();
    this.codes[this.count] = code;
    this.cycles[this.count++] = cycle;
  }
  private grow(): void {
    const { codes, cycles } = this;
    this.codes = new Int32Array(2 * codes.length);
    this.codes.set(codes);
    this.cycles = new Float64Array(2 * cycles.length);
    this.cycles.set(cycles);
  }
}
