import { encodeUop, UOP_BYTES } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { DecodedLoad } from '#simulator/values/decode';
import type { Random } from './random.js';

/** Micro-ops in memory, and those of a run with the same pattern. */
export const POOL_UOPS = 512;
const RUN = 16;

/** How the indices of a run go from micro-op to micro-op. */
interface Pattern {
  readonly at: number;
  readonly by: number;
}

/** A pattern that stays below `depth`: one element, consecutive ones up or down, or none (`by` NaN: at random). */
function pattern(r: Random, depth: number, spread: number): Pattern {
  const room = Math.min(depth, spread);
  const base = r.chance(0.5) ? 0 : r.int(0, depth - room);
  return { at: base + r.int(0, room - 1), by: r.pick([0, 0, 1, 1, -1, 2, Number.NaN]) };
}

const place = ({ at, by }: Pattern, k: number, depth: number, r: Random): number =>
  Number.isNaN(by) ? r.int(0, depth - 1) : (((at + k * by) % depth) + depth) % depth;

/**
 * Words for a pool of micro-ops: runs that hit one accumulator again and again, walk, or read what was written a few micro-ops
 * before, so that every distance between a write and its use occurs. Bits above the fields are sometimes set: they mean nothing.
 */
export function uopPool(config: VtaConfig, r: Random, spread: number): Uint32Array {
  const words = new Uint32Array(POOL_UOPS);
  const S = Math.max(config.logAccDepth, config.logInpDepth);
  const used = config.logAccDepth + S + config.logWgtDepth;
  const sources = r.chance(0.8) ? Math.min(config.accDepth, config.inpDepth) : 2 ** S;
  for (let first = 0; first < POOL_UOPS; first += RUN) {
    const dst = pattern(r, config.accDepth, spread);
    const src = r.chance(0.4) ? { at: dst.at - r.int(0, 9), by: dst.by } : pattern(r, sources, spread);
    const wgt = pattern(r, config.wgtDepth, spread);
    const garbage = used < 32 && r.chance(0.3) ? (r.bits() >>> used) * 2 ** used : 0;
    for (let k = 0; k < RUN; k++) {
      const uop = {
        dst_idx: place(dst, k, config.accDepth, r),
        src_idx: place(src, k, sources, r),
        wgt_idx: place(wgt, k, config.wgtDepth, r),
      };
      words[first + k] = encodeUop(uop, config) + garbage;
    }
  }
  return words;
}

/** What a LOAD of micro-ops leaves in the buffer: `memory` is DRAM. */
export function applyUopLoad(d: DecodedLoad, uop: Uint32Array, memory: DataView): void {
  const i = d.insn;
  const width = i.x_pad_0 + i.x_size + i.x_pad_1;
  const height = i.y_pad_0 + i.y_size + i.y_pad_1;
  for (let n = 0; n < width * height; n++) {
    const x = (n % width) - i.x_pad_0;
    const y = Math.floor(n / width) - i.y_pad_0;
    const inside = x >= 0 && x < i.x_size && y >= 0 && y < i.y_size;
    uop[i.sram_base + n] = inside ? memory.getUint32(d.address + y * d.rowStride + x * UOP_BYTES, true) : 0;
  }
}
