import type { VtaConfig } from '../config/config.js';
import type { Insn, Mnemonic } from '../spec/instructions.js';
import { ALU_OP_BY_CODE, ALU_OPS, MEMORY_TYPE_BY_CODE, MEMORY_TYPES } from '../spec/tables.js';

/**
 * The grammar of assembly text as a table: which operands an instruction has, how they are written, and which fields they stand for.
 * Assembler, disassembler and documentation read it.
 */

/** How the values of an operand are written. */
export type Form = 'flag' | 'decimal' | 'hex' | 'range' | 'times' | 'tuple';

/** Field values by name, being read or built. */
export type Values = Record<string, number>;

export interface Operand {
  readonly key: string;
  readonly form: Form;
  /** The fields it stands for, in the order written; a `flag` sets its one field to 1. */
  readonly fields: readonly string[];
  /** Is it part of the canonical text of an instruction with these values? */
  readonly shown: (values: Values) => boolean;
  readonly doc: string;
}

const EXAMPLES: Readonly<Record<Form, (key: string, count: number) => string>> = {
  flag: (key) => key,
  decimal: (key) => `${key}=1`,
  hex: (key) => `${key}=0x40`,
  range: (key) => `${key}=[0,16)`,
  times: (key) => `${key}=14x14`,
  tuple: (key, count) => `${key}=(${count === 4 ? '1,1,0,0' : '14,1'})`,
};
/** An operand as one would write it. */
export const exampleOf = (operand: Operand): string => EXAMPLES[operand.form](operand.key, operand.fields.length);

/** What a line may begin with. */
export interface AsmInsn {
  readonly name: string;
  readonly op: Mnemonic;
  /** The fields that the name itself stands for. */
  readonly fixed: Values;
  readonly operands: readonly Operand[];
  /** The name of an encoding of the ISA extension, only there when it is on. */
  readonly extension: boolean;
  readonly doc: string;
}

const nonzero =
  (...fields: readonly string[]) =>
  (values: Values): boolean =>
    fields.some((field) => values[field] !== 0);
const always = (): boolean => true;

const flag = (key: string, field: string, doc: string): Operand => ({ key, form: 'flag', fields: [field], shown: nonzero(field), doc });

const DEPENDENCIES: readonly Operand[] = [
  flag('pop_prev', 'pop_prev_dep', 'wait for a token from the previous unit'),
  flag('pop_next', 'pop_next_dep', 'wait for a token from the next unit'),
  flag('push_prev', 'push_prev_dep', 'afterwards give a token to the previous unit'),
  flag('push_next', 'push_next_dep', 'afterwards give a token to the next unit'),
];

const PADS = ['y_pad_0', 'y_pad_1', 'x_pad_0', 'x_pad_1'];
const sized = nonzero('y_size', 'x_size', 'x_stride', ...PADS);
const MEM: readonly Operand[] = [
  {
    key: 'sram',
    form: 'hex',
    fields: ['sram_base'],
    shown: (v) => sized(v) || v.sram_base !== 0 || v.dram_base !== 0,
    doc: 'first scratchpad element',
  },
  {
    key: 'dram',
    form: 'hex',
    fields: ['dram_base'],
    shown: (v) => sized(v) || v.dram_base !== 0,
    doc: 'first DRAM element (byte address / element bytes)',
  },
  { key: 'y', form: 'decimal', fields: ['y_size'], shown: sized, doc: 'rows' },
  { key: 'x', form: 'decimal', fields: ['x_size'], shown: sized, doc: 'elements per row' },
  { key: 'stride', form: 'decimal', fields: ['x_stride'], shown: sized, doc: 'elements between the starts of DRAM rows' },
  {
    key: 'pad',
    form: 'tuple',
    fields: PADS,
    shown: nonzero(...PADS),
    doc: 'padding: rows above, rows below, elements left, elements right',
  },
  ...DEPENDENCIES,
];

