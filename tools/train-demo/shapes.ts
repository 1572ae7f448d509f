import type { Random } from './random.js';

/** Width and height of the images, in pixels. */
export const imageSize = 20;
/** Bytes of one image: rows, columns, red-green-blue. */
export const imageBytes = imageSize * imageSize * 3;

/** How a pixel p (0 to 255) enters the network: (p - pixelMean) / pixelDeviation. */
export const pixelMean = 118;
export const pixelDeviation = 64;

/** The classes, in the order of the network's outputs. */
export const classNames = ['disc', 'ring', 'square', 'triangle', 'cross', 'bars'] as const;

/** One generated picture with the number of its class. */
export interface Picture {
  /** [imageSize][imageSize][3], 0 to 255. */
  readonly pixels: Uint8Array;
  readonly label: number;
}

/** Tells whether a point is inside the shape of radius 1 around the origin. */
type Inside = (x: number, y: number) => boolean;

const shapes: Record<(typeof classNames)[number], Inside> = {
  disc: (x, y) => x * x + y * y <= 0.85,
  ring: (x, y) => x * x + y * y <= 1 && x * x + y * y >= 0.36,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.78,
  triangle: (x, y) => y <= 0.6 && y >= -1 + Math.abs(x) * Math.sqrt(3),
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.27 && Math.max(Math.abs(x), Math.abs(y)) <= 1,
  bars: (x, y) => Math.abs(x) <= 1 && Math.abs(y) <= 0.9 && Math.abs(Math.abs(x) - 0.62) <= 0.3,
};

function colour(random: Random): number[] {
  return [random.uniform(20, 235), random.uniform(20, 235), random.uniform(20, 235)];
}

/** A colour that differs from `other` by at least 70 steps on average over the three channels. */
function contrasting(random: Random, other: readonly number[]): number[] {
  for (;;) {
    const c = colour(random);
    if (c.reduce((sum, v, i) => sum + Math.abs(v - other[i]), 0) >= 210) return c;
  }
}

/** Share of the pixel at (column, row) that the shape covers, from a 3x3 grid of samples. */
function coverage(inside: Inside, column: number, row: number, place: readonly number[]): number {
  const [cx, cy, radius, cos, sin] = place;
  let hits = 0;
  for (let s = 0; s < 9; s++) {
    const dx = (column + ((s % 3) + 0.5) / 3 - cx) / radius;
    const dy = (row + (Math.floor(s / 3) + 0.5) / 3 - cy) / radius;
    if (inside(dx * cos + dy * sin, dy * cos - dx * sin)) hits++;
  }
  return hits / 9;
}

/** A shape of random size, place, turn and colour over a sloping background, with noise on every pixel. */
export function drawPicture(random: Random, label = random.below(classNames.length)): Picture {
  const background = colour(random);
  const foreground = contrasting(random, background);
  const slopeX = random.uniform(-2, 2);
  const slopeY = random.uniform(-2, 2);
  const noise = random.uniform(3, 14);
  const radius = random.uniform(0.29, 0.46) * imageSize;
  const turn = random.uniform(-0.35, 0.35);
  const margin = radius * 0.9;
  const place = [
    random.uniform(margin, imageSize - margin),
    random.uniform(margin, imageSize - margin),
    radius,
    Math.cos(turn),
    Math.sin(turn),
  ];
  const inside = shapes[classNames[label]];
  const pixels = new Uint8Array(imageBytes);
  for (let row = 0, at = 0; row < imageSize; row++) {
    for (let column = 0; column < imageSize; column++) {
      const share = coverage(inside, column, row, place);
      const slope = slopeX * (column - imageSize / 2) + slopeY * (row - imageSize / 2);
      for (let c = 0; c < 3; c++, at++) {
        const value = (background[c] + slope) * (1 - share) + foreground[c] * share + noise * random.normal();
        pixels[at] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return { pixels, label };
}
