/**
 * TIR: loop nests over buffers with memory scopes. Nodes are immutable; behaviour is functions over `kind`.
 *
 * The last two dimensions of every buffer are its tile (the element of a VTA memory): [BATCH][BLOCK_IN] for inputs,
 * [BLOCK_OUT][BLOCK_IN] for weights, [BATCH][BLOCK_OUT] for accumulators and outputs. A `store` addresses single lanes
 * (all dimensions); the tensor statements `gemm`, `reset`, `alu` and `dma` address whole tiles (all but the last two).
 */
import type { AluOp } from '#isa/spec/tables';
import type { Index } from './index-expr.js';

export const DTYPES = ['i8', 'i32'] as const;
export type Dtype = (typeof DTYPES)[number];

/** Where a buffer lives; `dram` is main memory, the others are VTA's scratchpads. */
export const SCOPES = ['dram', 'inp', 'wgt', 'acc'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Buffer {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly scope: Scope;
}

/** A buffer by name, and one index per dimension (lane access) or per dimension but the last two (tile access). */
export interface Access {
  readonly buffer: string;
  readonly index: readonly Index[];
}

/** Operations of value expressions, all on int32 with wrapping: the same as the ALU's. */
export const VALUE_OPS = ['add', 'mul', 'min', 'max', 'shr'] as const;
export type ValueOp = (typeof VALUE_OPS)[number];

/** Constants of the requantization (isa/semantics/requantize.ts): `relu` clamps below at the zero point. */
export interface RequantParams {
  readonly zeroPoint: number;
  readonly hi: number;
  readonly relu: 0 | 1;
}

/** What a `store` writes: int32; loads of i8 sign-extend, stores to i8 truncate. */
export type Value =
  | { readonly kind: 'const'; readonly value: number }
  | { readonly kind: 'load'; readonly from: Access }
  | { readonly kind: 'bin'; readonly op: ValueOp; readonly a: Value; readonly b: Value }
  | { readonly kind: 'rq'; readonly acc: Value; readonly scale: Value; readonly params: RequantParams };

/** Numbers attached to a loop or block: `vthread` (virtual threads of a loop), `stage` (pipeline stage). */
export const ANNOTATIONS = ['vthread', 'stage'] as const;
export type Annotations = Readonly<Partial<Record<(typeof ANNOTATIONS)[number], number>>>;

export interface For {
  readonly kind: 'for';
  readonly name: string;
  /** Runs 0..extent; may depend on outer loops (ragged last tiles). */
  readonly extent: Index;
  readonly annot: Annotations;
  readonly body: Stmt;
}
export interface Seq {
  readonly kind: 'seq';
  readonly body: readonly Stmt[];
}
/** A buffer that lives while `body` runs; its contents are undefined at entry. Successive entries use `copies` places in turn. */
export interface Alloc {
  readonly kind: 'alloc';
  readonly buffer: Buffer;
  readonly copies: number;
  readonly body: Stmt;
}
/** A named computation that a schedule can refer to. */
export interface Block {
  readonly kind: 'block';
  readonly name: string;
  readonly annot: Annotations;
  readonly body: Stmt;
}
export interface Store {
  readonly kind: 'store';
  readonly dst: Access;
  readonly value: Value;
}
/** acc tile += inp tile x wgt tile transposed. */
export interface Gemm {
  readonly kind: 'gemm';
  readonly dst: Access;
  readonly src: Access;
  readonly wgt: Access;
}
/** acc tile = 0, on the GEMM unit. */
export interface Reset {
  readonly kind: 'reset';
  readonly dst: Access;
}
/** acc tile = op(acc tile, other acc tile or constant), lane by lane. */
export interface Alu {
  readonly kind: 'alu';
  readonly op: AluOp;
  readonly dst: Access;
  readonly src: Access | number;
  readonly rq: RequantParams | null;
}
/** One tile between dram and a scratchpad. */
export interface Dma {
  readonly kind: 'dma';
  readonly dst: Access;
  readonly src: Access;
}
export type Tensor = Gemm | Reset | Alu | Dma;
export type Stmt = For | Seq | Alloc | Block | Store | Tensor;

export interface Func {
  readonly name: string;
  /** Buffers in dram that the caller provides. */
  readonly params: readonly Buffer[];
  readonly body: Stmt;
}

/** Do successive rounds of the loop run as virtual threads? */
export const isThreaded = (s: Stmt): boolean => s.kind === 'for' && (s.annot.vthread ?? 1) > 1;

/** A sequence without nesting or empty parts; a single statement stands alone. */
export function seq(stmts: readonly Stmt[]): Stmt {
  const flat = stmts.flatMap((s) => (s.kind === 'seq' ? s.body : [s]));
  return flat.length === 1 ? flat[0] : { kind: 'seq', body: flat };
}

export const forLoop = (name: string, extent: Index, body: Stmt, annot: Annotations = {}): For => ({
  kind: 'for',
  name,
  extent,
  annot,
  body,
});

/** Loops around `body`, the first outermost. */
export const nest = (loops: readonly (readonly [name: string, extent: Index])[], body: Stmt): Stmt =>
  loops.reduceRight<Stmt>((inner, [name, extent]) => forLoop(name, extent, inner), body);

/** Accesses of a tensor statement or store, writes first. */
export function accessesOf(s: Store | Tensor): { readonly writes: readonly Access[]; readonly reads: readonly Access[] } {
  switch (s.kind) {
    case 'store':
      return { writes: [s.dst], reads: loadsOf(s.value) };
    case 'gemm':
      return { writes: [s.dst], reads: [s.dst, s.src, s.wgt] };
    case 'reset':
      return { writes: [s.dst], reads: [] };
    case 'alu':
      return { writes: [s.dst], reads: typeof s.src === 'number' ? [s.dst] : [s.dst, s.src] };
    case 'dma':
      return { writes: [s.dst], reads: [s.src] };
  }
}

export function loadsOf(value: Value): Access[] {
  switch (value.kind) {
    case 'const':
      return [];
    case 'load':
      return [value.from];
    case 'bin':
      return [...loadsOf(value.a), ...loadsOf(value.b)];
    case 'rq':
      return [...loadsOf(value.acc), ...loadsOf(value.scale)];
  }
}
