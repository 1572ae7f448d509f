import { Parameter } from './parameter.js';

const epsilon = 1e-3;
const momentum = 0.95;

/** Batch normalization over the last dimension (Ioffe and Szegedy, 2015), in place. */
export class Normalization {
  readonly gain: Parameter;
  readonly shift: Parameter;
  /** Running estimates, used outside training and folded into the weights when the model is written. */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  private normalized = new Float32Array(0);
  private deviation = new Float64Array(0);

  constructor(readonly channels: number) {
    this.gain = new Parameter(channels, () => 1);
    this.shift = new Parameter(channels, () => 0);
    this.mean = new Float32Array(channels);
    this.variance = new Float32Array(channels).fill(1);
  }

  get parameters(): readonly Parameter[] {
    return [this.gain, this.shift];
  }

  /** What the folded convolution multiplies channel `c` by and adds to it. */
  folded(c: number): { readonly scale: number; readonly offset: number } {
    const scale = this.gain.value[c] / Math.sqrt(this.variance[c] + epsilon);
    return { scale, offset: this.shift.value[c] - this.mean[c] * scale };
  }

  forward(x: Float32Array, training: boolean): void {
    const n = this.channels;
    if (!training) {
      const fold = Array.from({ length: n }, (_, c) => this.folded(c));
      for (let i = 0; i < x.length; i++) x[i] = x[i] * fold[i % n].scale + fold[i % n].offset;
      return;
    }
    const { mean, variance } = statistics(x, n);
    this.deviation = variance.map((v) => Math.sqrt(v + epsilon));
    this.normalized = new Float32Array(x.length);
    for (let i = 0, c = 0; i < x.length; i++, c = c + 1 === n ? 0 : c + 1) {
      this.normalized[i] = (x[i] - mean[c]) / this.deviation[c];
      x[i] = this.normalized[i] * this.gain.value[c] + this.shift.value[c];
    }
    for (let c = 0; c < n; c++) {
      this.mean[c] = momentum * this.mean[c] + (1 - momentum) * mean[c];
      this.variance[c] = momentum * this.variance[c] + (1 - momentum) * variance[c];
    }
  }

  /** Turns the gradient of the output into the gradient of the input, in place. */
  backward(dy: Float32Array): void {
    const n = this.channels;
    const rows = dy.length / n;
    const sum = new Float64Array(n);
    const product = new Float64Array(n);
    for (let i = 0, c = 0; i < dy.length; i++, c = c + 1 === n ? 0 : c + 1) {
      sum[c] += dy[i];
      product[c] += dy[i] * this.normalized[i];
    }
    for (let c = 0; c < n; c++) {
      this.shift.gradient[c] += sum[c];
      this.gain.gradient[c] += product[c];
    }
    for (let i = 0, c = 0; i < dy.length; i++, c = c + 1 === n ? 0 : c + 1) {
      dy[i] = (this.gain.value[c] / this.deviation[c]) * (dy[i] - sum[c] / rows - (this.normalized[i] * product[c]) / rows);
    }
  }
}

function statistics(x: Float32Array, n: number): { mean: Float64Array<ArrayBuffer>; variance: Float64Array<ArrayBuffer> } {
  const mean = new Float64Array(n);
  const variance = new Float64Array(n);
  const rows = x.length / n;
  for (let i = 0; i < x.length; i++) mean[i % n] += x[i] / rows;
  for (let i = 0; i < x.length; i++) variance[i % n] += (x[i] - mean[i % n]) ** 2 / rows;
  return { mean, variance };
}
