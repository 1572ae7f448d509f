import { insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Uop } from '#isa/spec/instructions';
import { ALU_OPS, type AluOp } from '#isa/spec/tables';
import { rqImmediate } from '../tir/interpret.js';
import { beyond, TIR_LIMITS } from '../tir/limits.js';
import type { RequantParams } from '../tir/node.js';
import { type AffineNest, fixLoop, type Operand, simplifyNest, span } from './affine.js';
import type { MachineOp } from './machine-op.js';
import type { UopKernels } from './uop-kernels.js';

/** Iterations that the 14-bit loop extents can count. */
const ITER_MAX = 0x3fff;

/** A nest split into instruction loops and micro-ops. */
interface Folded {
  readonly nest: AffineNest;
  /** Extents of the two instruction loops (1 where there is none) and how far each operand moves in them. */
  readonly iter: readonly [out: number, inner: number];
  readonly factors: readonly (readonly [out: number, inner: number])[];
  /** Addresses of every micro-op, one list per operand. */
  readonly points: readonly (readonly number[])[];
}

/**
 * The two outermost loops become the instruction's loops, the others are unrolled into micro-ops; when those are more
 * than the micro-op buffer holds, the third loop is unrolled into several instructions.
 */
function fold(given: AffineNest, maxUops: number): Folded[] {
  if (given.extents.includes(0)) return [];
  const nest = simplifyNest(given, ITER_MAX);
  const outer = Math.min(2, nest.extents.length);
  const inner = nest.extents.slice(outer);
  const uops = inner.reduce((n, e) => n * e, 1);
  if (uops > maxUops) {
    if (uops / maxUops > TIR_LIMITS.operations.limit)
      beyond('operations', 'one nest of tensor statements', Math.ceil(uops / maxUops), 'use smaller extents');
    return Array.from({ length: inner[0] }, (_, i) => fold(fixLoop(nest, outer, i), maxUops)).flat();
  }
  // one loop alone is the inner one, as the published runtime places it
  const slots: readonly (number | null)[] = outer === 2 ? [0, 1] : [null, outer === 1 ? 0 : null];
  const factor = (o: Operand) => slots.map((s) => (s === null ? 0 : o.coefs[s])) as [number, number];
  return [
    {
      nest,
      iter: slots.map((s) => (s === null ? 1 : nest.extents[s])) as [number, number],
      factors: nest.operands.map(factor),
      points: nest.operands.map((o) => enumerate(o.base, inner, o.coefs.slice(outer))),
    },
  ];
}

function enumerate(base: number, extents: readonly number[], coefs: readonly number[]): number[] {
  let out = [base];
  extents.forEach((e, l) => {
    out = out.flatMap((at) => Array.from({ length: e }, (_, i) => at + i * coefs[l]));
  });
  return out;
}

/** Operands of a GEMM nest: accumulator, input, weight. With `reset` only the accumulator counts. */
export function lowerGemm(nest: AffineNest, reset: boolean, uops: UopKernels, config: VtaConfig): MachineOp[] {
  return fold(nest, config.uopDepth).map((f) => {
    const [dst, src, wgt] = [0, 1, 2].map((k) => f.factors[k] ?? [0, 0]);
    const point = (k: number, i: number) => f.points[k]?.[i] ?? 0;
    const kernel = uops.intern(f.points[0].map((dst_idx, i): Uop => ({ dst_idx, src_idx: point(1, i), wgt_idx: point(2, i) })));
    const acc = { memory: 'acc', ...span(f.nest, f.nest.operands[0]) };
    const reads = reset ? [] : [acc, ...['inp', 'wgt'].map((memory, k) => ({ memory, ...span(f.nest, f.nest.operands[k + 1]) }))];
    const body = insn('GEMM', {
      reset_reg: reset ? 1 : 0,
      iter_out: f.iter[0],
      iter_in: f.iter[1],
      dst_factor_out: dst[0],
      dst_factor_in: dst[1],
      src_factor_out: src[0],
      src_factor_in: src[1],
      wgt_factor_out: wgt[0],
      wgt_factor_in: wgt[1],
    });
    return { insn: body, unit: 'compute', reads, writes: [acc], buffer: -1, kernel };
  });
}

/** The fixed part of a vector operation. */
export interface VectorOp {
  readonly op: AluOp;
  /** Second operand when it is a constant. */
  readonly immediate: number | null;
  readonly rq: RequantParams | null;
}

/**
 * Operands of an ALU nest: destination and, unless the second operand is a constant, source. With a constant the source repeats the destination,
 * because the published Chisel core takes the first operand of an immediate operation from there (reference 3.9).
 */
export function lowerAlu(nest: AffineNest, vector: VectorOp, uops: UopKernels, config: VtaConfig): MachineOp[] {
  return fold(nest, config.uopDepth).map((f) => {
    const dst = f.factors[0];
    const src = f.factors[1] ?? dst;
    const kernel = uops.intern(f.points[0].map((dst_idx, i): Uop => ({ dst_idx, src_idx: f.points[1]?.[i] ?? dst_idx, wgt_idx: 0 })));
    const written = { memory: 'acc', ...span(f.nest, f.nest.operands[0]) };
    const read = f.nest.operands.slice(1).map((o) => ({ memory: 'acc', ...span(f.nest, o) }));
    const body = insn('ALU', {
      reset_reg: vector.rq?.relu ?? 0,
      iter_out: f.iter[0],
      iter_in: f.iter[1],
      dst_factor_out: dst[0],
      dst_factor_in: dst[1],
      src_factor_out: src[0],
      src_factor_in: src[1],
      alu_opcode: ALU_OPS[vector.op].code,
      use_imm: vector.immediate === null ? 0 : 1,
      imm: vector.rq !== null ? rqImmediate(vector.rq) : (vector.immediate ?? 0),
    });
    return { insn: body, unit: 'compute', reads: [written, ...read], writes: [written], buffer: -1, kernel };
  });
}
