import { fail, nearest } from '../diag/diagnostic.js';
import { isaMessages as M } from '../messages.js';

/** The keys of a published `vta_config.json`, and ours (optional in a file). Sizes are log2. */
export interface ConfigKeys {
  readonly TARGET: string;
  readonly HW_VER: string;
  readonly LOG_INP_WIDTH: number;
  readonly LOG_WGT_WIDTH: number;
  readonly LOG_ACC_WIDTH: number;
  readonly LOG_BATCH: number;
  readonly LOG_BLOCK: number;
  readonly LOG_UOP_BUFF_SIZE: number;
  readonly LOG_INP_BUFF_SIZE: number;
  readonly LOG_WGT_BUFF_SIZE: number;
  readonly LOG_ACC_BUFF_SIZE: number;
  /** Ours: input lanes of the GEMM block when they differ from LOG_BLOCK. */
  readonly LOG_BLOCK_IN?: number;
  /** Ours: output lanes of the GEMM block when they differ from LOG_BLOCK. */
  readonly LOG_BLOCK_OUT?: number;
  /** Ours: 1 switches the ISA extension on (docs/reference/extension.md). */
  readonly EXTENSION?: number;
}

/**
 * One machine, validated and frozen. Widths in bits, sizes in bytes or elements as named, `log*` are log2.
 * Derived values are computed here and nowhere else (source: hw_spec_const.h of apache/tvm-vta).
 */
export interface VtaConfig {
  readonly keys: ConfigKeys;
  /** `{BATCH}x{BLOCK}_i{..}w{..}a{..}_{uop}_{inp}_{wgt}_{acc}`, the published configuration string, with `x` appended when the extension is on. */
  readonly name: string;
  /** Equal exactly for machines on which the same program means the same. Programs, simulators and RTL models carry it. */
  readonly fingerprint: string;
  readonly extension: boolean;
  readonly batch: number;
  readonly blockIn: number;
  readonly blockOut: number;
  readonly inpBits: number;
  readonly wgtBits: number;
  readonly accBits: number;
  readonly outBits: number;
  /** Bytes of one element (tile) of each memory. */
  readonly uopBytes: 4;
  readonly inpBytes: number;
  readonly wgtBytes: number;
  readonly accBytes: number;
  readonly outBytes: number;
  /** log2 of the scratchpad depths in elements: the index widths of the ISA. */
  readonly logUopDepth: number;
  readonly logInpDepth: number;
  readonly logWgtDepth: number;
  readonly logAccDepth: number;
  readonly uopDepth: number;
  readonly inpDepth: number;
  readonly wgtDepth: number;
  readonly accDepth: number;
}

const REQUIRED: Readonly<Record<string, readonly [low: number, high: number, example: number]>> = {
  LOG_INP_WIDTH: [0, 5, 3],
  LOG_WGT_WIDTH: [0, 5, 3],
  LOG_ACC_WIDTH: [3, 5, 5],
  LOG_BATCH: [0, 8, 0],
  LOG_BLOCK: [0, 8, 4],
  LOG_UOP_BUFF_SIZE: [2, 24, 15],
  LOG_INP_BUFF_SIZE: [0, 24, 15],
  LOG_WGT_BUFF_SIZE: [0, 24, 18],
  LOG_ACC_BUFF_SIZE: [0, 24, 17],
};
const OPTIONAL: Readonly<Record<string, readonly [low: number, high: number]>> = {
  LOG_BLOCK_IN: [0, 8],
  LOG_BLOCK_OUT: [0, 8],
  EXTENSION: [0, 1],
};
const TEXT = ['TARGET', 'HW_VER'];

/** Allowed values of the numeric keys, for documentation and sweeps: smallest and largest. */
export const CONFIG_KEY_RANGES: Readonly<Record<'required' | 'optional', Readonly<Record<string, readonly number[]>>>> = {
  required: REQUIRED,
  optional: OPTIONAL,
};

interface Rule {
  readonly rule: string;
  readonly holds: (c: VtaConfig) => boolean;
  readonly detail: (c: VtaConfig) => string;
  readonly reason: string;
  readonly remedy: string;
}

const shrink = 'make the named buffers smaller, or the elements larger (LOG_BLOCK, LOG_BATCH)';

