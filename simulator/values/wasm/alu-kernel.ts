/**
 * The ALU kernels: one module per operation and operand kind, made when first used, one call per instruction (or part of
 * one). Elements are processed in the architecture's order, because a result may be an operand of the next element.
 */
import type { VtaConfig } from '#isa/config/config';
import { float32ToBits } from '#isa/semantics/requantize';
import type { Shape } from '../state.js';
import { bump, buildModule, type Code, doWhile, FunctionBuilder, i32, type Local, repeat, seq, v128, zero } from './emitter.js';
import { type Bases, uopField } from './gemm-kernel.js';

/** Kernels that exist. SHL is SHR by a negative immediate. */
export type AluKernel = 'MIN' | 'MAX' | 'ADD' | 'SHR' | 'SHL' | 'MUL' | 'RQ';

const c = i32.const;
const splat = (value: number): Code => v128.const(value, value, value, value);

/** What one lane operation is built from. */
interface Operands {
  readonly f: FunctionBuilder;
  readonly x: Code;
  /** Register operand, or the immediate in every lane. */
  readonly y: Code;
  /** The scalar parameters of the call. */
  readonly scalars: readonly Local[];
}

/** Arithmetic right shift by the lane's own amount, left where it is negative: five conditional shifts and one product. */
function shiftByRegister({ f, x, y }: Operands): Code {
  const [amount, value] = [f.v128(), f.v128()];
  const steps = [0, 1, 2, 3, 4].map((bit) => {
    const mask = v128.shrS(v128.shl(amount.get, c(31 - bit)), c(31));
    return value.set(v128.select(v128.shrS(value.get, c(1 << bit)), value.get, mask));
  });
  // 2^left by way of a float32 exponent; 2^32 does not fit and becomes 0
  const left = v128.neg(v128.minS(v128.maxS(y, splat(-32)), zero));
  const power = v128.truncU(v128.shl(v128.add(amount.get, splat(127)), c(23)));
  return seq(
    amount.set(v128.maxS(v128.minS(y, splat(31)), zero)),
    value.set(x),
    ...steps,
    amount.set(left),
    v128.mul(value.get, v128.and(power, v128.ne(amount.get, splat(32)))),
  );
}

/** The bits of 1.5 * 2^23: a small float32 added to it is rounded to an integer, ties to even, in the low bits. */
const ROUNDER = float32ToBits(1.5 * 2 ** 23);

/**
 * float32(x) times the mantissa of the scale, rounded to float32, then an exact power of two and a rounding to integer.
 * Exponents above 2^11 are cut there: the result is beyond the clamp for every x but 0. Scalars: zero point, lo, hi.
 */
function requantize({ f, x, y, scalars: [zeroPoint, lo, hi] }: Operands): Code {
  const scale = f.v128();
  const mantissa = v128.or(v128.and(scale.get, splat(0x7fffff)), splat(0x3f800000));
  const exponent = v128.minS(v128.and(v128.shrU(scale.get, c(23)), splat(0xff)), splat(138));
  const product = v128.f32Mul(v128.f32Mul(v128.convertS(x), mantissa), v128.shl(exponent, c(23)));
  const kept = v128.f32Pmin(v128.f32Pmax(product, splat(float32ToBits(-1024))), splat(float32ToBits(1024)));
  const rounded = v128.sub(v128.f32Add(kept, splat(ROUNDER)), splat(ROUNDER));
  const [p0, p1, p2] = [zeroPoint, lo, hi].map((s) => v128.splat(s.get));
  return seq(scale.set(y), v128.minS(v128.maxS(v128.add(rounded, p0), p1), p2));
}

const OPERATIONS: Readonly<Record<AluKernel, (o: Operands, register: boolean) => Code>> = {
  MIN: ({ x, y }) => v128.minS(x, y),
  MAX: ({ x, y }) => v128.maxS(x, y),
  ADD: ({ x, y }) => v128.add(x, y),
  MUL: ({ x, y }) => v128.mul(x, y),
  SHR: (o, register) => (register ? shiftByRegister(o) : v128.shrS(o.x, o.scalars[0].get)),
  SHL: ({ x, scalars }) => v128.shl(x, scalars[0].get),
  RQ: (o) => requantize(o),
};