const LOOP: readonly Operand[] = [
  { key: 'uop', form: 'range', fields: ['uop_bgn', 'uop_end'], shown: always, doc: 'micro-ops, first and one past the last' },
  { key: 'iter', form: 'times', fields: ['iter_out', 'iter_in'], shown: always, doc: 'outer and inner iterations' },
];
const factor = (operand: string, doc: string): Operand => ({
  key: `${operand}+`,
  form: 'tuple',
  fields: [`${operand}_factor_out`, `${operand}_factor_in`],
  shown: always,
  doc: `added to the ${doc} index per outer and per inner iteration`,
});
const GEMM: readonly Operand[] = [
  flag('reset', 'reset_reg', 'write zero instead of accumulating'),
  ...LOOP,
  factor('dst', 'ACC'),
  factor('src', 'INP'),
  factor('wgt', 'WGT'),
  ...DEPENDENCIES,
];
const ALU_TAIL: readonly Operand[] = [...LOOP, factor('dst', 'ACC'), factor('src', 'second ACC'), ...DEPENDENCIES];
const ALU: readonly Operand[] = [
  { key: 'imm', form: 'decimal', fields: ['imm'], shown: (v) => v.use_imm === 1, doc: 'the second operand is this number' },
  {
    key: 'unused_imm',
    form: 'decimal',
    fields: ['imm'],
    shown: (v) => v.use_imm === 0 && v.imm !== 0,
    doc: 'the immediate field of an operation that does not use it',
  },
  flag('reset', 'reset_reg', 'the reset bit, which no ALU operation but rq looks at'),
  ...ALU_TAIL,
];
/** RQ packs two int8 parameters into the immediate: `hi` and `zero` are {@link split} from it. */
const RQ: readonly Operand[] = [
  { key: 'zero', form: 'decimal', fields: ['zero'], shown: always, doc: 'zero point' },
  { key: 'hi', form: 'decimal', fields: ['hi'], shown: always, doc: 'upper clamp' },
  flag('relu', 'reset_reg', 'clamp below at the zero point'),
  flag('use_imm', 'use_imm', 'the immediate bit, which rq does not look at'),
  ...ALU_TAIL,
];

const codes = [0, 1, 2, 3, 4, 5, 6, 7];

function* memInsns(op: 'LOAD' | 'STORE'): Generator<AsmInsn> {
  for (const code of codes) {
    const fixed = { memory_type: code };
    const type = MEMORY_TYPE_BY_CODE[code];
    const stem = op.toLowerCase();
    const row = type === undefined ? undefined : MEMORY_TYPES[type];
    if (type !== undefined && row !== undefined) {
      yield { name: `${stem}.${type.toLowerCase()}`, op, fixed, operands: MEM, extension: row.extension, doc: row.doc };
    }
    if (row === undefined || row.extension) {
      yield { name: `${stem}.type${code}`, op, fixed, operands: MEM, extension: false, doc: 'a memory type without meaning' };
    }
  }
}

function* aluInsns(): Generator<AsmInsn> {
  for (const code of codes) {
    const fixed = { alu_opcode: code };
    const key = ALU_OP_BY_CODE[code];
    const row = key === undefined ? undefined : ALU_OPS[key];
    if (key !== undefined && row !== undefined) {
      const operands = key === 'RQ' ? RQ : ALU;
      yield { name: `alu.${key.toLowerCase()}`, op: 'ALU', fixed, operands, extension: row.extension, doc: row.doc };
    }
    if (row === undefined || row.extension) {
      yield { name: `alu.op${code}`, op: 'ALU', fixed, operands: ALU, extension: false, doc: 'an ALU operation without meaning' };
    }
  }
}

/** Everything a line may begin with, by name. Extension names come before the neutral names of the same encoding. */
export const ASM_INSNS: ReadonlyMap<string, AsmInsn> = new Map(
  [
    ...memInsns('LOAD'),
    ...memInsns('STORE'),
    { name: 'gemm', op: 'GEMM', fixed: {}, operands: GEMM, extension: false, doc: 'matrix multiply-accumulate' } satisfies AsmInsn,
    ...aluInsns(),
    { name: 'finish', op: 'FINISH', fixed: {}, operands: DEPENDENCIES, extension: false, doc: 'signal completion' } satisfies AsmInsn,
  ].map((row) => [row.name, row]),
);

/** The row that stands for a decoded instruction at a configuration. */
export function rowOf(insn: Insn, config: VtaConfig): AsmInsn {
  for (const row of ASM_INSNS.values()) {
    if (row.op !== insn.op || (row.extension && !config.extension)) continue;
    if (Object.entries(row.fixed).every(([field, value]) => (insn as unknown as Values)[field] === value)) return row;
  }
  throw new Error(`internal error: no assembly form for ${JSON.stringify(insn)}`);
}

/** The two int8 parameters in the immediate of RQ. */
export const split = (imm: number): { readonly zero: number; readonly hi: number } => ({ zero: (imm << 24) >> 24, hi: (imm << 16) >> 24 });
/** The immediate of RQ from its two int8 parameters. */
export const join = (zero: number, hi: number): number => (hi << 8) | (zero & 0xff);