/** The rules between parameters, in the order they are checked (docs/reference/isa.md prints this table). */
export const CONFIG_RULES: readonly Rule[] = [
  ...(['inp', 'wgt', 'acc', 'out'] as const).map(
    (m): Rule => ({
      rule: `1 <= ${m} element bytes <= 4096`,
      holds: (c) => c[`${m}Bytes`] >= 1 && c[`${m}Bytes`] <= 4096,
      detail: (c) => `the ${m} element has ${c[`${m}Bytes`]} bytes`,
      reason: 'DRAM addresses count whole bytes and one element must fit in a 4 KiB page',
      remedy: 'change LOG_BATCH, LOG_BLOCK or the element widths',
    }),
  ),
  ...(['Uop', 'Inp', 'Wgt', 'Acc'] as const).map(
    (m): Rule => ({
      rule: `0 <= log2 depth of ${m.toUpperCase()} <= 16`,
      holds: (c) => c[`log${m}Depth`] >= 0 && c[`log${m}Depth`] <= 16,
      detail: (c) => `log2 of the ${m.toUpperCase()} depth is ${c[`log${m}Depth`]}`,
      reason: 'a buffer holds at least one element and is addressed by the 16-bit sram_base',
      remedy: `change LOG_${m.toUpperCase()}_BUFF_SIZE`,
    }),
  ),
  {
    rule: '2U + 37 <= 64',
    holds: (c) => 2 * c.logUopDepth + 37 <= 64,
    detail: (c) => `U = ${c.logUopDepth} (log2 of the micro-op depth)`,
    reason: 'the first word of GEMM and ALU would overflow 64 bits and the instruction would not be 128 bits',
    remedy: 'use LOG_UOP_BUFF_SIZE of 15 or less',
  },
  {
    rule: '2A + 2I + 2W <= 64',
    holds: (c) => gemmFits(c),
    detail: (c) => `A = ${c.logAccDepth}, I = ${c.logInpDepth}, W = ${c.logWgtDepth}`,
    reason: 'the six loop factors of GEMM must fit in the words of a 128-bit instruction',
    remedy: shrink,
  },
  {
    rule: '4A + 20 <= 64',
    holds: (c) => aluFits(c),
    detail: (c) => `A = ${c.logAccDepth}`,
    reason: 'the four loop factors, opcode and immediate of ALU must fit in the words of a 128-bit instruction',
    remedy: 'make LOG_ACC_BUFF_SIZE smaller',
  },
  {
    rule: 'A + max(A, I) + W <= 32',
    holds: (c) => c.logAccDepth + Math.max(c.logAccDepth, c.logInpDepth) + c.logWgtDepth <= 32,
    detail: (c) => `A = ${c.logAccDepth}, I = ${c.logInpDepth}, W = ${c.logWgtDepth}`,
    reason: 'a micro-op has 32 bits',
    remedy: shrink,
  },
  {
    rule: 'OUT width <= ACC width',
    holds: (c) => c.outBits <= c.accBits,
    detail: (c) => `OUT has ${c.outBits} bits (it follows LOG_INP_WIDTH), ACC has ${c.accBits}`,
    reason: 'STORE truncates an accumulator to an output element',
    remedy: 'use LOG_INP_WIDTH <= LOG_ACC_WIDTH',
  },
  {
    rule: 'EXTENSION needs 8-bit INP and 32-bit ACC',
    holds: (c) => !c.extension || (c.inpBits === 8 && c.accBits === 32),
    detail: (c) => `INP has ${c.inpBits} bits, ACC has ${c.accBits}`,
    reason: 'the requantization instruction turns 32-bit accumulators into int8 activations',
    remedy: 'use LOG_INP_WIDTH 3 and LOG_ACC_WIDTH 5, or EXTENSION 0',
  },
];

/** Fields in declaration order, none straddling a 64-bit word: does the tail end by bit 128? */
function packs(start: number, widths: readonly number[]): boolean {
  let bit = start;
  for (const w of widths) {
    if (w > 0 && Math.floor(bit / 64) !== Math.floor((bit + w - 1) / 64)) bit = (Math.floor(bit / 64) + 1) * 64;
    bit += w;
  }
  return bit <= 128;
}
const loopHead = (c: VtaConfig) => 8 + c.logUopDepth + c.logUopDepth + 1 + 14 + 14;
const gemmFits = (c: VtaConfig) =>
  packs(loopHead(c), [c.logAccDepth, c.logAccDepth, c.logInpDepth, c.logInpDepth, c.logWgtDepth, c.logWgtDepth]);
const aluFits = (c: VtaConfig) => packs(loopHead(c), [c.logAccDepth, c.logAccDepth, c.logAccDepth, c.logAccDepth, 3, 1, 16]);