/** One element: all its vectors in order. */
function element(
  f: FunctionBuilder,
  kernel: AluKernel,
  register: boolean,
  k: Geometry,
  dst: Local,
  src: Local,
  scalars: readonly Local[],
  y: Local,
): Code {
  const vectors = k.shape.accLanes / 4;
  const heavy = kernel === 'RQ' || (kernel === 'SHR' && register);
  const unrolled = Math.min(vectors, heavy ? 1 : 8);
  const [to, from, left] = [f.i32(), f.i32(), f.i32()];
  const wrapped = (value: Code) =>
    k.config.accBits === 32 ? value : v128.shrS(v128.shl(value, c(32 - k.config.accBits)), c(32 - k.config.accBits));
  const vector = (at: Local, other: Local, offset: number) => {
    const x = v128.load(at.get, offset);
    const operand = register ? v128.load(other.get, offset) : y.get;
    return v128.store(at.get, wrapped(OPERATIONS[kernel]({ f, x, y: operand, scalars }, register)), offset);
  };
  const some = (at: Local, other: Local) => seq(...Array.from({ length: unrolled }, (_, v) => vector(at, other, k.bases.acc + 16 * v)));
  if (vectors === unrolled) return some(dst, src);
  const next = c(16 * unrolled);
  return seq(
    to.set(dst.get),
    from.set(src.get),
    repeat(left, c(vectors / unrolled), seq(some(to, from), bump(to, next), bump(from, next))),
  );
}

interface Geometry {
  readonly config: VtaConfig;
  readonly shape: Shape;
  readonly bases: Bases;
}

/**
 * `many` and `one` `(uopBegin, uopEnd, dst, src, nI, dstI, srcI, nJ, dstJ, srcJ, a, b, c)`: micro-op byte addresses without the base,
 * first offsets, extents (at least 1) and strides in bytes, scalar parameters. `one` is for a single micro-op, read once.
 */
function aluFunction(name: 'many' | 'one', kernel: AluKernel, register: boolean, k: Geometry): FunctionBuilder {
  const f = new FunctionBuilder(name);
  const [uop, uopEnd, dst0, src0, nI, dstI, srcI, nJ, dstJ, srcJ, ...scalars] = Array.from({ length: 13 }, () => f.param());
  const [word, dst, src, i, j, at] = Array.from({ length: 6 }, () => f.i32());
  const y = f.v128();
  const A = k.config.logAccDepth;
  const bytes = k.shape.accLanes * 4;
  const decode = seq(
    word.set(i32.load(at.get, k.bases.uop)),
    dst.set(i32.add(dst0.get, uopField(word.get, 0, A, bytes))),
    src.set(i32.add(src0.get, uopField(word.get, A, Math.max(A, k.config.logInpDepth), bytes))),
  );
  const work = element(f, kernel, register, k, dst, src, scalars, y);
  const back = (local: Local, outer: Local, inner: Local) => bump(local, i32.sub(outer.get, i32.mul(nJ.get, inner.get)));
  const body =
    name === 'one'
      ? seq(
          at.set(uop.get),
          decode,
          repeat(
            i,
            nI.get,
            seq(repeat(j, nJ.get, seq(work, bump(dst, dstJ.get), bump(src, srcJ.get))), back(dst, dstI, dstJ), back(src, srcI, srcJ)),
          ),
        )
      : repeat(
          i,
          nI.get,
          seq(
            repeat(
              j,
              nJ.get,
              seq(
                at.set(uop.get),
                doWhile(seq(decode, work), i32.ltU(at.tee(i32.add(at.get, c(4))), uopEnd.get)),
                bump(dst0, dstJ.get),
                bump(src0, srcJ.get),
              ),
            ),
            back(dst0, dstI, dstJ),
            back(src0, srcI, srcJ),
          ),
        );
  return f.end(seq(register ? [] : y.set(v128.splat(scalars[0].get)), body));
}

/** The module of one operation; `register` says where the second operand comes from. */
export const aluModule = (kernel: AluKernel, register: boolean, k: Geometry): Uint8Array =>
  buildModule([aluFunction('many', kernel, register, k), aluFunction('one', kernel, register, k)]);
