/** Random well-formed graphs from a seed, for tests. Every operator with an int8 NHWC input can occur. */
import type { Tensor } from '#runtime/tensor';
import { call, constant, func, graphModule, variable } from '../build.js';
import type { CallNode, GraphModule, ValueNode } from '../node.js';
import { type TensorType, perTensor, tensorType } from '../types.js';

/** Numbers 0 <= n < bound, the same for the same seed. */
export function dice(seed: number): (bound: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * bound);
  };
}

const int8 = (roll: (n: number) => number, size: number): Int8Array => Int8Array.from({ length: size }, () => roll(256) - 128);

/** An int8 tensor of a type with random contents. */
export const randomTensor = (type: TensorType, seed: number): Tensor => ({
  dtype: 'int8',
  shape: type.shape,
  data: int8(
    dice(seed),
    type.shape.reduce((a, b) => a * b, 1),
  ),
});

const typeOf = (node: ValueNode): TensorType => node.type as TensorType;

class Maker {
  private count = 0;
  constructor(private readonly roll: (n: number) => number) {}

  private name(op: string): string {
    return `${op}_${this.count++}`;
  }
  private output() {
    return { outScale: Math.fround(0.01 + this.roll(100) / 700), outZeroPoint: this.roll(256) - 128 };
  }
  private requant() {
    const rounding = (['reference', 'single', 'double'] as const)[this.roll(3)];
    return { ...this.output(), clamp: [-128 + this.roll(20), 127 - this.roll(20)], rounding };
  }
  private weights(shape: readonly number[], axis: number): ValueNode {
    const data = int8(
      this.roll,
      shape.reduce((a, b) => a * b, 1),
    );
    const scales = Array.from({ length: shape[axis] }, () => Math.fround((1 + this.roll(50)) / 5000));
    const quantization = this.roll(2) === 0 ? perTensor(scales[0], 0) : { scales, zeroPoint: 0, axis };
    return constant({ dtype: 'int8', shape, data }, quantization);
  }
  private bias(channels: number): ValueNode {
    return constant({ dtype: 'int32', shape: [channels], data: Int32Array.from({ length: channels }, () => this.roll(4000) - 2000) });
  }

  private window(op: 'conv2d' | 'depthwise_conv2d', x: ValueNode): CallNode {
    const [, h, w, c] = typeOf(x).shape;
    const kernel = [1 + this.roll(Math.min(3, h)), 1 + this.roll(Math.min(3, w))];
    const outC = op === 'conv2d' ? 1 + this.roll(6) : c * (1 + this.roll(2));
    const shape = op === 'conv2d' ? [outC, ...kernel, c] : [1, ...kernel, outC];
    const attrs = {
      stride: [1 + this.roll(2), 1 + this.roll(2)],
      padding: [this.roll(2), this.roll(2), this.roll(2), this.roll(2)],
      ...this.requant(),
    };
    return call(op, [x, this.weights(shape, op === 'conv2d' ? 0 : 3), this.bias(outC)], attrs, this.name(op), `tensor "${this.count}"\n`);
  }

  /** Some operator on `x`, perhaps with `y`. Keeps NHWC. */
  node(x: ValueNode, y: ValueNode): CallNode {
    const [n, h, w, c] = typeOf(x).shape;
    const pool = { window: [Math.min(2, h), Math.min(2, w)], stride: [1, 2], clamp: [-100, 127] };
    switch (this.roll(10)) {
      case 0:
      case 1:
        return this.window('conv2d', x);
      case 2:
        return this.window('depthwise_conv2d', x);
      case 3:
        return call('average_pool_2d', [x], pool, this.name('average_pool_2d'));
      case 4:
        return call('max_pool_2d', [x], pool, this.name('max_pool_2d'));
      case 5:
        return call('pad', [x], { before: [0, 1, 0, 0], after: [0, 0, 1, 0], value: this.roll(9) }, this.name('pad'));
      case 6:
        return call('reshape', [x], { shape: [n, w, h, c] }, this.name('reshape'));
      case 7:
        return call('requantize', [x], this.requant(), this.name('requantize'));
      case 8:
        return call('concatenate', [x, x], { axis: 3 }, this.name('concatenate'));
      default:
        return typeOf(x).shape.join() === typeOf(y).shape.join()
          ? call('add', [x, y], this.requant(), this.name('add'))
          : call('relu', [x], { clamp: [-20, 100] }, this.name('relu'));
    }
  }
}

/** A module with one int8 input `x` and `layers` operators, values being used more than once now and then. */
export function randomGraph(seed: number, layers = 8): GraphModule {
  const roll = dice(seed);
  const maker = new Maker(roll);
  const x = variable('x', tensorType('int8', [1, 3 + roll(5), 3 + roll(5), 1 + roll(5)], perTensor(0.125, roll(256) - 128)));
  const values: ValueNode[] = [x];
  const recent = (): ValueNode => values[values.length - 1 - roll(Math.min(2, values.length))];
  for (let i = 0; i < layers; i++) values.push(maker.node(values[values.length - 1], recent()));
  return graphModule(`random ${seed}`, func('main', [x], values[values.length - 1]));
}
