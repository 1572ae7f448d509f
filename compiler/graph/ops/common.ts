/** Attributes and shape arithmetic that several operators share. */
import type { AttrSpec } from '../attrs.js';
import { isNormal } from '../types.js';
import type { Refuse } from './row.js';

/** Where requantization rounds; see runtime/host/requantize-rules.ts. */
export const ROUNDINGS = ['reference', 'single', 'double'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

export const outScale = { kind: 'float', doc: 'scale of the output (float32)' } as const satisfies AttrSpec;
export const outZeroPoint = { kind: 'int', doc: 'zero point of the output' } as const satisfies AttrSpec;
export const clamp = {
  kind: 'ints',
  length: 2,
  doc: 'smallest and largest stored output value',
  default: [-128, 127],
} as const satisfies AttrSpec;
export const rounding = {
  kind: 'enum',
  values: ROUNDINGS,
  doc: 'rounding profile of the requantization',
  default: 'reference',
} as const satisfies AttrSpec;
export const stride = { kind: 'ints', length: 2, doc: 'rows, columns', default: [1, 1] } as const satisfies AttrSpec;
export const dilation = { kind: 'ints', length: 2, doc: 'rows, columns', default: [1, 1] } as const satisfies AttrSpec;
export const padding = { kind: 'ints', length: 4, doc: 'top, left, bottom, right', default: [0, 0, 0, 0] } as const satisfies AttrSpec;

/** Output rows and columns of a sliding window; refuses windows that do not fit. */
export function windowShape(
  input: readonly [h: number, w: number],
  kernel: readonly [h: number, w: number],
  attrs: { readonly stride: readonly number[]; readonly dilation?: readonly number[]; readonly padding: readonly number[] },
  refuse: Refuse,
): readonly [h: number, w: number] {
  const { stride: s, padding: p, dilation: d = [1, 1] } = attrs;
  if (s.some((v) => v < 1)) refuse(`stride [${s}] must be at least 1`);
  if (d.some((v) => v < 1)) refuse(`dilation [${d}] must be at least 1`);
  if (p.some((v) => v < 0)) refuse(`padding [${p}] must not be negative`);
  if (kernel.some((v) => v < 1)) refuse(`the window [${kernel}] must be at least 1x1`);
  const extent = (axis: 0 | 1): number => {
    const reach = (kernel[axis] - 1) * d[axis] + 1;
    const room = input[axis] + p[axis] + p[axis + 2] - reach;
    if (room < 0)
      refuse(`a window of ${reach} does not fit into ${input[axis]} + ${p[axis]} + ${p[axis + 2]} ${axis ? 'columns' : 'rows'}`);
    return Math.floor(room / s[axis]) + 1;
  };
  return [extent(0), extent(1)];
}

/** Refuses clamps and zero points that are not int8. */
export function checkOutput(
  attrs: { readonly outZeroPoint?: number; readonly outScale?: number; readonly clamp?: readonly number[] },
  refuse: Refuse,
): void {
  const { clamp: c, outZeroPoint: z, outScale: s } = attrs;
  if (c !== undefined && !(c[0] >= -128 && c[0] <= c[1] && c[1] <= 127)) refuse(`clamp [${c}] must be an interval within -128..127`);
  if (z !== undefined && !(z >= -128 && z <= 127)) refuse(`outZeroPoint ${z} is not an int8 value`);
  if (s !== undefined && !isNormal(s)) refuse(`outScale ${s} is not a positive float32 number, or denormal`);
}
