import { withCommas } from '#isa/diag/numbers';
import { ALU_SEMANTICS } from '#isa/semantics/alu';
import { requantize } from '#isa/semantics/requantize';
import { rqImmediate } from '../tir/interpret.js';
import type { EpilogueSteps, Exactness, VectorStep } from './epilogue.js';
import { reachable, type Staircase, staircaseOf, type Thresholds, thresholdsOf } from './rounding.js';
import type { ConvSpec, Rounding } from './spec.js';

/** Of operations that are the rounding profile's own definition: there is nothing to count. */
export const BY_DEFINITION: Exactness = { channels: 0, inexactChannels: 0, reachable: 0, different: 0, largest: 0 };

export const isExact = (e: Exactness): boolean => e.different === 0;

/** What the user should know about a layer whose results can differ from its rounding profile. */
export function exactnessNotes(e: Exactness, rounding: Rounding): string[] {
  if (isExact(e)) return [];
  const values = `${withCommas(e.different)} of ${withCommas(e.reachable)} possible accumulator values`;
  const gives = e.different === 1 ? 'gives another result' : 'give another result';
  const much = e.largest === 1 ? 'by 1' : `by up to ${e.largest}`;
  return [
    `not exact: ${values} ${gives} than the ${rounding} rounding (${much}, in ${e.inexactChannels} of ${e.channels} channels). At the model's output the difference can be larger. vta compile --exact avoids it.`,
  ];
}

/** Why a layer is left to the host where only exact code is accepted. */
export const noExactSequence = (e: Exactness, rounding: Rounding): string =>
  `no sequence of MIN, MAX, MUL, ADD and SHR that the compiler knows is exact: in ${e.inexactChannels} of ${e.channels} channels, ${withCommas(e.different)} of ${withCommas(e.reachable)} possible accumulator values would differ from the ${rounding} rounding`;

/** What the steps make of an accumulator (without bias) of a channel: the machine's own operations, which wrap at 32 bits. */
export function interpretSteps({ steps, temporaries, vectors }: EpilogueSteps, channel: number): Staircase {
  const buffers = ['acc', ...temporaries];
  const values = new Int32Array(buffers.length);
  const run = steps.map((s) => {
    const dst = buffers.indexOf(s.dst);
    const from = s.src.kind === 'buffer' ? buffers.indexOf(s.src.name) : -1;
    const fixed = s.src.kind === 'const' ? s.src.value : s.src.kind === 'vector' ? vectors[s.src.vector][channel] : 0;
    const op = operation(s);
    return () => {
      values[dst] = op(values[dst], from < 0 ? fixed : values[from]);
    };
  });
  return (acc) => {
    values.fill(0);
    values[0] = acc;
    for (const step of run) step();
    return values[0];
  };
}

function operation({ op, rq }: VectorStep): (x: number, y: number) => number {
  if (op !== 'rq') return ALU_SEMANTICS[op.toUpperCase() as keyof typeof ALU_SEMANTICS];
  if (rq === undefined) throw new Error('internal error: an rq step without parameters');
  const immediate = rqImmediate(rq);
  return (x, y) => requantize(x, y, immediate, rq.relu);
}

/**
 * Compares an epilogue with the rounding profile of its layer by running its steps. Both grow with the accumulator, so the two
 * values on either side of each threshold decide about all accumulators in between; where one differs, the thresholds of the
 * steps are searched for and the accumulators between the two are counted.
 */
export function measureExactness(spec: ConvSpec, steps: EpilogueSteps): Exactness {
  let [inexactChannels, total, different, largest] = [0, 0, 0, 0];
  for (let c = 0; c < spec.output.channels; c++) {
    const [low, high] = reachable(spec, c);
    const run = interpretSteps(steps, c);
    const got: Staircase = (acc) => run((acc - spec.bias[c]) | 0);
    const want = thresholdsOf(staircaseOf(spec, c), low, high);
    total += high - low + 1;
    if (agrees(got, want, low, high)) continue;
    const d = differences(want, thresholdsOf(got, low, high), low, high);
    inexactChannels++;
    different += d.count;
    largest = Math.max(largest, d.largest);
  }
  return { channels: spec.output.channels, inexactChannels, reachable: total, different, largest };
}

function agrees(f: Staircase, { bottom, first }: Thresholds, low: number, high: number): boolean {
  if (f(low) !== bottom || f(high) !== bottom + first.length) return false;
  return first.every((acc, i) => f(acc - 1) === bottom + i && f(acc) === bottom + i + 1);
}

/** Accumulators low..high on which two staircases differ, and by how much at most. */
function differences(a: Thresholds, b: Thresholds, low: number, high: number): { readonly count: number; readonly largest: number } {
  let [i, j, at, count, largest] = [0, 0, low, 0, 0];
  while (at <= high) {
    while (a.first[i] <= at) i++;
    while (b.first[j] <= at) j++;
    const next = Math.min(a.first[i] ?? high + 1, b.first[j] ?? high + 1);
    const difference = Math.abs(a.bottom + i - (b.bottom + j));
    if (difference > 0) count += next - at;
    largest = Math.max(largest, difference);
    at = next;
  }
  return { count, largest };
}
