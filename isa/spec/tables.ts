/** Small enumerations of the ISA. Source: hw_spec.h (HW_VER 0.0.2); rows marked `extension` are ours. */

/** Memory types of LOAD and STORE. `loadUnit` is the unit that executes a LOAD of that type. */
export const MEMORY_TYPES = {
  UOP: { code: 0, loadUnit: 'compute', extension: false, doc: 'micro-ops' },
  WGT: { code: 1, loadUnit: 'load', extension: false, doc: 'weights, [BLOCK_OUT][BLOCK_IN]' },
  INP: { code: 2, loadUnit: 'load', extension: false, doc: 'inputs, [BATCH][BLOCK_IN]' },
  ACC: { code: 3, loadUnit: 'compute', extension: false, doc: 'accumulators, [BATCH][BLOCK_OUT]' },
  OUT: { code: 4, loadUnit: null, extension: false, doc: 'truncated accumulators (STORE only)' },
  ACC_8BIT: { code: 5, loadUnit: 'compute', extension: false, doc: 'int8 in DRAM, sign-extended into ACC (needs a 32-bit ACC)' },
  PAD_VALUE: {
    code: 6,
    loadUnit: 'load',
    extension: true,
    doc: 'no transfer: sets the value that later INP padding writes to the low INP-width bits of sram_base (0 at launch)',
  },
} as const;
export type MemoryType = keyof typeof MEMORY_TYPES;

/** ALU operations: x is ACC[dst], y is ACC[src] or the sign-extended immediate. */
export const ALU_OPS = {
  MIN: { code: 0, extension: false, doc: 'the smaller of x and y' },
  MAX: { code: 1, extension: false, doc: 'the larger of x and y' },
  ADD: { code: 2, extension: false, doc: 'x + y, wrapping' },
  SHR: { code: 3, extension: false, doc: 'y >= 0: arithmetic right shift of x by y; y < 0: left shift by -y' },
  MUL: { code: 4, extension: false, doc: 'x * y, wrapping' },
  RQ: {
    code: 5,
    extension: true,
    doc: 'requantize: clamp(round(f32(x) * float32 bits in ACC[src]) + zero point); see docs/reference/extension.md',
  },
} as const;
export type AluOp = keyof typeof ALU_OPS;

/** The units of the machine in dependency order, and the opcodes. */
export const UNITS = ['load', 'compute', 'store'] as const;
export type Unit = (typeof UNITS)[number];

const byCode = <K extends string>(table: Record<K, { readonly code: number }>): readonly (K | undefined)[] => {
  const out: (K | undefined)[] = new Array(8).fill(undefined);
  for (const k of Object.keys(table) as K[]) out[table[k].code] = k;
  return out;
};
/** Names by 3-bit code; `undefined` where the encoding is free. */
export const MEMORY_TYPE_BY_CODE = byCode<MemoryType>(MEMORY_TYPES);
export const ALU_OP_BY_CODE = byCode<AluOp>(ALU_OPS);

/** The four token channels. */
export const TOKEN_CHANNELS = {
  l2c: { from: 'load', to: 'compute' },
  c2l: { from: 'compute', to: 'load' },
  c2s: { from: 'compute', to: 'store' },
  s2c: { from: 'store', to: 'compute' },
} as const;
export type TokenChannel = keyof typeof TOKEN_CHANNELS;
