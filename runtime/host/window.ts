/** Sliding windows: sizes, and padding by TFLite's rule. Pairs are [rows, columns]. */
import type { Operands } from './operands.js';

export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Rows and columns before the image. */
  readonly before: readonly [number, number];
  /** Output rows and columns. */
  readonly out: readonly [number, number];
}

/**
 * TFLite's SAME padding along one axis: out = ceil(size / stride); of the padding that this needs, the smaller half goes before.
 * VALID is no padding.
 */
export function samePadding(size: number, kernel: number, stride: number, dilation = 1): { before: number; after: number } {
  const out = Math.ceil(size / stride);
  const total = Math.max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}

/** The window of a run over `image` rows and columns, from the attributes stride, padding and (if `dilated`) dilation. */
export function readWindow(o: Operands, image: readonly [number, number], kernel: readonly [number, number], dilated: boolean): Window {
  const stride = o.ints('stride', 1, 2);
  const [top, left, bottom, right] = o.ints('padding', 0, 4);
  const dilation = dilated ? o.ints('dilation', 1, 2) : [1, 1];
  o.check(kernel[0] >= 1 && kernel[1] >= 1, `the window [${kernel}] is empty`);
  const extent = (axis: 0 | 1, pads: number): number => {
    const room = image[axis] + pads - ((kernel[axis] - 1) * dilation[axis] + 1);
    o.check(room >= 0, `a window of [${kernel}] does not fit into [${image}] with padding [${top},${left},${bottom},${right}]`);
    return Math.floor(room / stride[axis]) + 1;
  };
  return {
    kernel,
    stride: [stride[0], stride[1]],
    dilation: [dilation[0], dilation[1]],
    before: [top, left],
    out: [extent(0, top + bottom), extent(1, left + right)],
  };
}