/**
 * Validates keys and derives everything else. `label` names the configuration in diagnostics (a preset or a file).
 * @throws VtaError VTA1001..VTA1005 with the violated rule named
 */
export function defineConfig(input: unknown, label = 'given'): VtaConfig {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    fail(M.VTA1001, {
      config: label,
      reason: `it is ${input === null ? 'null' : Array.isArray(input) ? 'an array' : `a ${typeof input}`}`,
    });
  }
  const given = input as Record<string, unknown>;
  const known = [...TEXT, ...Object.keys(REQUIRED), ...Object.keys(OPTIONAL)];
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) {
      const near = nearest(key, known);
      fail(M.VTA1003, { config: label, key, hint: near ? ` (did you mean ${near}?)` : '' });
    }
  }
  for (const [key, [low, high, example]] of Object.entries(REQUIRED)) {
    if (!(key in given)) fail(M.VTA1002, { config: label, key, example });
    checkRange(label, key, given[key], low, high);
  }
  for (const [key, [low, high]] of Object.entries(OPTIONAL)) {
    if (key in given) checkRange(label, key, given[key], low, high);
  }
  for (const key of TEXT) {
    if (key in given && typeof given[key] !== 'string') {
      fail(M.VTA1004, { config: label, key, value: JSON.stringify(given[key]), allowed: 'a text' });
    }
  }
  const keys = { TARGET: 'sim', HW_VER: '0.0.2', ...given } as unknown as ConfigKeys;
  const config = derive(keys);
  for (const rule of CONFIG_RULES) {
    if (!rule.holds(config)) {
      fail(M.VTA1005, { config: label, rule: rule.rule, detail: rule.detail(config), reason: rule.reason, remedy: rule.remedy });
    }
  }
  return config;
}

function checkRange(config: string, key: string, value: unknown, low: number, high: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    fail(M.VTA1004, { config, key, value: JSON.stringify(value) ?? String(value), allowed: `a whole number ${low}..${high}` });
  }
}

function derive(keys: ConfigKeys): VtaConfig {
  const logIn = keys.LOG_BLOCK_IN ?? keys.LOG_BLOCK;
  const logOut = keys.LOG_BLOCK_OUT ?? keys.LOG_BLOCK;
  const batch = 2 ** keys.LOG_BATCH;
  const blockIn = 2 ** logIn;
  const blockOut = 2 ** logOut;
  const inpBits = 2 ** keys.LOG_INP_WIDTH;
  const wgtBits = 2 ** keys.LOG_WGT_WIDTH;
  const accBits = 2 ** keys.LOG_ACC_WIDTH;
  const logUopDepth = keys.LOG_UOP_BUFF_SIZE - 2;
  const logInpDepth = keys.LOG_INP_BUFF_SIZE - keys.LOG_BATCH - logIn - keys.LOG_INP_WIDTH + 3;
  const logWgtDepth = keys.LOG_WGT_BUFF_SIZE - logOut - logIn - keys.LOG_WGT_WIDTH + 3;
  const logAccDepth = keys.LOG_ACC_BUFF_SIZE - keys.LOG_BATCH - logOut - keys.LOG_ACC_WIDTH + 3;
  const extension = keys.EXTENSION === 1;
  const block = logIn === logOut ? `${blockOut}` : `${blockIn}x${blockOut}`;
  const name =
    `${batch}x${block}_i${inpBits}w${wgtBits}a${accBits}` +
    `_${keys.LOG_UOP_BUFF_SIZE}_${keys.LOG_INP_BUFF_SIZE}_${keys.LOG_WGT_BUFF_SIZE}_${keys.LOG_ACC_BUFF_SIZE}` +
    (extension ? 'x' : '');
  return Object.freeze({
    keys: Object.freeze({ ...keys }),
    name,
    fingerprint: name,
    extension,
    batch,
    blockIn,
    blockOut,
    inpBits,
    wgtBits,
    accBits,
    outBits: inpBits,
    uopBytes: 4,
    inpBytes: (batch * blockIn * inpBits) / 8,
    wgtBytes: (blockIn * blockOut * wgtBits) / 8,
    accBytes: (batch * blockOut * accBits) / 8,
    outBytes: (batch * blockOut * inpBits) / 8,
    logUopDepth,
    logInpDepth,
    logWgtDepth,
    logAccDepth,
    uopDepth: 2 ** logUopDepth,
    inpDepth: 2 ** logInpDepth,
    wgtDepth: 2 ** logWgtDepth,
    accDepth: 2 ** logAccDepth,
  } satisfies VtaConfig);
}
