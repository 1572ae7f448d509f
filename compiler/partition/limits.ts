/** Sizes up to which kernels are generated: an artifact must be able to hold them, and generating them must end in reasonable time. */
import { MAX_EXTENT, MAX_HALO } from '#runtime/artifact/limits';
import { withCommas } from '#isa/diag/numbers';
import type { CallNode } from '../graph/node.js';
import type { TensorType } from '../graph/types.js';
import type { Halo, View } from './program.js';

/** Vectors of an image: 3840 x 2160 pixels of 32 channels have as many in blocks of 16. Instructions grow with them. */
const MAX_VECTORS = 2 ** 24;
/** Positions of a convolution's window; published networks have at most 31 x 31. */
const MAX_TAPS = 1024;

function viewProblem({ channels, height, width, lanes }: View, halo: Halo): string | null {
  const vectors = Math.ceil(channels / lanes) * height * width;
  const largest = Math.max(channels, height, width);
  if (largest > MAX_EXTENT)
    return `an image of ${withCommas(largest)} rows, columns or channels; kernels take up to ${withCommas(MAX_EXTENT)}`;
  if (vectors > MAX_VECTORS) return `an image of ${withCommas(vectors)} vectors; kernels take up to ${withCommas(MAX_VECTORS)}`;
  const around = Math.max(...Object.values(halo));
  return around > MAX_HALO ? `a padding of ${withCommas(around)}; kernels take up to ${withCommas(MAX_HALO)}` : null;
}

/** Why a call is too large for a kernel that looks at its operands and result through these views; null if it is not. */
export function sizeProblem(call: CallNode, views: readonly { readonly view: View; readonly halo: Halo }[]): string | null {
  if (call.op === 'conv2d') {
    const [, height, width] = (call.args[1].type as TensorType).shape;
    if (height * width > MAX_TAPS) return `a window of ${height}x${width} positions; kernels take up to ${withCommas(MAX_TAPS)}`;
  }
  return views.map(({ view, halo }) => viewProblem(view, halo)).find((p) => p !== null) ?? null;
}
