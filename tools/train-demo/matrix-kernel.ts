import { buildModule, bump, type Code, doWhile, FunctionBuilder, i32, repeat, seq, v128 } from '#simulator/values/wasm/emitter';
import { createWasmMemory, instantiate } from '#simulator/values/wasm/runtime';

/** Opcodes of WebAssembly SIMD that only training needs. */
const f32x4Add = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0xe4, 0x01];
const load32Splat = (address: Code): Code => [...address, 0xfd, 0x09, 2, 0];

/** Columns of c that stay in registers while the loop runs down the rows of b. */
const blockColumns = 16;

/**
 * multiply(a, b, c, m, k, n): c[m][n] += a[m][k] * b[k][n]. a, b and c are byte addresses of row-major float32 matrices; n is
 * a multiple of 16; m, k and n are at least 1.
 */
function multiplyFunction(): FunctionBuilder {
  const f = new FunctionBuilder('multiply');
  const [a, b, c, m, k, n] = Array.from({ length: 6 }, () => f.param());
  const [column, left, fromA, fromB, rows] = Array.from({ length: 5 }, () => f.i32());
  const lanes = f.v128();
  const sums = Array.from({ length: blockColumns / 4 }, () => f.v128());
  const address = i32.add(c.get, column.get);
  const inner = seq(
    lanes.set(load32Splat(fromA.get)),
    ...sums.map((sum, s) => sum.set(f32x4Add(sum.get, v128.f32Mul(lanes.get, v128.load(fromB.get, 16 * s))))),
    bump(fromA, i32.const(4)),
    bump(fromB, n.get),
  );
  const columns = seq(
    ...sums.map((sum, s) => sum.set(v128.load(address, 16 * s))),
    fromA.set(a.get),
    fromB.set(i32.add(b.get, column.get)),
    repeat(left, k.get, inner),
    ...sums.map((sum, s) => v128.store(address, sum.get, 16 * s)),
    bump(column, i32.const(4 * blockColumns)),
  );
  const row = seq(
    column.set(i32.const(0)),
    doWhile(columns, i32.ltU(column.get, n.get)),
    bump(a, i32.shl(k.get, i32.const(2))),
    bump(c, n.get),
  );
  return f.end(seq(n.set(i32.shl(n.get, i32.const(2))), repeat(rows, m.get, row)));
}

const memory = createWasmMemory(4 << 20);

/** The kernel's memory, as float32 words. */
export const words = new Float32Array(memory.buffer);

export const kernel = instantiate(buildModule([multiplyFunction()]), memory).multiply;
