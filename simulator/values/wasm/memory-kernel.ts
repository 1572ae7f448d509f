/** Kernels between int8 elements in the staging area of the memory and their working form. */
import type { Shape } from '../state.js';
import { bump, buildModule, FunctionBuilder, i32, repeat, seq, v128 } from './emitter.js';

const c = i32.const;

/** `widen(from, to, count)`: `count` (at least 1) times 8 lanes from int8 to int16. */
function widen(): FunctionBuilder {
  const f = new FunctionBuilder('widen');
  const [from, to, count] = [f.param(), f.param(), f.param()];
  const n = f.i32();
  return f.end(repeat(n, count.get, seq(v128.store(to.get, v128.load8x8s(from.get)), bump(from, c(8)), bump(to, c(16)))));
}

/**
 * `transpose(from, to, count)`: `count` (at least 1) weight elements [rowOut][rowIn] of int8 to [units][rowOut][2] of int16;
 * rowIn is a multiple of 8, rowOut of 4.
 */
function transpose(shape: Shape): FunctionBuilder {
  const f = new FunctionBuilder('transpose');
  const [from, to, count] = [f.param(), f.param(), f.param()];
  const [element, group, chunk, out, column] = Array.from({ length: 5 }, () => f.i32());
  const r = Array.from({ length: 4 }, () => f.v128());
  const [a, b] = [f.v128(), f.v128()];
  const unitBytes = shape.rowOut * 4;
  const half = (first: number, interleave: readonly number[]) =>
    seq(
      a.set(v128.shuffle32(r[0].get, r[1].get, interleave)),
      b.set(v128.shuffle32(r[2].get, r[3].get, interleave)),
      v128.store(out.get, v128.shuffle32(a.get, b.get, [0, 1, 4, 5]), first * unitBytes),
      v128.store(out.get, v128.shuffle32(a.get, b.get, [2, 3, 6, 7]), (first + 1) * unitBytes),
    );
  const eightLanes = seq(
    ...r.map((v, row) => v.set(v128.load8x8s(from.get, row * shape.rowIn))),
    half(0, [0, 4, 1, 5]),
    half(2, [2, 6, 3, 7]),
    bump(from, c(8)),
    bump(out, c(4 * unitBytes)),
  );
  const fourRows = seq(
    out.set(column.get),
    repeat(chunk, c(shape.rowIn / 8), eightLanes),
    bump(from, c(3 * shape.rowIn)),
    bump(column, c(16)),
  );
  const whole = seq(column.set(to.get), repeat(group, c(shape.rowOut / 4), fourRows), bump(to, c(shape.wgtLanes * 2)));
  return f.end(repeat(element, count.get, whole));
}

/** `narrow(from, to, count)`: the low bytes of `count` (at least 1) times 16 lanes of int32. */
function narrow(): FunctionBuilder {
  const f = new FunctionBuilder('narrow');
  const [from, to, count] = [f.param(), f.param(), f.param()];
  const n = f.i32();
  const low = (lane: number) => v128.and(v128.load(from.get, 16 * lane), v128.splat(c(0xff)));
  const sixteen = v128.narrow16(v128.narrow32(low(0), low(1)), v128.narrow32(low(2), low(3)));
  return f.end(repeat(n, count.get, seq(v128.store(to.get, sixteen), bump(from, c(64)), bump(to, c(16)))));
}

/** The module with `widen`, `transpose` and `narrow`. */
export const memoryModule = (shape: Shape): Uint8Array => buildModule([widen(), transpose(shape), narrow()]);
