/**
 * The GEMM kernel: one module per configuration, one call per instruction.
 *
 * Without reset the accumulators only ever grow by products, and sums modulo 2^n do not depend on order, so the three loops
 * of the instruction may be nested in any order. They become, from outside to inside: micro-ops; `s`; `p` in pairs of
 * iterations that use the same weights, which are then loaded once; groups of four output lanes; `r`, iterations that add to
 * the same accumulators, which then stay in registers until one horizontal sum at the end.
 */
import type { VtaConfig } from '#isa/config/config';
import type { Shape } from '../state.js';
import { bump, buildModule, type Code, doWhile, FunctionBuilder, i32, ifElse, type Local, repeat, seq, v128 } from './emitter.js';

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

/** Sums of the lanes of four vectors, as the lanes of one. */
function horizontalSums(f: FunctionBuilder, v: readonly Local[]): Code {
  const [a, b] = [f.v128(), f.v128()];
  const pair = (x: Local, y: Local) => v128.add(v128.shuffle32(x.get, y.get, [0, 4, 1, 5]), v128.shuffle32(x.get, y.get, [2, 6, 3, 7]));
  return seq(
    a.set(pair(v[0], v[1])),
    b.set(pair(v[2], v[3])),
    v128.add(v128.shuffle32(a.get, b.get, [0, 1, 4, 5]), v128.shuffle32(a.get, b.get, [2, 3, 6, 7])),
  );
}

