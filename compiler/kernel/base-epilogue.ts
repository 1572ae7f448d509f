import type { VtaConfig } from '#isa/config/config';
import { type AffineFit, type FitForm, findShape, fitExactly, fitNearest, fitShape, prepareFit, type Shape } from './affine-search.js';
import { paddedChannels } from './conv-epilogue.js';
import type { Epilogue } from './epilogue.js';
import { isExact, measureExactness } from './exactness.js';
import { type Channel, formatOf, type LayerFits, type Pieces } from './requant-format.js';
import { requantSteps } from './requant-steps.js';
import { reachable, staircaseOf, thresholdsOf } from './rounding.js';
import type { ConvSpec } from './spec.js';

/**
 * Requantization with MIN, MAX, MUL, ADD and SHR only: the numbers of every channel, and the shortest sequence (requant-steps.ts)
 * that is right in as many channels as possible. With `exact`, one that is right in all of them, if there is one. Null where no
 * sequence is right even at the ends of the range.
 */
export function baseEpilogue(spec: ConvSpec, config: VtaConfig, exact = false): Epilogue | null {
  const channels = Array.from({ length: spec.output.channels }, (_, c) => channelOf(spec, c));
  const length = paddedChannels(spec, config);
  const plain = plainFits(channels);
  const shortest = plain === null ? null : measured(spec, plain, channels, length);
  if (!exact || (shortest !== null && isExact(shortest.exactness))) return shortest;
  const needed = channelsInNeed(channels);
  for (const fits of exactFits(channels, needed)) {
    const epilogue = measured(spec, fits, channels, length);
    if (isExact(epilogue.exactness)) return { ...epilogue, remarks: [longerText(fits.form, epilogue, shortest, needed)] };
  }
  return shortest;
}

/** What `--explain` says of a sequence that was made longer. */
function longerText({ ties, steps }: FitForm, longer: Epilogue, shortest: Epilogue | null, needed: readonly boolean[]): string {
  const additions = [...(ties ? ['a correction of ties'] : []), ...(steps > 0 ? [steps === 1 ? 'a second offset' : 'three offsets'] : [])];
  const instead = shortest === null ? '' : ` instead of ${shortest.steps.length}`;
  const channels = `${needed.filter((n) => n).length} of ${needed.length} channels need ${additions.join(' and ')}`;
  return `exact with ${longer.steps.length} vector operations${instead}: ${channels}`;
}

function channelOf(spec: ConvSpec, c: number): Channel {
  const [low, high] = reachable(spec, c);
  const withBias = thresholdsOf(staircaseOf(spec, c), low, high);
  const bias = spec.bias[c];
  const thresholds = { bottom: withBias.bottom, first: withBias.first.map((t) => t - bias) };
  const n = thresholds.first.length;
  const range = n === 0 ? [0, 0] : [thresholds.first[0] - 1, thresholds.first[n - 1]];
  const magnitude = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  return {
    staircase: prepareFit(thresholds, spec.requant.scales[c], spec.requant.zeroPoint),
    low: range[0],
    high: range[1],
    bits: magnitude === 0 ? 0 : Math.floor(Math.log2(magnitude)) + 1,
  };
}

const PIECES: readonly Pieces[] = [1, 2, 3];
const PLAIN: FitForm = { ties: false, steps: 0 };

/** The fits of as few pieces as are right in as many channels as possible; the others have right ends. Null where there are none. */
function plainFits(channels: readonly Channel[]): LayerFits | null {
  const attempts: { readonly pieces: Pieces; readonly fits: readonly (AffineFit | null)[]; readonly inexact: number }[] = [];
  for (const pieces of PIECES) {
    const fits = channels.map((c) => fitExactly(c.staircase, formatOf(c, pieces)));
    const inexact = fits.filter((f) => f === null).length;
    attempts.push({ pieces, fits, inexact });
    if (inexact === 0) break;
  }
  for (const { pieces, fits } of attempts.sort((a, b) => a.inexact - b.inexact)) {
    const all = fits.map((f, i) => f ?? fitNearest(channels[i].staircase, formatOf(channels[i], pieces)));
    if (all.every((f) => f !== null)) return { pieces, form: PLAIN, fits: all };
  }
  return null;
}

/** Additions in the order of what they cost. */
const FORMS: readonly FitForm[] = [
  { ties: true, steps: 0 },
  { ties: false, steps: 1 },
  { ties: true, steps: 1 },
  { ties: false, steps: 2 },
  { ties: true, steps: 2 },
];

/** Which channels no sequence without additions is right for. */
const channelsInNeed = (channels: readonly Channel[]): readonly boolean[] =>
  channels.map((c) => PIECES.every((p) => fitExactly(c.staircase, formatOf(c, p)) === null));

/** Fits that floating point finds right in all channels, cheapest first; channels that need no additions have none. */
function* exactFits(channels: readonly Channel[], needed: readonly boolean[]): Generator<LayerFits> {
  for (const form of FORMS) {
    const shapes = shapesOf(form, channels, needed);
    if (shapes === null) continue;
    for (const pieces of PIECES) {
      const fits = channels.map((c, i) => {
        const [shape, format] = [shapes[i], formatOf(c, pieces)];
        return fitExactly(c.staircase, format) ?? (shape === null ? null : fitShape(c.staircase, shape, format));
      });
      if (fits.every((f) => f !== null)) yield { pieces, form, fits };
    }
  }
}

/** The shapes of the channels that need one, or null where one of them has none. */
function shapesOf(form: FitForm, channels: readonly Channel[], needed: readonly boolean[]): (Shape | null)[] | null {
  const shapes: (Shape | null)[] = [];
  for (const [i, c] of channels.entries()) {
    const shape = needed[i] ? findShape(form, c.staircase) : null;
    if (needed[i] && shape === null) return null;
    shapes.push(shape);
  }
  return shapes;
}

function measured(spec: ConvSpec, fits: LayerFits, channels: readonly Channel[], length: number): Epilogue {
  const steps = requantSteps(fits, channels, spec.requant.zeroPoint, length);
  return { ...steps, exactness: measureExactness(spec, steps), remarks: [] };
}
