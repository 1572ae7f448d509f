/**
 * The GEMM kernel: one module per configuration, one call per instruction.
 *
 * Without reset the accumulators only ever grow by products, and sums modulo 2^n do not depend on order, so the three loops
 * of the instruction may be nested in any order. They become, from outside to inside: micro-ops; `s`; `p`, iterations that use the
 * same weights, some at a time so that weights are loaded once for all; blocks of output lanes; `r`, iterations that add to the
 * same accumulators, which stay in registers meanwhile.
 */
import type { VtaConfig } from '#isa/config/config';
import type { Shape } from '../state.js';
import { bump, buildModule, type Code, doWhile, FunctionBuilder, i32, ifElse, type Local, repeat, seq, v128, zero } from './emitter.js';

/** Byte addresses of the scratchpads in the memory. */
export interface Bases {
  readonly uop: number;
  readonly inp: number;
  readonly wgt: number;
  readonly acc: number;
}

const c = i32.const;

/** A field of a micro-op word, scaled to bytes. */
export function uopField(word: Code, shift: number, bits: number, bytes: number): Code {
  const field = i32.and(shift === 0 ? word : i32.shrU(word, c(shift)), c(2 ** bits - 1));
  return bits === 0 ? c(0) : i32.shl(field, c(Math.log2(bytes)));
}

interface Tile {
  readonly config: VtaConfig;
  readonly shape: Shape;
  readonly bases: Bases;
  /** Reduction: iterations, and bytes from one to the next in INP and WGT. */
  readonly nR: Local;
  readonly srcR: Local;
  readonly wgtR: Local;
}

/** Output lanes whose sums are held in registers at once. */
const blockRows = (shape: Shape): number => Math.min(16, shape.rowOut);

/** Input rows multiplied with the same weights at once, so that about eight registers hold sums. */
export const sharedRows = (shape: Shape): number => (shape.rowOut >= 16 ? 2 : 4);

/**
 * The products of some input rows with a weight, over the whole reduction, added to as many accumulator rows. A unit is 32 bits
 * of an input row (two 16-bit lanes, or one of 32), copied to all lanes of a vector and multiplied with the same unit of four
 * weight rows. `rows` are byte addresses (input row, accumulator row) without the base.
 */
function rowsTimesWeight(f: FunctionBuilder, t: Tile, rows: readonly (readonly [inp: Local, acc: Local])[], wgt: Local): Code {
  const { shape, bases } = t;
  const multiply = shape.laneBits === 32 ? v128.mul : v128.dot;
  const vectors = blockRows(shape) / 4;
  const sums = rows.map(() => Array.from({ length: vectors }, () => f.v128()));
  const weight = f.v128();
  const inp = rows.map(() => f.i32());
  const acc = rows.map(() => f.i32());
  const [block, at, leftR, leftUnits, leftBlocks] = Array.from({ length: 5 }, () => f.i32());
  const unitBytes = shape.rowOut * 4;
  const offsets = Array.from({ length: vectors }, (_, v) => 16 * v);
  const units = rows.map(() => f.v128());

  const oneUnit = seq(
    ...units.map((u, i) => u.set(v128.load32Splat(inp[i].get))),
    ...offsets.map((offset, v) =>
      seq(weight.set(v128.load(at.get, offset)), ...sums.map((s, i) => s[v].set(v128.add(s[v].get, multiply(units[i].get, weight.get))))),
    ),
    ...inp.map((p) => bump(p, c(4))),
    bump(at, c(unitBytes)),
  );
  const reduction = seq(repeat(leftUnits, c(shape.units), oneUnit), ...inp.map((p) => bump(p, t.srcR.get)), bump(at, t.wgtR.get));
  const wrapped = (sum: Code) =>
    t.config.accBits === 32 ? sum : v128.shrS(v128.shl(sum, c(32 - t.config.accBits)), c(32 - t.config.accBits));
  const write = acc.map((a, i) =>
    seq(...offsets.map((o, v) => v128.store(a.get, wrapped(v128.add(v128.load(a.get, bases.acc + o), sums[i][v].get)), bases.acc + o))),
  );
  return seq(
    block.set(i32.add(wgt.get, c(bases.wgt))),
    ...acc.map((a, i) => a.set(rows[i][1].get)),
    repeat(
      leftBlocks,
      c(shape.rowOut / blockRows(shape)),
      seq(
        ...sums.flat().map((s) => s.set(zero)),
        ...inp.map((p, i) => p.set(i32.add(rows[i][0].get, c(bases.inp)))),
        at.set(block.get),
        repeat(leftR, t.nR.get, reduction),
        ...write,
        bump(block, c(4 * blockRows(shape))),
        ...acc.map((a) => bump(a, c(4 * blockRows(shape)))),
      ),
    ),
  );
}

/**
 * `gemm(uopBegin, uopEnd, dst, src, wgt, nP, dstP, srcP, nS, dstS, srcS, wgtS, nR, srcR, wgtR)`: micro-op byte addresses without the
 * base, first offsets, and for each loop its extent (at least 1) and its strides in bytes. The strides of `r` count from the
 * end of an element row (INP) and of an element (WGT).
 */
