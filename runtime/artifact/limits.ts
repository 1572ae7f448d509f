/** Bounds of what an artifact holds. They keep a crafted file from asking for absurd memory; compilers keep to them. */

/** Bytes of device memory; VTA addresses have 32 bits. */
export const MAX_DRAM = 2 ** 31;
/** Indices of one dimension, and elements of a tensor. */
export const MAX_DIMENSION = 2 ** 24;
export const MAX_ELEMENTS = 2 ** 28;
/** Channels, rows and columns of a blocked image, and of its halo. */
export const MAX_EXTENT = 2 ** 16;
export const MAX_HALO = 2 ** 12;

/** Why no `.vta` file can hold a value of this shape, or null. */
export function shapeProblem(shape: readonly number[]): string | null {
  const large = shape.find((d) => d > MAX_DIMENSION);
  if (large !== undefined) return `a dimension of ${large}, and the limit is ${MAX_DIMENSION}`;
  const size = shape.reduce((n, d) => n * d, 1);
  return size > MAX_ELEMENTS ? `${size} elements, and the limit is ${MAX_ELEMENTS}` : null;
}
