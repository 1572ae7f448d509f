/** GEMM and ALU by WebAssembly kernels. Ranges are checked before, so kernels check nothing. */
import type { DecodedAlu, DecodedGemm } from './decode.js';
import { kernelsOf } from './kernels.js';
import { readsSource } from './ranges.js';
import type { MachineState } from './state.js';
import type { AluKernel } from './wasm/alu-kernel.js';

/** One of the two loops of an instruction; strides in elements. */
interface Loop {
  readonly extent: number;
  readonly dst: number;
  readonly src: number;
  readonly wgt: number;
}
const ONCE: Loop = { extent: 1, dst: 0, src: 0, wgt: 0 };

/**
 * Distributes the two loops over those of the kernel: `p` shares weights, `r` accumulates in place, `s` is any; `rest`, if a
 * loop fits nowhere else, is done by repeated calls.
 */
function arrange(outer: Loop, inner: Loop): { p: Loop; s: Loop; r: Loop; rest: Loop } {
  let [p, s, r, rest] = [ONCE, ONCE, ONCE, ONCE];
  const loops = [outer, inner].filter((l) => l.extent > 1);
  const shared = loops.filter((l) => l.wgt === 0 && l.dst !== 0).sort((a, b) => b.extent - a.extent);
  if (shared.length > 0) p = shared[0];
  for (const loop of loops) {
    if (loop === p) continue;
    if (loop.dst === 0 && r === ONCE) r = loop;
    else if (s === ONCE) s = loop;
    else rest = loop;
  }
  return { p, s, r, rest };
}

/** The two loops of a GEMM, and the sizes of an INP row and a WGT element, in bytes. */
export function gemmStrides({ shape }: MachineState, { insn: i }: DecodedGemm) {
  const laneBytes = shape.laneBits / 8;
  const [acc, inp, wgt] = [shape.accLanes * 4, shape.inpLanes * laneBytes, shape.wgtLanes * laneBytes];
  const outer: Loop = { extent: i.iter_out, dst: i.dst_factor_out * acc, src: i.src_factor_out * inp, wgt: i.wgt_factor_out * wgt };
  const inner: Loop = { extent: i.iter_in, dst: i.dst_factor_in * acc, src: i.src_factor_in * inp, wgt: i.wgt_factor_in * wgt };
  return { outer, inner, rowBytes: shape.rowIn * laneBytes, wgtBytes: wgt };
}

/** Executes a GEMM with `steps > 0` whose ranges are checked. */
export function fastGemm(state: MachineState, d: DecodedGemm): void {
  const { gemm, reset } = kernelsOf(state).gemm;
  const { outer, inner, rowBytes, wgtBytes } = gemmStrides(state, d);
  const [begin, end] = [d.insn.uop_bgn * 4, d.insn.uop_end * 4];
  if (d.insn.reset_reg === 1) {
    reset(begin, end, 0, outer.extent, outer.dst, inner.extent, inner.dst);
    return;
  }
  const { p, s, r, rest } = arrange(outer, inner);
  for (let n = 0; n < rest.extent; n++) {
    const [dst, src, wgt] = [n * rest.dst, n * rest.src, n * rest.wgt];
    gemm(begin, end, dst, src, wgt, p.extent, p.dst, p.src, s.extent, s.dst, s.src, s.wgt, r.extent, r.src - rowBytes, r.wgt - wgtBytes);
  }
}

/** Vector operations after which a kernel call ends, so that the engine's optimizing compiler can take over early. */
const STEPS_PER_CALL = 32768;

/** The kernels of an ALU instruction, their scalar parameters and the strides of the two loops in bytes. */
export function aluCall(state: MachineState, d: DecodedAlu) {
  const { insn: i } = d;
  const [kernel, ...scalars] = scalarsOf(d);
  const bytes = state.shape.accLanes * 4;
  const [dstI, srcI, dstJ, srcJ] = [i.dst_factor_out, i.src_factor_out, i.dst_factor_in, i.src_factor_in].map((f) => f * bytes);
  return { ...kernelsOf(state).aluOf(kernel, readsSource(d)), scalars, dstI, srcI, dstJ, srcJ };
}

/** Executes an ALU instruction with `steps > 0` whose ranges are checked. */
export function fastAlu(state: MachineState, d: DecodedAlu): void {
  const { insn: i } = d;
  const { one, many, scalars, dstI, srcI, dstJ, srcJ } = aluCall(state, d);
  const [a, b, c] = scalars;
  const call = i.uop_end - i.uop_bgn === 1 ? one : many;
  const perCall = Math.max(1, Math.floor((STEPS_PER_CALL * i.iter_out) / d.steps));
  for (let n = 0; n < i.iter_out; n += perCall) {
    const rows = Math.min(perCall, i.iter_out - n);
    call(i.uop_bgn * 4, i.uop_end * 4, n * dstI, n * srcI, rows, dstI, srcI, i.iter_in, dstJ, srcJ, a, b, c);
  }
}

/** The kernel of an instruction and its scalar parameters. */
function scalarsOf(d: DecodedAlu): readonly [AluKernel, number, number, number] {
  const { imm, reset_reg: relu } = d.insn;
  if (d.operation === 'RQ') {
    const zeroPoint = (imm << 24) >> 24;
    return ['RQ', zeroPoint, relu ? zeroPoint : -128, (imm << 16) >> 24];
  }
  if (d.operation !== 'SHR' || readsSource(d)) return [d.operation, imm, 0, 0];
  if (imm >= 0) return ['SHR', Math.min(imm, 31), 0, 0];
  return imm < -31 ? ['MUL', 0, 0, 0] : ['SHL', -imm, 0, 0];
}
