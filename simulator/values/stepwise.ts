/** GEMM and ALU with their write hash: kernels, one micro-op per call in the architecture's order, hashed after each. */
import type { DecodedAlu, DecodedGemm } from './decode.js';
import { aluCall, gemmStrides } from './fast-compute.js';
import { kernelsOf } from './kernels.js';
import { uopDst } from './ranges.js';
import type { MachineState } from './state.js';

/** Do ACC rows have no padding lanes, which would be hashed too? */
export const canHashStepwise = ({ config, shape }: MachineState): boolean => shape.rowOut === config.blockOut;

/** Calls `step` for every micro-op with its byte address and the loop counters, and returns the hash of the elements written. */
function hashed(state: MachineState, { insn: x }: DecodedGemm | DecodedAlu, step: (uop: number, i: number, j: number) => void): number {
  const { config, uop, shape } = state;
  const { hash } = kernelsOf(state).hash;
  const sums = new Int32Array(state.memory.buffer, state.staging, 4).fill(0);
  for (let i = 0; i < x.iter_out; i++) {
    for (let j = 0; j < x.iter_in; j++) {
      for (let k = x.uop_bgn; k < x.uop_end; k++) {
        step(4 * k, i, j);
        hash((uopDst(uop[k], config) + i * x.dst_factor_out + j * x.dst_factor_in) * shape.accLanes * 4);
      }
    }
  }
  return (sums[0] + sums[1] + sums[2] + sums[3]) >>> 0;
}

/** Executes a GEMM whose ranges are checked and returns its write hash. */
export function hashedGemm(state: MachineState, d: DecodedGemm): number {
  const { gemm, reset } = kernelsOf(state).gemm;
  const { outer, inner, rowBytes, wgtBytes } = gemmStrides(state, d);
  if (d.insn.reset_reg === 1) return hashed(state, d, (u, i, j) => reset(u, u + 4, i * outer.dst + j * inner.dst, 1, 0, 1, 0));
  return hashed(state, d, (u, i, j) => {
    const [dst, src, wgt] = [i * outer.dst + j * inner.dst, i * outer.src + j * inner.src, i * outer.wgt + j * inner.wgt];
    gemm(u, u + 4, dst, src, wgt, 1, 0, 0, 1, 0, 0, 0, 1, -rowBytes, -wgtBytes);
  });
}

/** Executes an ALU instruction whose ranges are checked and returns its write hash. */
export function hashedAlu(state: MachineState, d: DecodedAlu): number {
  const { one, scalars, dstI, srcI, dstJ, srcJ } = aluCall(state, d);
  const [a, b, c] = scalars;
  return hashed(state, d, (u, i, j) => one(u, u + 4, i * dstI + j * dstJ, i * srcI + j * srcJ, 1, 0, 0, 1, 0, 0, a, b, c));
}
