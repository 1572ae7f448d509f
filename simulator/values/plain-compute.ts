/** GEMM and ALU, lane by lane in the architecture's order, with the hash of what they write. See plain-memory.ts. */
import { ALU_SEMANTICS, wrap } from '#isa/semantics/alu';
import { requantize } from '#isa/semantics/requantize';
import type { DecodedAlu, DecodedGemm } from './decode.js';
import { accLane, readsSource, uopDst, uopSrc, uopWgt, wgtLane } from './ranges.js';
import type { MachineState } from './state.js';
import { noteWrite } from './write.js';

/** Where the lanes of element 0 are: [blockOut][blockIn] of WGT, [batch][blockOut] of ACC. */
interface Places {
  readonly wgt: Int32Array;
  readonly acc: Int32Array;
}

const cache = new WeakMap<MachineState, Places>();

function placesOf(state: MachineState): Places {
  let places = cache.get(state);
  if (places === undefined) {
    const { config: c, shape: s } = state;
    const wgt = Int32Array.from({ length: c.blockOut * c.blockIn }, (_, n) => wgtLane(0, Math.floor(n / c.blockIn), n % c.blockIn, s));
    const acc = Int32Array.from({ length: c.batch * c.blockOut }, (_, n) => accLane(0, Math.floor(n / c.blockOut), n % c.blockOut, s));
    places = { wgt, acc };
    cache.set(state, places);
  }
  return places;
}

/** One micro-op of a GEMM on the elements named; returns its share of the hash. */
function gemmStep(state: MachineState, places: Places, reset: boolean, dst: number, src: number, wgt: number): number {
  const { batch, blockIn, blockOut, accBits } = state.config;
  const { accLanes, inpLanes, wgtLanes, rowIn } = state.shape;
  const { acc, inp, wgt: weights } = state;
  let hash = 0;
  for (let b = 0, lane = 0; b < batch; b++) {
    const row = src * inpLanes + b * rowIn;
    for (let o = 0; o < blockOut; o++, lane++) {
      const at = dst * accLanes + places.acc[lane];
      let sum = 0;
      if (!reset) {
        sum = acc[at];
        for (let n = 0; n < blockIn; n++) {
          sum = (sum + Math.imul(inp[row + n], weights[wgt * wgtLanes + places.wgt[o * blockIn + n]])) | 0;
        }
      }
      acc[at] = wrap(sum, accBits);
      hash = (hash + noteWrite(state, dst * batch * blockOut + lane, acc[at])) | 0;
    }
  }
  return hash;
}

/** Executes a GEMM whose ranges are checked and returns its write hash. */
export function plainGemm(state: MachineState, { insn: x }: DecodedGemm): number {
  const places = placesOf(state);
  const { config: c, uop } = state;
  let hash = 0;
  for (let i = 0; i < x.iter_out; i++) {
    for (let j = 0; j < x.iter_in; j++) {
      for (let k = x.uop_bgn; k < x.uop_end; k++) {
        const dst = uopDst(uop[k], c) + i * x.dst_factor_out + j * x.dst_factor_in;
        const src = uopSrc(uop[k], c) + i * x.src_factor_out + j * x.src_factor_in;
        const wgt = uopWgt(uop[k], c) + i * x.wgt_factor_out + j * x.wgt_factor_in;
        hash = (hash + gemmStep(state, places, x.reset_reg === 1, dst, src, wgt)) | 0;
      }
    }
  }
  return hash >>> 0;
}

/** The operation of an instruction on one lane. */
function laneOperation({ operation, insn }: DecodedAlu, accBits: number): (x: number, y: number) => number {
  if (operation === 'RQ') return (x, y) => requantize(x, y, insn.imm, insn.reset_reg);
  const apply = ALU_SEMANTICS[operation];
  return (x, y) => wrap(apply(x, y), accBits);
}

/** Executes an ALU instruction whose ranges are checked and returns its write hash. */
export function plainAlu(state: MachineState, d: DecodedAlu): number {
  const places = placesOf(state).acc;
  const { config: c, shape: s, acc, uop } = state;
  const { insn } = d;
  const register = readsSource(d);
  const apply = laneOperation(d, c.accBits);
  let hash = 0;
  for (let i = 0; i < insn.iter_out; i++) {
    for (let j = 0; j < insn.iter_in; j++) {
      for (let k = insn.uop_bgn; k < insn.uop_end; k++) {
        const dst = uopDst(uop[k], c) + i * insn.dst_factor_out + j * insn.dst_factor_in;
        const src = uopSrc(uop[k], c) + i * insn.src_factor_out + j * insn.src_factor_in;
        for (let lane = 0; lane < places.length; lane++) {
          const at = dst * s.accLanes + places[lane];
          acc[at] = apply(acc[at], register ? acc[src * s.accLanes + places[lane]] : insn.imm);
          hash = (hash + noteWrite(state, dst * places.length + lane, acc[at])) | 0;
        }
      }
    }
  }
  return hash >>> 0;
}