function gemmFunction(config: VtaConfig, shape: Shape, bases: Bases): FunctionBuilder {
  const f = new FunctionBuilder('gemm');
  const [uop, uopEnd, dst0, src0, wgt0] = Array.from({ length: 5 }, () => f.param());
  const [nP, dstP, srcP, nS, dstS, srcS, wgtS] = Array.from({ length: 7 }, () => f.param());
  const tile: Tile = { config, shape, bases, nR: f.param(), srcR: f.param(), wgtR: f.param() };
  const [word, dst, src, wgt, s, p] = Array.from({ length: 6 }, () => f.i32());
  const laneBytes = shape.laneBits / 8;
  const A = config.logAccDepth;
  const S = Math.max(A, config.logInpDepth);
  const accBytes = shape.accLanes * 4;
  const inpBytes = shape.inpLanes * laneBytes;
  const together = sharedRows(shape);
  const [acc, inp] = [0, 1].map(() => Array.from({ length: Math.max(together, 2) }, () => f.i32()));
  /** `count` rows, `accStride` and `inpStride` apart, from the current position; then moves on behind them. */
  const rows = (count: number, accStride: Code, inpStride: Code): Code =>
    seq(
      ...Array.from({ length: count - 1 }, (_, i) =>
        seq(acc[i + 1].set(i32.add(acc[i].get, accStride)), inp[i + 1].set(i32.add(inp[i].get, inpStride))),
      ),
      rowsTimesWeight(
        f,
        tile,
        acc.slice(0, count).map((a, i) => [inp[i], a] as const),
        wgt,
      ),
      acc[0].set(i32.add(acc[count - 1].get, accStride)),
      inp[0].set(i32.add(inp[count - 1].get, inpStride)),
    );
  const iterations = (count: number) => seq(rows(count, dstP.get, srcP.get), p.set(i32.sub(p.get, c(count))));
  const batchRows = Math.min(together, config.batch);
  const wholeElement = seq(
    repeat(f.i32(), c(config.batch / batchRows), rows(batchRows, c(shape.rowOut * 4), c(shape.rowIn * laneBytes))),
    bump(acc[0], i32.sub(dstP.get, c(accBytes))),
    bump(inp[0], i32.sub(srcP.get, c(inpBytes))),
    p.set(i32.sub(p.get, c(1))),
  );
  const eachP = doWhile(config.batch > 1 ? wholeElement : ifElse(i32.ltU(p.get, c(together)), iterations(1), iterations(together)), p.get);
  const eachS = repeat(
    s,
    nS.get,
    seq(p.set(nP.get), acc[0].set(dst.get), inp[0].set(src.get), eachP, bump(dst, dstS.get), bump(src, srcS.get), bump(wgt, wgtS.get)),
  );
  return f.end(
    doWhile(
      seq(
        word.set(i32.load(uop.get, bases.uop)),
        dst.set(i32.add(dst0.get, uopField(word.get, 0, A, accBytes))),
        src.set(i32.add(src0.get, uopField(word.get, A, S, inpBytes))),
        wgt.set(i32.add(wgt0.get, uopField(word.get, A + S, config.logWgtDepth, shape.wgtLanes * laneBytes))),
        eachS,
      ),
      i32.ltU(uop.tee(i32.add(uop.get, c(4))), uopEnd.get),
    ),
  );
}

/** `reset(uopBegin, uopEnd, dst, nI, dstI, nJ, dstJ)`: writes zero to every destination. */
function resetFunction(config: VtaConfig, shape: Shape, bases: Bases): FunctionBuilder {
  const f = new FunctionBuilder('reset');
  const [uop, uopEnd, dst0, nI, dstI, nJ, dstJ] = Array.from({ length: 7 }, () => f.param());
  const [dst, i, j, at, n] = Array.from({ length: 5 }, () => f.i32());
  const vectors = shape.accLanes / 4;
  const unrolled = Math.min(vectors, 8);
  const some = seq(...Array.from({ length: unrolled }, (_, v) => v128.store(at.get, zero, bases.acc + 16 * v)));
  const element = seq(at.set(dst.get), repeat(n, c(vectors / unrolled), seq(some, bump(at, c(16 * unrolled)))), bump(dst, dstJ.get));
  const row = seq(repeat(j, nJ.get, element), bump(dst, i32.sub(dstI.get, i32.mul(nJ.get, dstJ.get))));
  return f.end(
    doWhile(
      seq(
        dst.set(i32.add(dst0.get, uopField(i32.load(uop.get, bases.uop), 0, config.logAccDepth, shape.accLanes * 4))),
        repeat(i, nI.get, row),
      ),
      i32.ltU(uop.tee(i32.add(uop.get, c(4))), uopEnd.get),
    ),
  );
}

/** The module with `gemm` and `reset`. */
export const gemmModule = (config: VtaConfig, shape: Shape, bases: Bases): Uint8Array =>
  buildModule([gemmFunction(config, shape, bases), resetFunction(config, shape, bases)]);
