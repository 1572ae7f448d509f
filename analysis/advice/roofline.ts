import type { MemorySettings } from '#isa/arch/memory';
import type { VtaConfig } from '#isa/config/config';
import { escapeXml, type Label, placeLabels, type Spot } from './labels.js';

/** One layer. */
export interface RooflinePoint {
  readonly name: string;
  readonly macs: number;
  readonly cycles: number;
  /** Bytes that went over the bus in both directions, instructions included. */
  readonly bytes: number;
  /** Cycles of the limit that binds; left out where it is not known. */
  readonly limit?: number;
}

export interface Roofline {
  readonly title: string;
  readonly config: VtaConfig;
  readonly memory: MemorySettings;
  /** Layers without multiplications have no place in the picture; it names them below. */
  readonly points: readonly RooflinePoint[];
}

const SIZE = { width: 960, height: 612 };
const PLOT = { left: 76, top: 64, right: 930, bottom: 510 };
const COLORS = {
  axis: '#333',
  grid: '#e4e4e4',
  roof: '#b03a2e',
  half: '#c98b2b',
  dot: '#1f5fa8',
  limit: '#1f5fa8',
  text: '#222',
  soft: '#666',
};

/** A logarithmic axis from a power of two to another. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

function axis(values: readonly number[], from: number, to: number): Axis {
  const low = 2 ** Math.floor(Math.log2(Math.min(...values)) - 0.2);
  const high = 2 ** Math.ceil(Math.log2(Math.max(...values)) + 0.2);
  const scale = (to - from) / Math.log2(high / low);
  return { low, high, at: (v) => from + Math.log2(v / low) * scale };
}

const round = (n: number): string => String(Math.round(n * 10) / 10);
const text = (x: number, y: number, body: string, more = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" ${more}>${escapeXml(body)}</text>`;
const line = (x1: number, y1: number, x2: number, y2: number, more: string): string =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${more}/>`;

const power = (v: number): string => (v >= 1 ? v.toLocaleString('en-US') : `1/${Math.round(1 / v)}`);

function grid(x: Axis, y: Axis): string[] {
  const out: string[] = [];
  const every = ({ low, high }: Axis, most: number) => Math.ceil(Math.log2(high / low) / most);
  for (let v = x.low; v <= x.high; v *= 2 ** every(x, 14)) {
    out.push(line(x.at(v), PLOT.top, x.at(v), PLOT.bottom, `stroke="${COLORS.grid}"`));
    out.push(text(x.at(v), PLOT.bottom + 18, power(v), 'text-anchor="middle"'));
  }
  for (let v = y.low; v <= y.high; v *= 2 ** every(y, 12)) {
    out.push(line(PLOT.left, y.at(v), PLOT.right, y.at(v), `stroke="${COLORS.grid}"`));
    out.push(text(PLOT.left - 8, y.at(v) + 4, power(v), 'text-anchor="end"'));
  }
  out.push(
    `<rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}" fill="none" stroke="${COLORS.axis}"/>`,
  );
  out.push(
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 40, 'multiply-accumulates per byte on the bus', 'text-anchor="middle" font-size="13"'),
  );
  const middle = (PLOT.top + PLOT.bottom) / 2;
  out.push(
    text(0, 0, 'multiply-accumulates per cycle', `text-anchor="middle" font-size="13" transform="translate(20 ${middle}) rotate(-90)"`),
  );
  return out;
}

/** A bus roof: MACs per cycle that `bytesPerCycle` can feed, up to the MAC array's. Its name runs along it. */
function busRoof(x: Axis, y: Axis, bytesPerCycle: number, peak: number, color: string, name: string): string[] {
  // from where it enters the plot, at the left or at the bottom, to where it meets the MAC roof
  const from = Math.max(x.low, y.low / bytesPerCycle);
  const to = Math.min(x.high, peak / bytesPerCycle);
  if (from >= to) return [];
  const [x1, y1, x2, y2] = [x.at(from), y.at(from * bytesPerCycle), x.at(to), y.at(to * bytesPerCycle)];
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  const middle = { x: x1 + (x2 - x1) * 0.35, y: y1 + (y2 - y1) * 0.35 };
  return [
    line(x1, y1, x2, y2, `stroke="${color}" stroke-width="2"`),
    text(
      0,
      -7,
      name,
      `text-anchor="middle" fill="${color}" transform="translate(${round(middle.x)} ${round(middle.y)}) rotate(${round(angle)})"`,
    ),
  ];
}

function macRoof(x: Axis, y: Axis, peak: number, knee: number): string[] {
  const from = Math.max(x.at(x.low), Math.min(x.at(knee), PLOT.right));
  return [
    line(from, y.at(peak), PLOT.right, y.at(peak), `stroke="${COLORS.roof}" stroke-width="2"`),
    text(PLOT.right - 6, y.at(peak) - 7, `MAC array: ${peak.toLocaleString('en-US')} per cycle`, `text-anchor="end" fill="${COLORS.roof}"`),
  ];
}

/** Layers that would be drawn on top of each other share a dot. */
interface Dot extends Spot {
  readonly names: string[];
  readonly limitY: number | null;
}

const SAME = 3;

