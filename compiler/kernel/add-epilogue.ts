import type { VtaConfig } from '#isa/config/config';
import { float32ToBits, requantize } from '#isa/semantics/requantize';
import { rqImmediate } from '../tir/interpret.js';
import { buffer, constant, type Epilogue, type Operand, vector, type VectorStep } from './epilogue.js';
import { BY_DEFINITION } from './exactness.js';
import type { AddSpec } from './spec.js';

const INT8 = Array.from({ length: 256 }, (_, i) => i - 128);

/** The result of the definition for one pair of inputs. */
const exact = (s: AddSpec, a: number, b: number): number =>
  Math.max(s.lo, Math.min(s.hi, ((s.constant + a * s.mulA + b * s.mulB) >> s.shift) + s.zeroPoint));

/** Steps on `acc` (first input) and `other` (second input), 7 vector operations; 5 where the extension's RQ gives the same result. */
export function addEpilogue(spec: AddSpec, config: VtaConfig): Epilogue {
  const nudged = config.extension ? extensionConstant(spec) : null;
  const vectors: Int32Array[] = [];
  const number = (value: number): Operand =>
    value >= -32768 && value <= 32767 ? constant(value) : vector(vectors.push(new Int32Array(config.blockOut).fill(value)) - 1);
  const always = (value: number) => vector(vectors.push(new Int32Array(config.blockOut).fill(value)) - 1);
  const step = (block: string, op: VectorStep['op'], src: Operand, rq?: VectorStep['rq']): VectorStep => ({
    block,
    dst: 'acc',
    op,
    src,
    rq,
  });
  const steps: VectorStep[] = [
    { block: 'scale_other', dst: 'other', op: 'mul', src: number(spec.mulB) },
    step('scale', 'mul', number(spec.mulA)),
    step('sum', 'add', buffer('other')),
  ];
  if (nudged !== null) {
    steps.push(step('offset', 'add', number(nudged)), step('requant', 'rq', always(float32ToBits(2 ** -spec.shift)), rqOf(spec)));
    if (!(spec.lo === -128 || spec.lo === spec.zeroPoint)) steps.push(step('clamp_low', 'max', constant(spec.lo)));
  } else steps.push(...shiftSteps(spec, number));
  return { steps, temporaries: ['other'], vectors, shared: true, exactness: BY_DEFINITION, remarks: [] };
}

function shiftSteps(spec: AddSpec, number: (value: number) => Operand): VectorStep[] {
  const step = (block: string, op: VectorStep['op'], src: Operand): VectorStep => ({ block, dst: 'acc', op, src });
  // adding the zero point before the shift saves an operation, where the sum stays within 32 bits
  const folded = spec.constant + spec.zeroPoint * 2 ** spec.shift;
  const reach = 128 * (Math.abs(spec.mulA) + Math.abs(spec.mulB)) + Math.abs(folded);
  const fold = reach < 2 ** 31;
  const out = [step('offset', 'add', number(fold ? folded : spec.constant)), step('shift', 'shr', constant(spec.shift))];
  if (!fold) out.push(step('zero_point', 'add', constant(spec.zeroPoint)));
  return [...out, step('clamp_low', 'max', constant(spec.lo)), step('clamp_high', 'min', constant(spec.hi))];
}

const rqOf = (spec: AddSpec) => ({ zeroPoint: spec.zeroPoint, hi: spec.hi, relu: spec.lo === spec.zeroPoint ? 1 : 0 }) as const;

const MAX_NUDGE = 200;

/**
 * A constant with which RQ (float32, ties to even) computes the addition exactly for all 65,536 pairs of inputs, or null.
 * floor(s / 2^k) is the rounding of (s - 2^(k-1)) / 2^k but for ties and for sums beyond 24 bits, which float32 rounds;
 * a small nudge of the constant moves the few sums near a step to the right side.
 */
export function extensionConstant(spec: AddSpec): number | null {
  const imm = rqImmediate(rqOf(spec));
  const relu = rqOf(spec).relu;
  const scale = float32ToBits(2 ** -spec.shift);
  const base = spec.constant - 2 ** (spec.shift - 1);
  const isRight = (a: number, b: number, nudge: number): boolean =>
    Math.max(spec.lo, requantize((base + nudge + a * spec.mulA + b * spec.mulB) | 0, scale, imm, relu)) === exact(spec, a, b);
  // what one constant gets wrong, the next often does too
  const hard: (readonly [number, number])[] = [];
  for (let i = 0; i <= 2 * MAX_NUDGE; i++) {
    const nudge = i % 2 === 0 ? i / 2 : -(i + 1) / 2;
    if (!hard.every(([a, b]) => isRight(a, b, nudge))) continue;
    const wrong = firstPair((a, b) => !isRight(a, b, nudge));
    if (wrong === null) return base + nudge;
    hard.push(wrong);
  }
  return null;
}

/** The first pair of int8 for which something holds. */
function firstPair(holds: (a: number, b: number) => boolean): readonly [number, number] | null {
  for (const a of INT8) for (const b of INT8) if (holds(a, b)) return [a, b];
  return null;
}
