/** GEMM and ALU, lane by lane in the architecture's order, with the hash of what they write. See plain-memory.ts. */
import { mix } from '#isa/arch/write-hash';
import type { AluInsn, GemmInsn } from '#isa/spec/instructions';
import { aluLane, wrap } from '#isa/semantics/alu';
import type { DecodedAlu, DecodedGemm } from './decode.js';
import { accLane, inpLane, readsSource, uopDst, uopSrc, uopWgt, wgtLane } from './ranges.js';
import type { MachineState } from './state.js';

/** Calls `step(uopWord, i, j)` in execution order. */
function eachStep(insn: GemmInsn | AluInsn, uop: Uint32Array, step: (word: number, i: number, j: number) => void): void {
  for (let i = 0; i < insn.iter_out; i++) {
    for (let j = 0; j < insn.iter_in; j++) {
      for (let k = insn.uop_bgn; k < insn.uop_end; k++) step(uop[k], i, j);
    }
  }
}

/** Executes a GEMM whose ranges are checked and returns its write hash. */
export function plainGemm(state: MachineState, { insn }: DecodedGemm): number {
  const { config: c, shape: s, acc, inp, wgt } = state;
  let hash = 0;
  eachStep(insn, state.uop, (word, i, j) => {
    const dst = uopDst(word, c) + i * insn.dst_factor_out + j * insn.dst_factor_in;
    const src = uopSrc(word, c) + i * insn.src_factor_out + j * insn.src_factor_in;
    const weight = uopWgt(word, c) + i * insn.wgt_factor_out + j * insn.wgt_factor_in;
    for (let b = 0; b < c.batch; b++) {
      for (let o = 0; o < c.blockOut; o++) {
        const at = accLane(dst, b, o, s);
        let sum = 0;
        if (insn.reset_reg === 0) {
          sum = acc[at];
          for (let n = 0; n < c.blockIn; n++) sum = (sum + Math.imul(inp[inpLane(src, b, n, s)], wgt[wgtLane(weight, o, n, s)])) | 0;
        }
        acc[at] = wrap(sum, c.accBits);
        hash = (hash + mix((dst * c.batch + b) * c.blockOut + o, acc[at])) | 0;
      }
    }
  });
  return hash >>> 0;
}

/** Executes an ALU instruction whose ranges are checked and returns its write hash. */
export function plainAlu(state: MachineState, d: DecodedAlu): number {
  const { config: c, shape: s, acc } = state;
  const { insn } = d;
  const register = readsSource(d);
  let hash = 0;
  eachStep(insn, state.uop, (word, i, j) => {
    const dst = uopDst(word, c) + i * insn.dst_factor_out + j * insn.dst_factor_in;
    const src = uopSrc(word, c) + i * insn.src_factor_out + j * insn.src_factor_in;
    for (let b = 0; b < c.batch; b++) {
      for (let o = 0; o < c.blockOut; o++) {
        const at = accLane(dst, b, o, s);
        const y = register ? acc[accLane(src, b, o, s)] : insn.imm;
        acc[at] = aluLane(d.operation, acc[at], y, insn.imm, insn.reset_reg, c.accBits);
        hash = (hash + mix((dst * c.batch + b) * c.blockOut + o, acc[at])) | 0;
      }
    }
  });
  return hash >>> 0;
}
