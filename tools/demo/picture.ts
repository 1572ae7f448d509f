/** Red, green and blue (0 to 255) of the pixel at `index` of an int8 picture that holds pixel - 128. */
const colourAt = (pixels: Int8Array, index: number): number[] => [0, 1, 2].map((c) => pixels[3 * index + c] + 128);

/** Two pixels per character, one above the other, in the terminal's 24-bit colours. `pixels` is [size][size][3]. */
export function drawColour(pixels: Int8Array, size: number): string {
  const rows = Array.from({ length: size / 2 }, (_, row) => {
    const line = Array.from({ length: size }, (_, x) => {
      const above = colourAt(pixels, 2 * row * size + x).join(';');
      const below = colourAt(pixels, (2 * row + 1) * size + x).join(';');
      return `\x1b[38;2;${above}m\x1b[48;2;${below}m▀`;
    });
    return `  ${line.join('')}\x1b[0m`;
  });
  return rows.join('\n');
}

const shades = ' .:-=+*#%@';

/** Two characters per pixel, by brightness from the darkest to the brightest pixel of the picture. */
export function drawAscii(pixels: Int8Array, size: number): string {
  const bright = Array.from({ length: size * size }, (_, i) => colourAt(pixels, i).reduce((a, b) => a + b, 0));
  const [low, high] = [Math.min(...bright), Math.max(...bright)];
  const shade = (v: number): string => shades[Math.min(shades.length - 1, Math.floor((shades.length * (v - low)) / (high - low + 1)))];
  const row = (y: number): string =>
    bright
      .slice(y * size, (y + 1) * size)
      .map((v) => shade(v).repeat(2))
      .join('');
  return Array.from({ length: size }, (_, y) => `  ${row(y)}`.trimEnd()).join('\n');
}
