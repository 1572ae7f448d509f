/** int8 addition of two tensors, each with its own scale and zero point; shapes that differ are broadcast. */
import { sizeOf, type Tensor } from '../tensor.js';
import { broadcast, broadcastShape } from './broadcast.js';
import { Operands, int8Tensor } from './operands.js';
import type { HostOperator } from './operator.js';
import { fixedMultiplier, floorLog2, multiplyDouble, multiplySingle, roundTiesToEven, type Rounding } from './requantize-rules.js';

/** y = clamp(((constant + a * mulA + b * mulB) >> shift) + zeroPoint): the reference (delegate) addition, all in int32. */
export interface AddParameters {
  readonly mulA: number;
  readonly mulB: number;
  readonly constant: number;
  readonly shift: number;
}

export interface AddScales {
  readonly aScale: number;
  readonly aZeroPoint: number;
  readonly bScale: number;
  readonly bZeroPoint: number;
  readonly outputScale: number;
}

/**
 * Integer parameters of the reference addition. null where an input's scale is not within 2^-10 .. 2^8 of the output's: the
 * delegate leaves such additions to the built-in kernel (rounding profile `double`).
 */
export function addParameters(s: AddScales): AddParameters | null {
  const ra = Math.fround(s.aScale / s.outputScale);
  const rb = Math.fround(s.bScale / s.outputScale);
  const inRange = (r: number): boolean => r >= 2 ** -10 && r < 2 ** 8;
  if (!inRange(ra) || !inRange(rb)) return null;
  const shift = 20 - floorLog2(Math.max(ra, rb));
  const mulA = roundTiesToEven(ra * 2 ** shift);
  const mulB = roundTiesToEven(rb * 2 ** shift);
  return { mulA, mulB, shift, constant: (2 ** (shift - 1) - mulA * s.aZeroPoint - mulB * s.bZeroPoint) | 0 };
}

type Sum = (a: number, b: number) => number;

/** The built-in kernel's rule: both inputs scaled to a common scale with 20 fraction bits, added, scaled to the output. */
function builtinSum(s: AddScales, rounding: Exclude<Rounding, 'reference'>): Sum {
  const multiply = rounding === 'single' ? multiplySingle : multiplyDouble;
  const twice = 2 * Math.max(s.aScale, s.bScale);
  const ma = fixedMultiplier(s.aScale / twice);
  const mb = fixedMultiplier(s.bScale / twice);
  const mo = fixedMultiplier(twice / (2 ** 20 * s.outputScale));
  // each input takes only 256 values
  const table = (z: number, m: typeof ma): Int32Array => Int32Array.from({ length: 256 }, (_, i) => multiply((i - 128 - z) * 2 ** 20, m));
  const ta = table(s.aZeroPoint, ma);
  const tb = table(s.bZeroPoint, mb);
  return (a, b) => multiply((ta[a + 128] + tb[b + 128]) | 0, mo);
}

function referenceSum({ mulA, mulB, constant, shift }: AddParameters): Sum {
  return (a, b) => (constant + Math.imul(a, mulA) + Math.imul(b, mulB)) >> shift;
}

function run(inputs: readonly Tensor[], attrs: Parameters<HostOperator['run']>[1]): Tensor {
  const o = new Operands('add', inputs, attrs);
  const a = o.tensor(0, 'int8');
  const b = o.tensor(1, 'int8');
  const shape = broadcastShape(a.shape, b.shape) ?? o.fail(`shapes [${a.shape}] and [${b.shape}] do not fit together`);
  const scales: AddScales = {
    aScale: o.number('aScale'),
    aZeroPoint: o.int8('aZeroPoint'),
    bScale: o.number('bScale'),
    bZeroPoint: o.int8('bZeroPoint'),
    outputScale: o.number('outputScale'),
  };
  const rounding = o.rounding();
  const reference = rounding === 'reference' ? addParameters(scales) : null;
  const sum = reference !== null ? referenceSum(reference) : builtinSum(scales, rounding === 'single' ? 'single' : 'double');
  const zero = o.int8('outputZeroPoint');
  const [lo, hi] = o.clamp();
  const [x1, x2] = [a, b].map((t) => broadcast(t.data, t.shape, shape));
  const y = new Int8Array(sizeOf(shape));
  for (let i = 0; i < y.length; i++) {
    const v = sum(x1[i], x2[i]) + zero;
    y[i] = v < lo ? lo : v > hi ? hi : v;
  }
  return int8Tensor(shape, y);
}

export const add: HostOperator = { run };
