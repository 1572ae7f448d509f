/** Places names beside dots so that they do not cover dots or each other. */

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Label extends Spot {
  readonly text: string;
  readonly spot: Spot;
  /** Not beside its dot: a line should lead there. */
  readonly isFar: boolean;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Mean width of a letter, and height of a line, at 12 pixels. */
const LETTER = 6.9;
const HEIGHT = 13;
const DOT = 6;

const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const boxOf = (x: number, y: number, text: string): Box => ({
  left: x,
  right: x + text.length * LETTER,
  top: y - HEIGHT + 2,
  bottom: y + 3,
});

/** Where a label may stand, the best first: right, left, above, below, then further and further away. */
function candidates({ x, y }: Spot, text: string): (Spot & { readonly isFar: boolean })[] {
  const width = text.length * LETTER;
  const near = [
    { x: x + 9, y: y + 4 },
    { x: x - 9 - width, y: y + 4 },
    { x: x + 7, y: y + 17 },
    { x: x - width - 7, y: y + 17 },
    { x: x - width / 2, y: y - 9 },
    { x: x - width / 2, y: y + 20 },
  ].map((p) => ({ ...p, isFar: false }));
  // around the dot, by the distance of the label's nearer end
  const far: (Spot & { readonly isFar: boolean; readonly distance: number })[] = [];
  for (let dy = -9; dy <= 9; dy++) {
    for (const dx of [14, 30, 46, 62]) {
      const distance = Math.hypot(dx, dy * 15);
      far.push({ x: x + dx, y: y + 4 + dy * 15, isFar: true, distance }, { x: x - dx - width, y: y + 4 + dy * 15, isFar: true, distance });
    }
  }
  far.sort((p, q) => p.distance - q.distance);
  return [...near, ...far];
}

/**
 * @param items dots with their names
 * @param within labels stay inside this box
 * @param marks other places that labels keep away from
 */
export function placeLabels(
  items: readonly { readonly spot: Spot; readonly text: string }[],
  within: Box,
  marks: readonly Spot[],
): Label[] {
  const dots = [...items.map((i) => i.spot), ...marks];
  const taken: Box[] = dots.map(({ x, y }) => ({ left: x - DOT, right: x + DOT, top: y - DOT, bottom: y + DOT }));
  return items.map(({ spot, text }) => {
    const options = candidates(spot, text);
    const fits = options.find((p) => {
      const box = boxOf(p.x, p.y, text);
      const isInside = box.left >= within.left && box.right <= within.right && box.top >= within.top && box.bottom <= within.bottom;
      return isInside && !taken.some((b) => overlap(box, b));
    });
    const { x, y, isFar } = fits ?? options[0];
    taken.push(boxOf(x, y, text));
    return { x, y, text, spot, isFar };
  });
}

export const escapeXml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
