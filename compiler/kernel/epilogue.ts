import type { VtaConfig } from '#isa/config/config';
import { int, v } from '../tir/index-expr.js';
import { type Access, type Block, nest, type RequantParams, type Value, type ValueOp } from '../tir/node.js';

/** The second operand of a vector step: a vector of one number per channel, another buffer of the tile, or a constant. */
export type Operand =
  | { readonly kind: 'vector'; readonly vector: number }
  | { readonly kind: 'buffer'; readonly name: string }
  | { readonly kind: 'const'; readonly value: number };

/** One vector operation of an epilogue, `dst = op(dst, src)` for every pixel and channel. */
export interface VectorStep {
  readonly block: string;
  readonly dst: string;
  readonly op: ValueOp | 'rq';
  readonly src: Operand;
  readonly rq?: RequantParams;
}

/** How the results of a layer compare with its rounding profile, over every accumulator that int8 inputs can produce. */
export interface Exactness {
  readonly channels: number;
  /** Channels in which some accumulator gives another result than the rounding profile. */
  readonly inexactChannels: number;
  /** Accumulator values of all channels together that the layer can reach, and those of them with another result. */
  readonly reachable: number;
  readonly different: number;
  /** The largest difference of a result; 0 where all are equal. */
  readonly largest: number;
}

/** Vector operations and what they work on. */
export interface EpilogueSteps {
  readonly steps: readonly VectorStep[];
  /** Buffers of the size of the output tile besides the accumulators; they begin with 0. */
  readonly temporaries: readonly string[];
  /** Values per channel, each as long as the channels padded to whole blocks; or one block for all (`shared`). */
  readonly vectors: readonly Int32Array[];
}

/** What happens to the accumulators between the matrix products and the store. */
export interface Epilogue extends EpilogueSteps {
  /** One block of values for all channels. */
  readonly shared?: boolean;
  /** How the results compare with the layer's rounding profile. */
  readonly exactness: Exactness;
  /** What was added to be exact, for people. */
  readonly remarks: readonly string[];
}

export const vector = (k: number): Operand => ({ kind: 'vector', vector: k });
export const buffer = (name: string): Operand => ({ kind: 'buffer', name });
export const constant = (value: number): Operand => ({ kind: 'const', value });

const AXES = ['co', 'y', 'x', 'b', 'c'] as const;
/** `buffer[co, y, x, b, c]` */
export const pixel = (name: string): Access => ({ buffer: name, index: AXES.map(v) });

/** Loops over all pixels and lanes of an output of shape [blocks, rows, columns, BATCH, BLOCK_OUT]. */
export const pixelLoops = (shape: readonly number[]) => AXES.map((a, i) => [a, int(shape[i])] as const);

/** The step as a block of TIR over the whole output. */
export function stepBlock(s: VectorStep, shape: readonly number[], shared = false): Block {
  const dst = pixel(s.dst);
  const self: Value = { kind: 'load', from: dst };
  const other = operandValue(s.src, shared);
  const value: Value =
    s.op === 'rq' ? { kind: 'rq', acc: self, scale: other, params: s.rq as RequantParams } : { kind: 'bin', op: s.op, a: self, b: other };
  return { kind: 'block', name: s.block, annot: {}, body: nest(pixelLoops(shape), { kind: 'store', dst, value }) };
}

function operandValue(src: Operand, shared: boolean): Value {
  if (src.kind === 'const') return { kind: 'const', value: src.value };
  if (src.kind === 'buffer') return { kind: 'load', from: pixel(src.name) };
  return { kind: 'load', from: { buffer: 'params', index: [int(src.vector), shared ? int(0) : v('co'), v('b'), v('c')] } };
}

/** The vectors as the ACC elements [vector][block][BATCH][BLOCK_OUT] of the `params` buffer, every batch row alike. */
export function packVectors(vectors: readonly Int32Array[], config: VtaConfig): Uint8Array {
  const { batch, blockOut } = config;
  const blocks = vectors.length === 0 ? 0 : vectors[0].length / blockOut;
  const bytes = new Uint8Array(vectors.length * blocks * config.accBytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const vec of vectors) {
    for (let block = 0; block < blocks; block++) {
      for (let b = 0; b < batch; b++) {
        for (let c = 0; c < blockOut; c++, at += 4) view.setInt32(at, vec[block * blockOut + c], true);
      }
    }
  }
  return bytes;
}
