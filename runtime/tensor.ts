/** Dense tensors as they pass between host operators, devices and files. */
export type DType = 'int8' | 'uint8' | 'int16' | 'int32' | 'float32';
export type TensorData = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

/** Row-major (C order) tensor. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const ARRAYS = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array } as const;

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A zeroed array of `size` elements. */
export const newData = (dtype: DType, size: number): TensorData => new ARRAYS[dtype](size);

/** A tensor of zeros. */
export const zeros = (dtype: DType, shape: readonly number[]): Tensor => ({ dtype, shape, data: newData(dtype, sizeOf(shape)) });
