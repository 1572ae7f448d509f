import { type ConfigKeys, defineConfig, type VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import type { Random } from './random.js';

/** log2 of the multipliers of one GEMM step and of the bytes of a scratchpad, so that a random machine stays affordable. */
const MOST_LOG_MACS = 12;
const MOST_LOG_BYTES = 18;

function legal(keys: ConfigKeys): VtaConfig | null {
  try {
    return defineConfig(keys, 'random');
  } catch (error) {
    if (error instanceof VtaError) return null;
    throw error;
  }
}

/** log2 widths in bits of INP, WGT and ACC; the usual ones often. */
function widths(r: Random): readonly [inp: number, wgt: number, acc: number] {
  if (r.chance(0.5)) return [3, 3, 5];
  const acc = r.int(3, 5);
  return [r.int(0, acc), r.int(0, 5), acc];
}

function candidate(r: Random): ConfigKeys {
  const [inp, wgt, acc] = widths(r);
  const batch = r.pick([0, 0, 0, 0, 1, 1, 2, 3, r.int(0, 8)]);
  const blockOut = r.pick([0, 1, 2, 3, 4, 4, 5, r.int(0, 8)]);
  const blockIn = r.chance(0.4) ? blockOut : r.pick([0, 1, 2, 3, 4, 5, r.int(0, 8)]);
  const deepest = r.pick([2, 3, 4, 6, 9, 13]);
  const depth = () => r.int(0, deepest);
  return {
    TARGET: 'sim',
    HW_VER: '0.0.2',
    LOG_INP_WIDTH: inp,
    LOG_WGT_WIDTH: wgt,
    LOG_ACC_WIDTH: acc,
    LOG_BATCH: batch,
    LOG_BLOCK: blockOut,
    LOG_BLOCK_IN: blockIn,
    LOG_BLOCK_OUT: blockOut,
    LOG_UOP_BUFF_SIZE: 2 + depth(),
    LOG_INP_BUFF_SIZE: Math.max(0, depth() + batch + blockIn + inp - 3),
    LOG_WGT_BUFF_SIZE: Math.max(0, depth() + blockIn + blockOut + wgt - 3),
    LOG_ACC_BUFF_SIZE: Math.max(0, depth() + batch + blockOut + acc - 3),
    EXTENSION: inp === 3 && acc === 5 && r.chance(0.6) ? 1 : 0,
  };
}

/**
 * Any machine that the ISA can encode: every batch, block, element width and depth, the extension on and off; small and odd ones
 * more often. Very large ones are left out, because their programs would take all the time.
 */
export function randomConfig(r: Random): VtaConfig {
  for (;;) {
    const keys = candidate(r);
    const macs = keys.LOG_BATCH + (keys.LOG_BLOCK_IN ?? 0) + (keys.LOG_BLOCK_OUT ?? 0);
    const bytes = Math.max(keys.LOG_INP_BUFF_SIZE, keys.LOG_WGT_BUFF_SIZE, keys.LOG_ACC_BUFF_SIZE);
    if (macs > MOST_LOG_MACS || bytes > MOST_LOG_BYTES) continue;
    const config = legal(keys);
    if (config !== null) return config;
  }
}
