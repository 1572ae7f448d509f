import { Convolution, Dense, type MapShape, mapSize } from './layers.js';
import type { Parameter } from './parameter.js';
import type { Random } from './random.js';
import { classNames, imageSize } from './shapes.js';

/** Called with the name and the values of every tensor as a forward pass makes it. */
export type Observe = (name: string, values: Float32Array) => void;

/** relu(a + b), in a new array. */
function addRelu(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((v, i) => Math.max(0, v + b[i]));
}

/** The gradient that passes through the RELU behind an addition. */
function throughRelu(result: Float32Array, dy: Float32Array): Float32Array {
  return dy.map((v, i) => (result[i] > 0 ? v : 0));
}

/**
 * A residual network of six convolutions: a stem, a block with a straight shortcut, and a stride-2 block whose shortcut is a
 * 1x1 convolution; then the average over the map and a fully connected layer. 3.4 million MACs per picture.
 */
export class Network {
  readonly input: MapShape = { height: imageSize, width: imageSize, channels: 3 };
  readonly stem: Convolution;
  readonly a1: Convolution;
  readonly a2: Convolution;
  readonly b1: Convolution;
  readonly b2: Convolution;
  readonly shortcut: Convolution;
  readonly head: Dense;
  private sumA: Float32Array = new Float32Array(0);
  private sumB: Float32Array = new Float32Array(0);

  constructor(random: Random) {
    const conv = (name: string, input: MapShape, channels: number, kernel: number, stride: number, relu: boolean) =>
      new Convolution({ name, input, channels, kernel, stride, relu }, random);
    this.stem = conv('stem', this.input, 16, 3, 1, true);
    this.a1 = conv('block_a/conv1', this.stem.output, 16, 3, 1, true);
    this.a2 = conv('block_a/conv2', this.a1.output, 16, 3, 1, false);
    this.b1 = conv('block_b/conv1', this.a2.output, 32, 3, 2, true);
    this.b2 = conv('block_b/conv2', this.b1.output, 32, 3, 1, false);
    this.shortcut = conv('block_b/shortcut', this.a2.output, 32, 1, 2, false);
    this.head = new Dense(32, classNames.length, random);
  }

  get parameters(): readonly Parameter[] {
    const convolutions = [this.stem, this.a1, this.a2, this.b1, this.b2, this.shortcut];
    return [...convolutions.flatMap((layer) => layer.parameters), this.head.weights, this.head.bias];
  }

  /** The class scores before the softmax, [batch][classes]. `x` is [batch][height][width][3]. */
  forward(x: Float32Array, batch: number, training: boolean, observe: Observe = () => {}): Float32Array {
    const see = (name: string, values: Float32Array): Float32Array => {
      observe(name, values);
      return values;
    };
    const run = (layer: Convolution, input: Float32Array) => see(layer.options.name, layer.forward(input, batch, training));
    const stem = run(this.stem, x);
    this.sumA = see('block_a/add', addRelu(stem, run(this.a2, run(this.a1, stem))));
    const straight = run(this.b2, run(this.b1, this.sumA));
    this.sumB = see('block_b/add', addRelu(run(this.shortcut, this.sumA), straight));
    return see('head', this.head.forward(this.average(this.sumB, batch), batch));
  }

  private average(x: Float32Array, batch: number): Float32Array {
    const { height, width, channels } = this.b2.output;
    const positions = height * width;
    const out = new Float32Array(batch * channels);
    for (let i = 0; i < x.length; i++) out[Math.floor(i / (positions * channels)) * channels + (i % channels)] += x[i] / positions;
    return out;
  }

  /** Back-propagates the gradient of the scores of the last training pass into the parameters' gradients. */
  backward(dScores: Float32Array, batch: number): void {
    const { height, width, channels } = this.b2.output;
    const positions = height * width;
    const dAverage = this.head.backward(dScores, batch);
    const dSumB = new Float32Array(batch * mapSize(this.b2.output));
    for (let i = 0; i < dSumB.length; i++)
      dSumB[i] = dAverage[Math.floor(i / (positions * channels)) * channels + (i % channels)] / positions;
    const dB = throughRelu(this.sumB, dSumB);
    const dLeft = this.shortcut.backward(dB.slice(), batch);
    const dRight = this.b1.backward(this.b2.backward(dB, batch), batch);
    const dA = throughRelu(
      this.sumA,
      dLeft.map((v, i) => v + dRight[i]),
    );
    const dStem = this.a1.backward(this.a2.backward(dA.slice(), batch), batch);
    this.stem.backward(
      dStem.map((v, i) => v + dA[i]),
      batch,
    );
  }
}