function dotsOf(points: readonly RooflinePoint[], x: Axis, y: Axis): Dot[] {
  const out: Dot[] = [];
  for (const p of points) {
    const at = { x: x.at(p.macs / p.bytes), y: y.at(p.macs / p.cycles) };
    const same = out.find((d) => Math.hypot(d.x - at.x, d.y - at.y) < SAME);
    if (same !== undefined) same.names.push(p.name);
    else out.push({ ...at, names: [p.name], limitY: p.limit === undefined ? null : y.at(p.macs / p.limit) });
  }
  return out;
}

const SHOWN = 3;
const labelOf = ({ names }: Dot): string =>
  names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;

function drawDot({ x, y, limitY }: Dot): string {
  const limit =
    limitY === null || y - limitY < 4
      ? ''
      : `${line(x, y, x, limitY, `stroke="${COLORS.limit}" stroke-width="1.2" stroke-dasharray="2 2"`)}${line(x - 6, limitY, x + 6, limitY, `stroke="${COLORS.limit}" stroke-width="2"`)}`;
  return `${limit}<circle cx="${round(x)}" cy="${round(y)}" r="4.5" fill="${COLORS.dot}"/>`;
}

function drawLabel({ x, y, text: body, spot, isFar }: Label): string {
  const end = x < spot.x ? Math.min(spot.x, x + body.length * 6.6) : x - 2;
  const leader = isFar ? line(spot.x, spot.y, end, y - 4, `stroke="${COLORS.soft}" stroke-width="0.7"`) : '';
  // a white edge keeps the name readable on lines
  return leader + text(x, y, body, 'stroke="white" stroke-width="3" paint-order="stroke" stroke-linejoin="round"');
}

/** What the marks mean, and what is not shown. */
function legend(hasLimits: boolean, missing: readonly string[]): string[] {
  const y = SIZE.height - 36;
  const out = [`<circle cx="${PLOT.left + 5}" cy="${y - 4}" r="4.5" fill="${COLORS.dot}"/>`, text(PLOT.left + 16, y, 'a layer, as it ran')];
  if (hasLimits) {
    out.push(line(PLOT.left + 150, y - 4, PLOT.left + 162, y - 4, `stroke="${COLORS.limit}" stroke-width="2"`));
    out.push(text(PLOT.left + 170, y, 'where the limit that binds would let it be'));
  }
  if (missing.length > 0)
    out.push(text(PLOT.left, y + 18, `not shown, no multiplications: ${missing.join(', ')}`, `fill="${COLORS.soft}"`));
  return out;
}

/**
 * The roofline picture of a run: one dot for each layer that multiplies, the roof of the MAC array, and those of the bus: reads and writes each have
 * `width / 8 / interval` bytes per cycle, so a layer that only reads stays under the lower one.
 */
export function rooflineSvg({ title, config, memory, points }: Roofline): string {
  const peak = config.batch * config.blockIn * config.blockOut;
  const bytesPerCycle = memory.width / 8 / memory.interval;
  const shown = points.filter((p) => p.macs > 0 && p.cycles > 0 && p.bytes > 0);
  const missing = points.filter((p) => !shown.includes(p)).map((p) => p.name);
  const knee = peak / bytesPerCycle;
  const x = axis([...shown.map((p) => p.macs / p.bytes), knee / 4, knee * 2], PLOT.left, PLOT.right);
  const y = axis([...shown.map((p) => p.macs / p.cycles), peak, peak / 8], PLOT.bottom, PLOT.top);
  const dots = dotsOf(shown, x, y);
  const marks = dots.flatMap((d) => (d.limitY === null ? [] : [{ x: d.x, y: d.limitY }]));
  // the MAC array's roof, and its name
  for (let at = PLOT.left; at < PLOT.right; at += 8) marks.push({ x: at, y: y.at(peak) });
  for (let at = PLOT.right - 180; at < PLOT.right; at += 8) marks.push({ x: at, y: y.at(peak) - 11 });
  const labels = placeLabels(
    dots.map((d) => ({ spot: d, text: labelOf(d) })),
    { left: PLOT.left, right: PLOT.right, top: PLOT.top + 4, bottom: PLOT.bottom },
    marks,
  );
  const subtitle = `machine ${config.name}; bus ${memory.width} bits${memory.interval === 1 ? '' : `, a beat in ${memory.interval} cycles`}; memory latency ${memory.latency}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" height="${SIZE.height}" font-family="system-ui, sans-serif" font-size="12" fill="${COLORS.text}">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    text(PLOT.left, 26, title, 'font-size="17" font-weight="600"'),
    text(PLOT.left, 46, subtitle, `fill="${COLORS.soft}"`),
    ...grid(x, y),
    ...busRoof(x, y, 2 * bytesPerCycle, peak, COLORS.half, `reads and writes: ${2 * bytesPerCycle} bytes per cycle`),
    ...busRoof(x, y, bytesPerCycle, peak, COLORS.roof, `reads alone: ${bytesPerCycle} bytes per cycle`),
    ...macRoof(x, y, peak, peak / (2 * bytesPerCycle)),
    ...dots.map(drawDot),
    ...labels.map(drawLabel),
    ...legend(
      shown.some((p) => p.limit !== undefined),
      missing,
    ),
    '</svg>',
    '',
  ].join('\n');
}
