import { type AffineFit, FINAL_SHIFT } from './affine-search.js';
import { padVector } from './conv-epilogue.js';
import { buffer, constant, type EpilogueSteps, type Operand, vector, type VectorStep } from './epilogue.js';
import { type Channel, type LayerFits, type Pieces, pieceBits } from './requant-format.js';

/**
 * The vector operations of a requantization, y = (acc * M + K) >> s for every channel.
 *
 * First the accumulator is clamped to the range in which y changes, which also clamps y. That leaves |acc| < 2^bits.
 *
 * M is cut into pieces of j = 32 - bits signed bits, M = Mh * 2^j + Ml, so that acc * Ml fits 32 bits, and
 *
 *   (acc * M + C * 2^j) >> (24 + j)  =  (acc * Mh + ((acc * Ml) >> j) + C) >> 24      (floor of floor)
 *
 * where the last sum is between -2^31 and 2^31 - 1 because y is an int8: intermediate wrapping is harmless. Two pieces take 9
 * operations per vector, one piece takes 5, three take 13. A step takes 5 more, ties take 5 more.
 */
export function requantSteps(layer: LayerFits, channels: readonly Channel[], zeroPoint: number, length: number): EpilogueSteps {
  const { pieces, form, fits } = layer;
  const w = new StepWriter(length);
  const grain = channels.map((c) => pieceBits(c, pieces));
  const parts = fits.map((f, i) => cut(f.multiplier, grain[i], pieces));
  w.op(
    'clamp_high',
    'acc',
    'min',
    w.column(channels, (c) => c.high),
  );
  w.op(
    'clamp_low',
    'acc',
    'max',
    w.column(channels, (c) => c.low),
  );
  const offset = w.column(fits, (f, i) => wrapped((f.offset >> BigInt(grain[i] * (pieces - 1))) - beforeSteps(f)));
  const temporaries = ['low', 'middle'].slice(0, pieces - 1);
  const shifts = pieces === 1 ? null : w.column(grain, (g) => g);
  for (const [k, name] of temporaries.entries()) {
    w.op(`copy_${name}`, name, 'add', buffer('acc'));
    w.op(
      `multiply_${name}`,
      name,
      'mul',
      w.column(parts, (p) => p[k]),
    );
    if (k > 0) w.op(`carry_${name}`, name, 'add', buffer(temporaries[k - 1]));
    w.op(`shift_${name}`, name, 'shr', shifts as Operand);
  }
  const jumps = Array.from({ length: form.steps }, (_, k) => `step_${k}`);
  for (const [k, name] of jumps.entries()) stepOf(w, fits, k, name);
  w.op(
    'multiply',
    'acc',
    'mul',
    w.column(parts, (p) => p[pieces - 1]),
  );
  if (pieces > 1) w.op('carry', 'acc', 'add', buffer(temporaries[pieces - 2]));
  for (const name of jumps) w.op(`add_${name}`, 'acc', 'add', buffer(name));
  w.op('offset', 'acc', 'add', offset);
  // the first piece has been added: its buffer is free
  const free = temporaries[0] ?? 'tie';
  if (form.ties) tiesOf(w, fits, zeroPoint, free);
  w.op('shift', 'acc', 'shr', constant(FINAL_SHIFT));
  const buffers = new Set([...temporaries, ...jumps, ...(form.ties ? [free] : [])]);
  return { steps: w.steps, temporaries: [...buffers], vectors: w.vectors };
}

/** Collects operations and the vectors that they read. */
class StepWriter {
  readonly steps: VectorStep[] = [];
  readonly vectors: Int32Array[] = [];

  constructor(private readonly length: number) {}

  op(block: string, dst: string, op: VectorStep['op'], src: Operand): void {
    this.steps.push({ block, dst, op, src });
  }

  /** One number of every channel. */
  column<T>(channels: readonly T[], pick: (channel: T, index: number) => number): Operand {
    return vector(this.vectors.push(padVector(channels.map(pick), this.length)) - 1);
  }
}

/** The pieces of M, lowest first; all but the highest signed with `j` bits. */
function cut(multiplier: bigint, j: number, pieces: Pieces): number[] {
  const out: number[] = [];
  let rest = multiplier;
  for (let i = 1; i < pieces; i++) {
    const low = BigInt.asIntN(j, rest);
    out.push(Number(low));
    rest = (rest - low) >> BigInt(j);
  }
  return [...out, wrapped(rest)];
}

/** As the machine's 32 bits hold it. */
const wrapped = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** What the steps of a channel add before they rise. */
const beforeSteps = (f: AffineFit): bigint => f.steps.reduce((sum, s) => sum + BigInt(s.at - 1) * BigInt(s.by), 0n);

/**
 * max(min(acc, at), at - 1) * by: it grows by `by` at the accumulator `at`. What it is before that is taken off K, so products
 * and sums may wrap.
 */
function stepOf(w: StepWriter, fits: readonly AffineFit[], k: number, name: string): void {
  const stepAt = (f: AffineFit) => f.steps[k] ?? { at: 1, by: 0 };
  w.op(`copy_${name}`, name, 'add', buffer('acc'));
  w.op(
    `until_${name}`,
    name,
    'min',
    w.column(fits, (f) => stepAt(f).at),
  );
  w.op(
    `from_${name}`,
    name,
    'max',
    w.column(fits, (f) => stepAt(f).at - 1),
  );
  w.op(
    `multiply_${name}`,
    name,
    'mul',
    w.column(fits, (f) => stepAt(f).by),
  );
}

/** Larger than any piece of a product, and half a level below a multiple of two levels. */
const HALF_BEFORE_EVEN = 2 ** 30 + 2 ** (FINAL_SHIFT + 1) - 2 ** (FINAL_SHIFT - 1);

/**
 * Moves the sum S down by `tie` close to a threshold above an even value (before the zero point), and up close to one above an odd
 * value. S - 2^23, shifted left by 7, is the part of S modulo two levels: close to thresholds it is 2^30 and -2^30 in turn, and
 * shifted right again it is the tie. It grows too slowly elsewhere to matter: the result still grows with S.
 */
function tiesOf(w: StepWriter, fits: readonly AffineFit[], zeroPoint: number, name: string): void {
  const sign = zeroPoint % 2 === 0 ? -1 : 1;
  w.op(
    'half',
    name,
    'max',
    w.column(fits, () => HALF_BEFORE_EVEN),
  );
  w.op('copy_sum', name, 'add', buffer('acc'));
  w.op(
    'parity',
    name,
    'mul',
    w.column(fits, (f) => (f.tie === 0 ? 0 : sign * 2 ** 7)),
  );
  w.op(
    'tie',
    name,
    'shr',
    w.column(fits, (f) => (f.tie === 0 ? 0 : 30 - Math.log2(f.tie))),
  );
  w.op('even', 'acc', 'add', buffer(name));
}
