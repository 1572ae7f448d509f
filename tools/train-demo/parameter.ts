/** A learned tensor with its gradient. */
export class Parameter {
  readonly value: Float32Array;
  readonly gradient: Float32Array;

  constructor(size: number, init: () => number) {
    this.value = Float32Array.from({ length: size }, init);
    this.gradient = new Float32Array(size);
  }
}