/** Adds to four accumulators, wrapping at the accumulator width. */
function accumulate(address: Local, offset: number, sums: Code, accBits: number): Code {
  const sum = v128.add(v128.load(address.get, offset), sums);
  return v128.store(address.get, accBits === 32 ? sum : v128.shrS(v128.shl(sum, c(32 - accBits)), c(32 - accBits)), offset);
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

/**
 * The products of one or two input rows with all rows of a weight, over the whole reduction, added to one or two
 * accumulator rows. `rows` are pairs of byte addresses (input row, accumulator row), without the base.
 */
function rowsTimesWeight(f: FunctionBuilder, t: Tile, rows: readonly (readonly [inp: Local, acc: Local])[], wgt: Local): Code {
  const { shape, bases } = t;
  const laneBytes = shape.laneBits / 8;
  const perVector = shape.laneBits === 32 ? 4 : 8;
  const chunks = shape.rowIn / perVector;
  const unrolled = Math.min(chunks, 4);
  const chunkBytes = perVector * laneBytes;
  const load = shape.laneBits === 8 ? v128.load8x8s : v128.load;
  const multiply = shape.laneBits === 32 ? v128.mul : v128.dot;
  const sums = rows.map(() => [f.v128(), f.v128(), f.v128(), f.v128()]);
  const inputs = rows.map(() => f.v128());
  const weight = f.v128();
  const inp = rows.map(() => f.i32());
  const acc = rows.map(() => f.i32());
  const [group, rowWgt, left, groups, chunkLeft] = [f.i32(), f.i32(), f.i32(), f.i32(), f.i32()];
  const wgtRowBytes = shape.rowIn * laneBytes;

  const chunk = (n: number): Code =>
    seq(
      ...inputs.map((v, i) => v.set(load(inp[i].get, bases.inp + n * chunkBytes))),
      ...[0, 1, 2, 3].map((row) =>
        seq(
          weight.set(load(rowWgt.get, bases.wgt + row * wgtRowBytes + n * chunkBytes)),
          ...sums.map((s, i) => s[row].set(v128.add(s[row].get, multiply(inputs[i].get, weight.get)))),
        ),
      ),
    );
  const someChunks = seq(...Array.from({ length: unrolled }, (_, n) => chunk(n)));
  const step = unrolled * chunkBytes;
  const advance = (by: number) => (chunks === unrolled ? [] : seq(...[...inp, rowWgt].map((l) => bump(l, c(by)))));
  const wholeRow =
    chunks === unrolled
      ? someChunks
      : seq(repeat(chunkLeft, c(chunks / unrolled), seq(someChunks, advance(step))), advance(-step * (chunks / unrolled)));
  return seq(
    group.set(wgt.get),
    ...acc.map((a, i) => a.set(rows[i][1].get)),
    repeat(
      groups,
      c(shape.rowOut / 4),
      seq(
        ...sums.flat().map((s) => s.set(v128.zero)),
        ...inp.map((p, i) => p.set(rows[i][0].get)),
        rowWgt.set(group.get),
        repeat(left, t.nR.get, seq(wholeRow, ...inp.map((p) => bump(p, t.srcR.get)), bump(rowWgt, t.wgtR.get))),
        ...acc.map((a, i) => accumulate(a, bases.acc, horizontalSums(f, sums[i]), t.config.accBits)),
        bump(group, c(4 * wgtRowBytes)),
        ...acc.map((a) => bump(a, c(16))),
      ),
    ),
  );
}

/**
 * `gemm(uopBegin, uopEnd, dst, src, wgt, nP, dstP, srcP, nS, dstS, srcS, wgtS, nR, srcR, wgtR)`: micro-op byte addresses without the
 * base, first offsets, and for each loop its extent (at least 1) and its strides in bytes.
 */
function gemmFunction(config: VtaConfig, shape: Shape, bases: Bases): FunctionBuilder {
  const f = new FunctionBuilder('gemm');
  const [uop, uopEnd, dst0, src0, wgt0] = [f.param(), f.param(), f.param(), f.param(), f.param()];
  const [nP, dstP, srcP] = [f.param(), f.param(), f.param()];
  const [nS, dstS, srcS, wgtS] = [f.param(), f.param(), f.param(), f.param()];
  const tile: Tile = { config, shape, bases, nR: f.param(), srcR: f.param(), wgtR: f.param() };
  const [word, dst, src, wgt, s, p, a, n, a2, n2] = Array.from({ length: 10 }, () => f.i32());
  const laneBytes = shape.laneBits / 8;
  const A = config.logAccDepth;
  const S = Math.max(A, config.logInpDepth);
  const accRow = shape.rowOut * 4;
  const inpRow = shape.rowIn * laneBytes;
  const batchRows = Math.min(2, config.batch);
  /** Both rows of a pair, or all rows of an element two by two. */
  const element =
    config.batch === 1
      ? rowsTimesWeight(f, tile, [[n, a]], wgt)
      : repeat(
          f.i32(),
          c(config.batch / batchRows),
          seq(
            a2.set(i32.add(a.get, c(accRow))),
            n2.set(i32.add(n.get, c(inpRow))),
            rowsTimesWeight(
              f,
              tile,
              [
                [n, a],
                [n2, a2],
              ],
              wgt,
            ),
            bump(a, c(2 * accRow)),
            bump(n, c(2 * inpRow)),
          ),
        );
  const single = seq(
    element,
    config.batch === 1
      ? seq(bump(a, dstP.get), bump(n, srcP.get))
      : seq(bump(a, i32.sub(dstP.get, c(config.batch * accRow))), bump(n, i32.sub(srcP.get, c(config.batch * inpRow)))),
    p.set(i32.sub(p.get, c(1))),
  );
  const pair = seq(
    a2.set(i32.add(a.get, dstP.get)),
    n2.set(i32.add(n.get, srcP.get)),
    rowsTimesWeight(
      f,
      tile,
      [
        [n, a],
        [n2, a2],
      ],
      wgt,
    ),
    a.set(i32.add(a2.get, dstP.get)),
    n.set(i32.add(n2.get, srcP.get)),
    p.set(i32.sub(p.get, c(2))),
  );
  const eachP = seq(p.set(nP.get), doWhile(config.batch > 1 ? single : ifElse(i32.ltU(p.get, c(2)), single, pair), p.get));
  const eachS = repeat(
    s,
    nS.get,
    seq(a.set(dst.get), n.set(src.get), eachP, bump(dst, dstS.get), bump(src, srcS.get), bump(wgt, wgtS.get)),
  );
  return f.end(
    doWhile(
      seq(
        word.set(i32.load(uop.get, bases.uop)),
        dst.set(i32.add(dst0.get, uopField(word.get, 0, A, config.batch * accRow))),
        src.set(i32.add(src0.get, uopField(word.get, A, S, config.batch * inpRow))),
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
  const some = seq(...Array.from({ length: unrolled }, (_, v) => v128.store(at.get, v128.zero, bases.acc + 16 * v)));
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
