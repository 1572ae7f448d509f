import { type Unit, UNITS } from '#isa/spec/tables';
import type { Decoded, DecodedAlu, DecodedGemm, DecodedLoad, DecodedStore } from '../../values/decode.js';
import { readsSource } from '../../values/ranges.js';

/** timing.md, Compute: kinds of entries. A `load` or `store` moves data; everything else of the load and the store unit is a `nop`. */
export type Kind = 'nop' | 'load' | 'store' | 'gemm' | 'alu';

/** Rows of elements in DRAM. Addresses and sizes are bytes; `columns` are elements with data in a row. */
export interface Block {
  readonly address: number;
  readonly rowStride: number;
  readonly elementBytes: number;
  readonly rows: number;
  readonly columns: number;
  readonly sramBase: number;
  /** Padding: elements left and right of a row, whole rows above and below. 0 in a store. */
  readonly left: number;
  readonly right: number;
  readonly above: number;
  readonly below: number;
}

/** The two loops around the micro-ops of GEMM and ALU. */
export interface Loops {
  readonly uopBegin: number;
  readonly uopCount: number;
  readonly outer: number;
  readonly inner: number;
  readonly dstOuter: number;
  readonly dstInner: number;
  readonly srcOuter: number;
  readonly srcInner: number;
}

/** What the contract asks of an instruction. */
export interface Insn {
  /** Position in the program. */
  readonly index: number;
  readonly decoded: Decoded;
  readonly unit: Unit;
  readonly kind: Kind;
  readonly popsPrev: boolean;
  readonly popsNext: boolean;
  readonly pushesPrev: boolean;
  readonly pushesNext: boolean;
  readonly isFinish: boolean;
  /** Of a load or store with data or padding. */
  readonly block: Block | null;
  /** What a load writes. */
  readonly writesUop: boolean;
  readonly writesAcc: boolean;
  /** Of a gemm or alu. */
  readonly loops: Loops | null;
  /** A gemm that sets accumulators to zero. */
  readonly resets: boolean;
  /** An alu whose second operand is a register. */
  readonly readsSource: boolean;
  readonly operation: string;
}

/** timing.md, Compute, *Kinds*; Loader: "an instruction with nothing to write". */
function kindOf(d: Decoded): Kind {
  if (d.kind === 'gemm' || d.kind === 'alu') return d.steps === 0 ? 'nop' : d.kind;
  if (d.kind === 'load') return 'load';
  return d.kind === 'store' && d.insn.y_size > 0 ? 'store' : 'nop';
}

const blockOf = (d: DecodedLoad | DecodedStore): Block => ({
  address: d.address,
  rowStride: d.rowStride,
  elementBytes: d.elementBytes,
  rows: d.insn.y_size,
  columns: d.insn.x_size,
  sramBase: d.insn.sram_base,
  left: d.insn.x_pad_0,
  right: d.insn.x_pad_1,
  above: d.insn.y_pad_0,
  below: d.insn.y_pad_1,
});

const loopsOf = ({ insn: i }: DecodedGemm | DecodedAlu): Loops => ({
  uopBegin: i.uop_bgn,
  uopCount: i.uop_end - i.uop_bgn,
  outer: i.iter_out,
  inner: i.iter_in,
  dstOuter: i.dst_factor_out,
  dstInner: i.dst_factor_in,
  srcOuter: i.src_factor_out,
  srcInner: i.src_factor_in,
});

/** An instruction as the contract sees it. */
export function insnOf(d: Decoded): Insn {
  const kind = kindOf(d);
  const { pop_prev_dep, pop_next_dep, push_prev_dep, push_next_dep } = d.insn;
  return {
    index: d.index,
    decoded: d,
    unit: d.unit,
    kind,
    popsPrev: pop_prev_dep === 1,
    popsNext: pop_next_dep === 1,
    pushesPrev: push_prev_dep === 1,
    pushesNext: push_next_dep === 1,
    isFinish: d.kind === 'finish',
    block: kind !== 'nop' && (d.kind === 'load' || d.kind === 'store') ? blockOf(d) : null,
    writesUop: d.kind === 'load' && d.memory === 'UOP',
    writesAcc: d.kind === 'load' && (d.memory === 'ACC' || d.memory === 'ACC_8BIT'),
    loops: kind !== 'nop' && (d.kind === 'gemm' || d.kind === 'alu') ? loopsOf(d) : null,
    resets: d.kind === 'gemm' && d.insn.reset_reg === 1,
    readsSource: d.kind === 'alu' && readsSource(d),
    operation: d.kind === 'alu' ? d.operation : '',
  };
}

/** Elements of a row, and of the whole block, padding included. */
export const widthOf = (b: Block): number => b.left + b.columns + b.right;
export const elementsOf = (b: Block): number => (b.above + b.rows + b.below) * widthOf(b);

/** Micro-ops executed, or vectors: timing.md, GEMM, "There are N = ...". */
export const stepsOf = (l: Loops): number => l.outer * l.inner * l.uopCount;

/** The unit's number in a trace. */
export const unitNumber = (unit: Unit): number => UNITS.indexOf(unit);
