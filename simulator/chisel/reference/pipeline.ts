import type { DecodedAlu, DecodedGemm } from '../../values/decode.js';

/** Stages between an index and its write. */
const STAGES = 4;

/** GEMM and ALU, register by register: an index generator, and a pipeline that must be empty at the end. */
export class SteppedPipeline {
  private starting: DecodedGemm | DecodedAlu | null = null;
  private running: DecodedGemm | DecodedAlu | null = null;
  private left = 0;
  /** The first of the two reads of an ALU vector with a register operand is done. */
  private half = false;
  private waiting = false;
  private readonly stages: boolean[] = new Array(STAGES).fill(false);
  private inFlight = 0;

  get isDone(): boolean {
    return this.waiting && this.inFlight === 0;
  }

  step(start: DecodedGemm | DecodedAlu | null): void {
    const d = this.running;
    const done = this.isDone;
    const isWhole = d !== null && (d.kind === 'gemm' || d.insn.use_imm === 1 || this.half);
    const written = this.stages[STAGES - 1];
    this.inFlight += (isWhole ? 1 : 0) - (written ? 1 : 0);
    this.stages.pop();
    this.stages.unshift(isWhole);
    if (done) this.waiting = false;
    if (d !== null) {
      this.half = !isWhole;
      if (isWhole && --this.left === 0) {
        this.running = null;
        this.waiting = true;
      }
    }
    if (this.starting !== null) {
      this.running = this.starting;
      this.left = this.starting.steps;
      this.half = false;
    }
    this.starting = start;
  }
}
