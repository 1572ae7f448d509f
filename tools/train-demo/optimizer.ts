import type { Parameter } from './parameter.js';

/** Adam (Kingma and Ba, 2014) with decoupled weight decay; clears the gradients after each step. */
export class Adam {
  private readonly first: Float32Array[];
  private readonly second: Float32Array[];
  private steps = 0;

  constructor(
    private readonly parameters: readonly Parameter[],
    private readonly decay = 1e-4,
  ) {
    this.first = parameters.map((p) => new Float32Array(p.value.length));
    this.second = parameters.map((p) => new Float32Array(p.value.length));
  }

  step(rate: number): void {
    this.steps++;
    const scale1 = 1 / (1 - 0.9 ** this.steps);
    const scale2 = 1 / (1 - 0.999 ** this.steps);
    this.parameters.forEach(({ value, gradient }, index) => {
      const m = this.first[index];
      const v = this.second[index];
      for (let i = 0; i < value.length; i++) {
        const g = gradient[i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        value[i] -= rate * ((m[i] * scale1) / (Math.sqrt(v[i] * scale2) + 1e-8) + this.decay * value[i]);
      }
      gradient.fill(0);
    });
  }
}
