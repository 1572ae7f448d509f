import { type ConfigKeys, defineConfig, type VtaConfig } from '#isa/config/config';
import { VtaError } from '#isa/diag/diagnostic';
import type { Random } from './random.js';

/** How large a machine may be: log2 of the multipliers of one GEMM step, and of the bytes of a scratchpad. */
export interface ConfigLimits {
  readonly logMacs: number;
  readonly logBytes: number;
}

/** What runs fast. */
export const SMALL_MACHINES: ConfigLimits = { logMacs: 12, logBytes: 18 };
/** Everything that the rules between the keys allow. */
export const ANY_MACHINE: ConfigLimits = { logMacs: 24, logBytes: 24 };

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

/** log2 of the depth that no scratchpad of a machine exceeds; small ones more often. */
const DEEPEST: readonly number[] = [2, 2, 3, 3, 4, 4, 6, 6, 9, 9, 13, 16];
const MOST_UOP_DEPTH = 13;

function candidate(r: Random, deepest: number): ConfigKeys {
  const [inp, wgt, acc] = widths(r);
  const batch = r.pick([0, 0, 0, 0, 1, 1, 2, 3, r.int(0, 8)]);
  const blockOut = r.pick([0, 1, 2, 3, 4, 4, 5, r.int(0, 8)]);
  const blockIn = r.chance(0.4) ? blockOut : r.pick([0, 1, 2, 3, 4, 5, r.int(0, 8)]);
  const depth = () => (r.chance(0.1) ? deepest : r.int(0, deepest));
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
    LOG_UOP_BUFF_SIZE: 2 + Math.min(MOST_UOP_DEPTH, depth()),
    LOG_INP_BUFF_SIZE: Math.max(0, depth() + batch + blockIn + inp - 3),
    LOG_WGT_BUFF_SIZE: Math.max(0, depth() + blockIn + blockOut + wgt - 3),
    LOG_ACC_BUFF_SIZE: Math.max(0, depth() + batch + blockOut + acc - 3),
    EXTENSION: inp === 3 && acc === 5 && r.chance(0.6) ? 1 : 0,
  };
}

/**
 * Any machine that the ISA can encode: every batch, block, element width and depth, the extension on and off; small and odd ones
 * more often. Without limits given, very large ones are rare, because their programs take all the time.
 * @param deepest log2 of the most elements of a scratchpad; one of several where it is not given
 */
export function randomConfig(r: Random, limits = r.chance(0.03) ? ANY_MACHINE : SMALL_MACHINES, deepest?: number): VtaConfig {
  for (;;) {
    const keys = candidate(r, deepest ?? r.pick(DEEPEST));
    const macs = keys.LOG_BATCH + (keys.LOG_BLOCK_IN ?? 0) + (keys.LOG_BLOCK_OUT ?? 0);
    const bytes = Math.max(keys.LOG_INP_BUFF_SIZE, keys.LOG_WGT_BUFF_SIZE, keys.LOG_ACC_BUFF_SIZE);
    if (macs > limits.logMacs || bytes > limits.logBytes) continue;
    const config = legal(keys);
    if (config !== null) return config;
  }
}
