/** Types of values: what a tensor holds, its shape, and its quantization. */
import type { DType } from '#runtime/tensor';

/** real = scale * (stored - zeroPoint). Per tensor: one scale and `axis` null. Per channel: one scale per index of `axis`. */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoint: number;
  readonly axis: number | null;
}

export interface TensorType {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** null for plain numbers (float32 data, int32 biases). */
  readonly quantization: Quantization | null;
}

export interface TupleType {
  readonly kind: 'tuple';
  readonly fields: readonly TensorType[];
}

export type Type = TensorType | TupleType;

/** A tensor type; `quantization` null for plain numbers. */
export const tensorType = (dtype: DType, shape: readonly number[], quantization: Quantization | null = null): TensorType => ({
  kind: 'tensor',
  dtype,
  shape,
  quantization,
});

export const tupleType = (fields: readonly TensorType[]): TupleType => ({ kind: 'tuple', fields });

/** Whether a number is a scale that can be divided by: a positive, finite float32, not denormal. */
export const isNormal = (scale: number): boolean => scale >= 2 ** -126 && scale < Infinity && Math.fround(scale) === scale;

/** Quantization with one scale for the whole tensor. */
export const perTensor = (scale: number, zeroPoint: number): Quantization => ({ scales: [scale], zeroPoint, axis: null });

const sameList = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((v, i) => v === b[i]);

export function sameQuantization(a: Quantization | null, b: Quantization | null): boolean {
  if (a === null || b === null) return a === b;
  return a.axis === b.axis && a.zeroPoint === b.zeroPoint && sameList(a.scales, b.scales);
}

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind === 'tuple')
    return b.kind === 'tuple' && a.fields.length === b.fields.length && a.fields.every((f, i) => sameType(f, b.fields[i]));
  if (b.kind === 'tuple') return false;
  return a.dtype === b.dtype && sameList(a.shape, b.shape) && sameQuantization(a.quantization, b.quantization);
}

function formatQuantization(q: Quantization): string {
  return q.axis === null ? `q(${q.scales[0]}, ${q.zeroPoint})` : `q([${q.scales.join(', ')}], ${q.zeroPoint}, axis=${q.axis})`;
}

/** The text form of a type: `int8[1,32,32,3] q(0.5, -128)`, `int32[16]`, `(int8[1,2], int8[1,3])`. */
export function formatType(type: Type): string {
  if (type.kind === 'tuple') return `(${type.fields.map(formatType).join(', ')})`;
  const base = `${type.dtype}[${type.shape.join(',')}]`;
  return type.quantization === null ? base : `${base} ${formatQuantization(type.quantization)}`;
}

/** dtype and shape only, for messages and dumps. */
export const formatShape = (type: TensorType): string => `${type.dtype}[${type.shape.join(',')}]`;

/** Smallest and largest value of an integer dtype; null for float32. */
export const INTEGER_RANGE: Readonly<Record<DType, readonly [number, number] | null>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  float32: null,
};
