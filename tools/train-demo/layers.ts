import { multiply, multiplyTransposedLeft, transpose } from './matrix.js';
import { Normalization } from './normalization.js';
import { Parameter } from './parameter.js';
import type { Random } from './random.js';

/** Height, width and channels of a feature map; data is [batch][height][width][channels]. */
export interface MapShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** What distinguishes one convolution from another. */
export interface ConvolutionOptions {
  readonly name: string;
  readonly input: MapShape;
  readonly channels: number;
  /** Kernel height and width. */
  readonly kernel: number;
  readonly stride: number;
  readonly relu: boolean;
}

/** Values in one feature map. */
export function mapSize(s: MapShape): number {
  return s.height * s.width * s.channels;
}

/**
 * A convolution with SAME padding (the bottom and right get the larger half, as TensorFlow does), batch normalization and an
 * optional RELU. Weights are kept as [kernel row][kernel column][channel in][channel out], so that im2col rows multiply them
 * directly.
 */
export class Convolution {
  readonly weights: Parameter;
  readonly normalization: Normalization;
  readonly output: MapShape;
  private readonly padTop: number;
  private readonly padLeft: number;
  /** The im2col rows of each picture of the batch: small enough for the cache, which a whole batch would not be. */
  private columns: Float32Array[] = [];
  private result = new Float32Array(0);

  constructor(
    readonly options: ConvolutionOptions,
    random: Random,
  ) {
    const { input, channels, kernel, stride } = options;
    this.output = { height: Math.ceil(input.height / stride), width: Math.ceil(input.width / stride), channels };
    const total = (size: number, out: number) => Math.max((out - 1) * stride + kernel - size, 0);
    this.padTop = Math.floor(total(input.height, this.output.height) / 2);
    this.padLeft = Math.floor(total(input.width, this.output.width) / 2);
    const deviation = Math.sqrt(2 / this.patch);
    this.weights = new Parameter(this.patch * channels, () => deviation * random.normal());
    this.normalization = new Normalization(channels);
  }

  get parameters(): readonly Parameter[] {
    return [this.weights, ...this.normalization.parameters];
  }

  /** Numbers in one im2col row. */
  get patch(): number {
    return this.options.kernel ** 2 * this.options.input.channels;
  }

  /** Positions of one output map. */
  private get rows(): number {
    return this.output.height * this.output.width;
  }

  /** Copies the patches of one picture into rows (`gather`), or adds the rows back into the picture. */
  private movePatches(map: Float32Array, columns: Float32Array, gather: boolean): void {
    const { input, kernel, stride } = this.options;
    const { height, width, channels } = input;
    let row = 0;
    for (let at = 0; at < this.rows; at++, row += this.patch) {
      const x = (at % this.output.width) * stride - this.padLeft;
      const y = Math.floor(at / this.output.width) * stride - this.padTop;
      const first = Math.max(0, -x);
      const count = (Math.min(kernel, width - x) - first) * channels;
      for (let ky = Math.max(0, -y); ky < kernel && y + ky < height; ky++) {
        const from = ((y + ky) * width + x + first) * channels;
        const to = row + (ky * kernel + first) * channels;
        if (gather) for (let i = 0; i < count; i++) columns[to + i] = map[from + i];
        else for (let i = 0; i < count; i++) map[from + i] += columns[to + i];
      }
    }
  }

  /** The layer's output, [batch][output height][output width][channels]; `training` uses and keeps the batch's statistics. */
  forward(x: Float32Array, batch: number, training: boolean): Float32Array {
    const { rows, patch } = this;
    const n = this.output.channels;
    const pixels = mapSize(this.options.input);
    const y = new Float32Array(batch * rows * n);
    this.columns = [];
    for (let b = 0; b < batch; b++) {
      const columns = new Float32Array(rows * patch);
      this.movePatches(x.subarray(b * pixels, (b + 1) * pixels), columns, true);
      multiply(columns, this.weights.value, y.subarray(b * rows * n, (b + 1) * rows * n), rows, patch, n);
      this.columns.push(columns);
    }
    this.normalization.forward(y, training);
    if (this.options.relu) for (let i = 0; i < y.length; i++) if (y[i] < 0) y[i] = 0;
    this.result = y;
    return y;
  }

  /** Adds to the parameters' gradients and returns the gradient of the input; `dy` is changed in place. */
  backward(dy: Float32Array, batch: number): Float32Array {
    const { rows, patch } = this;
    const n = this.output.channels;
    if (this.options.relu) for (let i = 0; i < dy.length; i++) if (this.result[i] <= 0) dy[i] = 0;
    this.normalization.backward(dy);
    const pixels = mapSize(this.options.input);
    const dx = new Float32Array(batch * pixels);
    const turned = transpose(this.weights.value, patch, n);
    for (let b = 0; b < batch; b++) {
      const part = dy.subarray(b * rows * n, (b + 1) * rows * n);
      multiplyTransposedLeft(this.columns[b], part, this.weights.gradient, rows, patch, n);
      const dColumns = new Float32Array(rows * patch);
      multiply(part, turned, dColumns, rows, n, patch);
      this.movePatches(dx.subarray(b * pixels, (b + 1) * pixels), dColumns, false);
    }
    return dx;
  }
}

/** A fully connected layer without activation; weights are kept as [in][out]. */
export class Dense {
  readonly weights: Parameter;
  readonly bias: Parameter;
  private source: Float32Array = new Float32Array(0);

  constructor(
    readonly inputs: number,
    readonly outputs: number,
    random: Random,
  ) {
    this.weights = new Parameter(inputs * outputs, () => random.normal() / Math.sqrt(inputs));
    this.bias = new Parameter(outputs, () => 0);
  }

  forward(x: Float32Array, batch: number): Float32Array {
    this.source = x;
    const y = new Float32Array(batch * this.outputs);
    for (let b = 0; b < batch; b++) y.set(this.bias.value, b * this.outputs);
    multiply(x, this.weights.value, y, batch, this.inputs, this.outputs);
    return y;
  }

  backward(dy: Float32Array, batch: number): Float32Array {
    for (let i = 0; i < dy.length; i++) this.bias.gradient[i % this.outputs] += dy[i];
    multiplyTransposedLeft(this.source, dy, this.weights.gradient, batch, this.inputs, this.outputs);
    const dx = new Float32Array(batch * this.inputs);
    multiply(dy, transpose(this.weights.value, this.inputs, this.outputs), dx, batch, this.outputs, this.inputs);
    return dx;
  }
}
