import { executeInsn } from '../values/execute.js';
import { checkUopRanges } from '../values/ranges.js';
import type { MachineState } from '../values/state.js';
import type { TimingInsn } from './program.js';

/**
 * The values side of the cycle simulator. An instruction takes its whole effect in the cycle its unit starts it (Load, Store:
 * accept; Compute: issue). Tokens are pushed at retirement, so whatever is ordered by tokens or by its unit's queue happens in
 * that order, and the micro-ops of a GEMM or ALU are those its program position says even while younger loads run.
 */
export class Values {
  private dram: Uint8Array = new Uint8Array(0);
  private hashing = false;

  /** @param timingOnly execute only LOADs of micro-ops: GEMM and ALU timing depends on them */
  constructor(
    readonly state: MachineState,
    private readonly timingOnly: boolean,
  ) {}

  begin(dram: Uint8Array, hashing: boolean): void {
    this.dram = dram;
    this.hashing = hashing;
    this.state.padValue = 0;
  }

  /** Does an instruction change anything? */
  acts(insn: TimingInsn): boolean {
    return !this.timingOnly || insn.writesUop;
  }

  /** @returns the write hash. @throws VtaError VTA1203 */
  execute(insn: TimingInsn): number {
    const { decoded } = insn;
    if (this.acts(insn)) return executeInsn(this.state, this.dram, decoded, this.hashing);
    // a program without a defined result has no defined time either
    if ((decoded.kind === 'gemm' || decoded.kind === 'alu') && decoded.steps > 0) checkUopRanges(decoded, this.state);
    return 0;
  }
}
