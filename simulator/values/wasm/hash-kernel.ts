/** The write hash of accumulators (isa/arch/write-hash.ts), four lanes at a time. */
import type { Shape } from '../state.js';
import { bump, buildModule, FunctionBuilder, i32, repeat, seq, v128 } from './emitter.js';

const c = i32.const;
const splat = (value: number) => v128.splat(c(value));

/**
 * `hash(dst)`: adds the mixed lanes of the ACC element at byte offset `dst` to the four 32-bit sums at `sumsAt`. Only for machines
 * whose ACC rows have no padding lanes.
 */
export function hashModule(shape: Shape, accBase: number, sumsAt: number): Uint8Array {
  const f = new FunctionBuilder('hash');
  const dst = f.param();
  const n = f.i32();
  const [place, sums, x] = [f.v128(), f.v128(), f.v128()];
  const mix = seq(
    x.set(v128.xor(v128.mul(v128.add(place.get, splat(0x9e3779b9)), splat(0x85ebca6b)), v128.load(dst.get, accBase))),
    x.set(v128.mul(v128.xor(x.get, v128.shrU(x.get, c(15))), splat(0xc2b2ae35))),
    sums.set(v128.add(sums.get, v128.xor(x.get, v128.shrU(x.get, c(13))))),
    place.set(v128.add(place.get, splat(4))),
    bump(dst, c(16)),
  );
  return buildModule([
    f.end(
      seq(
        place.set(v128.add(v128.splat(i32.shrU(dst.get, c(2))), v128.const(0, 1, 2, 3))),
        sums.set(v128.load(c(sumsAt))),
        repeat(n, c(shape.accLanes / 4), mix),
        v128.store(c(sumsAt), sums.get),
      ),
    ),
  ]);
}
