import { kernel, words } from './matrix-kernel.js';

/**
 * c[m][n] += a[m][k] * b[k][n], all row-major. Where n is a multiple of 16 the work is done by the SIMD kernel, on copies in
 * its memory.
 */
export function multiply(a: Float32Array, b: Float32Array, c: Float32Array, m: number, k: number, n: number): void {
  if (n % 16 === 0) {
    const [atB, atC] = [m * k, m * k + k * n];
    words.set(a, 0);
    words.set(b, atB);
    words.set(c, atC);
    kernel(0, 4 * atB, 4 * atC, m, k, n);
    c.set(words.subarray(atC, atC + m * n));
    return;
  }
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] += sum;
    }
  }
}

/** c[k][n] += transpose(a[m][k]) * b[m][n] */
export function multiplyTransposedLeft(a: Float32Array, b: Float32Array, c: Float32Array, m: number, k: number, n: number): void {
  multiply(transpose(a, m, k), b, c, k, m, n);
}

/** transpose(a[m][n]) as [n][m] */
export function transpose(a: Float32Array, m: number, n: number): Float32Array {
  const out = new Float32Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j];
  return out;
}
