/** One WaveDrom lane over a window of cycles. */
export interface Lane {
  readonly name: string;
  readonly wave: string;
  readonly data?: readonly string[];
  readonly node?: string;
}

/** A brick of a lane: cycles `[from, to)`, WaveDrom's colour digit (or `0` for a low line), its texts from the longest to the shortest that will do. */
export interface Brick {
  readonly from: number;
  readonly to: number;
  readonly color: string;
  readonly texts: readonly string[];
}

/** Pixels that a letter of WaveDrom's 11 point font takes, and those at a brick's slanted ends. */
export const LETTER = 7.2;
const ENDS = 9;

/** The longest text that fits into so many pixels, or nothing. */
export const fitting = (texts: readonly string[], pixels: number): string => texts.find((t) => t.length * LETTER + ENDS <= pixels) ?? '';

/** How a window is drawn. */
export interface Scale {
  readonly from: number;
  /** One past the last cycle. */
  readonly to: number;
  /** Pixels per cycle. */
  readonly pixels: number;
}

/** Draws bricks, in order of time; what is between them is a low line. */
export function laneOf(name: string, bricks: readonly Brick[], { from, to, pixels }: Scale): Lane {
  const wave: string[] = new Array(to - from).fill('.');
  const data: string[] = [];
  wave[0] = '0';
  let end = from;
  for (const brick of bricks) {
    const [left, right] = [Math.max(from, brick.from), Math.min(to, brick.to)];
    if (left >= right) continue;
    if (left > end) wave[end - from] = '0';
    wave[left - from] = brick.color;
    if (brick.color !== '0') data.push(fitting(brick.texts, (right - left) * pixels));
    end = right;
  }
  if (end < to) wave[end - from] = '0';
  return { name, wave: wave.join(''), data };
}

/** Does a lane show anything? */
export const isQuiet = ({ wave }: Lane): boolean => /^[0.z]*$/.test(wave);

/** Single cycles, each with a number; where they are too narrow for it, the number may reach over free neighbours. */
export function eventLane(name: string, events: readonly (readonly [cycle: number, text: string])[], scale: Scale): Lane {
  const inside = events.filter(([at]) => at >= scale.from && at < scale.to);
  const lane = laneOf(
    name,
    inside.map(([at]) => ({ from: at, to: at + 1, color: '2', texts: [] })),
    scale,
  );
  const data = inside.map(([at, text], i) => {
    const gap = Math.min(at - (inside[i - 1]?.[0] ?? -Infinity), (inside[i + 1]?.[0] ?? Infinity) - at);
    return fitting([text], Math.min(gap * scale.pixels * 1.6, 200) + (gap === 1 ? 0 : 4));
  });
  return { ...lane, data };
}
