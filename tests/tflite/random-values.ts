/** Random quantizations and contents of tensors: what real models have, and the corners where kernels round differently. */
import type { TensorSpec } from '#compiler/frontend/tflite/write';
import type { Random } from '#fuzz/random';
import type { Values } from './interpreter.js';

export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Activation scales of published networks: MLPerf Tiny's four, and single operators of others. */
const PUBLISHED = [
  1, 0.00390625, 0.003921568859368563, 0.0078125, 0.05723857134580612, 0.5847029089927673, 0.3910152316093445, 0.3645203113555908,
  0.0235294122248888, 0.09297879040241241, 0.1437765508890152, 0.016574537381529808, 0.16510069370269775, 0.02124268002808094,
].map(Math.fround);

/** A float32 scale: published, a power of two (ties), a simple fraction (ties of activation bounds), any, or far out. */
export function randomScale(r: Random): number {
  switch (r.int(0, 9)) {
    case 0:
    case 1:
      return r.pick(PUBLISHED);
    case 2:
    case 3:
      return 2 ** r.int(-9, 1);
    case 4:
    case 5:
      return Math.fround(r.int(1, 12) / r.pick([3, 5, 7, 10, 25, 127, 255]));
    case 6:
      return Math.fround(2 ** r.int(-20, 8) * (1 + r.bits() / 2 ** 32));
    default:
      return Math.fround(2 ** r.int(-10, -1) * (1 + r.bits() / 2 ** 32));
  }
}

export const randomZeroPoint = (r: Random): number => (r.chance(0.5) ? r.pick([-128, 0, 127, -1]) : r.int(-128, 127));

export const randomQuantization = (r: Random): Quantization => ({ scale: randomScale(r), zeroPoint: randomZeroPoint(r) });

/** The quantization of a result: as the operand's, at a simple or any ratio to it, or independent. */
export function resultQuantization(r: Random, operand: Quantization): Quantization {
  if (r.chance(0.2)) return operand;
  const zeroPoint = r.chance(0.3) ? operand.zeroPoint : randomZeroPoint(r);
  if (r.chance(0.3)) return { scale: operand.scale, zeroPoint };
  if (r.chance(0.4)) return { scale: Math.fround(operand.scale * 2 ** r.int(-3, 3)), zeroPoint };
  if (r.chance(0.6)) return { scale: Math.fround(operand.scale * 2 ** r.int(-2, 2) * (1 + r.bits() / 2 ** 32)), zeroPoint };
  return { scale: randomScale(r), zeroPoint };
}

/** int8 contents: any, every value in turn, the two ends, or close to the zero point. */
export function randomInt8(r: Random, size: number, zeroPoint = 0): Int8Array {
  const near = (): number => Math.max(-128, Math.min(127, zeroPoint + r.int(-6, 6)));
  const kinds: readonly ((i: number) => number)[] = [() => r.int(-128, 127), (i) => (i & 255) - 128, () => r.pick([-128, 127]), near];
  return Int8Array.from({ length: size }, r.pick([kinds[0], ...kinds]) as (v: unknown, i: number) => number);
}

/** Numbers that no real scale divides well, and those that are none. */
const ODD_FLOATS = [0, -0, 1e-45, -1e-40, 3.4e38, -3.4e38, 1e20, -1e20, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

/** float32 contents for a scale: spread over somewhat more than the int8 range, halves between two values, and odd numbers. */
export function randomFloats(r: Random, size: number, { scale, zeroPoint }: Quantization): Float32Array {
  const half = (): number => (r.int(-140, 140) + 0.5 - zeroPoint) * scale;
  const any = (): number => ((r.bits() / 2 ** 32) * 300 - 150 - zeroPoint) * scale;
  // the neighbours of a half, by one unit in the last place
  const close = (): number => half() * (1 + r.pick([-1, 1]) * 2 ** -24);
  const kinds = [any, half, close, () => r.pick(ODD_FLOATS)];
  return Float32Array.from({ length: size }, () => r.pick(kinds)());
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const randomShape = (r: Random, rank: number, most: number): number[] => Array.from({ length: rank }, () => r.int(1, most));

export const int8Tensor = (name: string, shape: readonly number[], q: Quantization, data?: Int8Array): TensorSpec => ({
  name,
  type: 'INT8',
  shape,
  quantization: { scales: [q.scale], zeroPoint: q.zeroPoint },
  data,
});
/** As {@link int8Tensor}, with all stored values and the zero point 128 higher. */
export const uint8Tensor = (name: string, shape: readonly number[], q: Quantization): TensorSpec => ({
  name,
  type: 'UINT8',
  shape,
  quantization: { scales: [q.scale], zeroPoint: q.zeroPoint + 128 },
});
export const floatTensor = (name: string, shape: readonly number[]): TensorSpec => ({ name, type: 'FLOAT32', shape });
export const int32Tensor = (name: string, data: readonly number[], shape: readonly number[] = [data.length]): TensorSpec => ({
  name,
  type: 'INT32',
  shape,
  data: Int32Array.from(data),
});

/** One operator with inputs (tensors first in the list), constants and one result. */
export interface OperatorCase {
  readonly operator: string;
  readonly model: {
    readonly tensors: readonly TensorSpec[];
    readonly operators: readonly [
      {
        readonly op: string;
        readonly inputs: readonly number[];
        readonly outputs: readonly number[];
        readonly options?: Readonly<Record<string, number>>;
      },
    ];
    readonly inputs: readonly number[];
    readonly outputs: readonly number[];
  };
  readonly inputs: readonly Values[];
}

/** A model of the one operator `op`: its inputs, its constants, its result. */
export function operatorCase(
  op: string,
  inputs: readonly (readonly [TensorSpec, Values])[],
  constants: readonly TensorSpec[],
  result: TensorSpec,
  options?: Readonly<Record<string, number>>,
): OperatorCase {
  const tensors = [...inputs.map(([t]) => t), ...constants, result];
  const operands = Array.from({ length: tensors.length - 1 }, (_, i) => i);
  const outputs = [tensors.length - 1];
  return {
    operator: op,
    model: { tensors, operators: [{ op, inputs: operands, outputs, options }], inputs: inputs.map((_, i) => i), outputs },
    inputs: inputs.map(([, x]) => x),
  };
}
