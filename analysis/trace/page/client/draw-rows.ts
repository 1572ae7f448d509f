import type { Band } from './layout.js';
import { ACCEPTED, lastAtMost, type Model, passOf, type Row } from './model.js';
import { COUNTER_COLORS, FAINT, INK, LAYER_COLORS, MARK, number, SMALL, STATE_COLORS } from './style.js';
import type { View } from './view.js';

type Context = CanvasRenderingContext2D;

const [BUSY, HAZARD, IDLE] = [0, 3, 5];
/** States of the waits inside a busy span. */
const WAIT_STATES = [2, 3, 4];

/** Cycles by state in one column of pixels, filled from the bottom up: busy first. */
class Column {
  private readonly cycles = new Float64Array(STATE_COLORS.length);

  add(row: Row, n: number, cycles: number): void {
    const length = row.to[n] - row.from[n];
    if (row.state[n] !== BUSY) {
      this.cycles[row.state[n]] += cycles;
      return;
    }
    let busy = length;
    for (let w = 0; w < 3; w++) {
      const waited = row.waits[3 * n + w];
      busy -= waited;
      this.cycles[WAIT_STATES[w]] += (waited / length) * cycles;
    }
    this.cycles[BUSY] += (busy / length) * cycles;
  }

  draw(c: Context, x: number, width: number, { y, height }: Band): void {
    const sum = this.cycles.reduce((a, b) => a + b, 0);
    let bottom = y + height;
    for (let s = 0; s < STATE_COLORS.length && sum > 0; s++) {
      const h = (this.cycles[s] / sum) * height;
      if (h === 0) continue;
      c.fillStyle = STATE_COLORS[s];
      c.fillRect(x, bottom - h, width, h + (s === 0 ? 0 : 0.5));
      bottom -= h;
    }
    this.cycles.fill(0);
  }
}

/** What is written into a span. */
export function labelOf(model: Model, row: Row, n: number): string {
  const { data } = model;
  if (row.state[n] !== BUSY) return row.state[n] === IDLE ? '' : data.states[row.state[n]];
  const layer = data.layers[model.layerOf(row.insn[n])];
  const local = row.insn[n] - layer.insn;
  if (row.client[n] > 0) return `${data.clients[row.client[n] - 1]} ${local}`;
  if (row.name === 'fetch') return 'dispatch';
  const more = passOf(model, row.insn[n]).length - 1;
  return `${model.textOf(row.insn[n]).split(' ', 1)[0]} ${local}${more > 0 ? ` and ${more} more` : ''}`;
}

/** One unit: spans that are wide enough one by one, the others summed per column of pixels. */
export function drawUnit(c: Context, model: Model, row: Row, band: Band, view: View): void {
  const column = new Column();
  let pending = -1;
  const flush = () => {
    if (pending >= 0) column.draw(c, pending, 1, band);
    pending = -1;
  };
  for (let n = Math.max(0, lastAtMost(row.from, view.from)); n < row.count && row.from[n] < view.to; n++) {
    const [left, right] = [view.x(Math.max(row.from[n], view.from)), view.x(Math.min(row.to[n], view.to))];
    if (right - left >= 2) {
      flush();
      column.add(row, n, 1);
      column.draw(c, left, right - left, band);
      if (right - left >= 4 && row.state[n] === BUSY) edge(c, right, band);
      if (right - left >= 26) label(c, labelOf(model, row, n), left, right, band, row, n);
      continue;
    }
    for (let x = Math.floor(left); x <= Math.floor(right); x++) {
      if (x !== pending) {
        flush();
        pending = x;
      }
      column.add(row, n, Math.max(0, Math.min(right, x + 1) - Math.max(left, x)));
    }
  }
  flush();
}

function edge(c: Context, x: number, { y, height }: Band): void {
  c.fillStyle = 'rgba(255,255,255,0.75)';
  c.fillRect(x - 1, y, 1, height);
}

/** How much of a span is drawn as busy. */
function busyShare(row: Row, n: number): number {
  if (row.state[n] !== BUSY) return 0;
  const waited = row.waits[3 * n] + row.waits[3 * n + 1] + row.waits[3 * n + 2];
  return 1 - waited / (row.to[n] - row.from[n]);
}

/** The text of a span, in its busy part where that is high enough. */
function label(c: Context, text: string, left: number, right: number, { y, height }: Band, row: Row, n: number): void {
  if (text === '') return;
  c.font = SMALL;
  let shown = text;
  if (c.measureText(shown).width > right - left - 8) shown = shown.split(' ', 1)[0];
  if (c.measureText(shown).width > right - left - 8) return;
  const busy = busyShare(row, n);
  const inBusy = busy * height >= 13;
  c.fillStyle = inBusy || row.state[n] === HAZARD ? '#ffffff' : INK;
  c.textBaseline = 'middle';
  c.fillText(shown, left + 4, inBusy ? y + height - (busy * height) / 2 : y + (height * (1 - busy)) / 2);
}

export function drawLayers(c: Context, model: Model, band: Band, view: View): void {
  c.font = SMALL;
  c.textBaseline = 'middle';
  model.data.layers.forEach(({ name, start, cycles }, i) => {
    const [left, right] = [Math.max(view.left, view.x(start)), Math.min(view.left + view.width, view.x(start + cycles))];
    if (right <= view.left || left >= view.left + view.width) return;
    c.fillStyle = LAYER_COLORS[i % 2];
    c.fillRect(left, band.y, right - left, band.height);
    const text = c.measureText(name).width < right - left - 8 ? name : '';
    c.fillStyle = INK;
    c.fillText(text, left + 4, band.y + band.height / 2);
  });
}

/** A tick for each instruction that only takes and gives tokens. */
export function drawSync(c: Context, model: Model, band: Band, view: View): void {
  c.fillStyle = MARK;
  let last = -10;
  for (const insn of model.sync) {
    const x = view.x(model.timeOf(insn, ACCEPTED));
    if (x < view.left || x > view.left + view.width) continue;
    const width = Math.max(1, 1 / view.perPixel - 1);
    if (x - last < 1 && width <= 1) continue;
    c.fillRect(x, band.y + 3, width, band.height - 6);
    last = x;
  }
}

/** A counter as an area; where several values fall on one pixel, the largest counts. */
export function drawCounter(c: Context, model: Model, band: Band, view: View): void {
  const { at, value, name } = model.data.counters[band.index];
  const isShare = name.startsWith('bus');
  const top = isShare ? 1 : value.reduce((a, b) => Math.max(a, b), 1);
  c.fillStyle = COUNTER_COLORS[isShare ? 2 : name.startsWith('tokens') ? 1 : 0];
  const draw = (x: number, width: number, v: number) => {
    const h = (v / top) * (band.height - 2);
    if (h > 0) c.fillRect(x, band.y + band.height - h, width, h);
  };
  let [pixel, high] = [-1, 0];
  for (let n = Math.max(0, lastAtMost(at, view.from)); n < at.length && at[n] < view.to; n++) {
    const left = Math.max(view.left, view.x(at[n]));
    const right = Math.min(view.left + view.width, view.x(at[n + 1] ?? view.cycles));
    if (Math.floor(left) !== pixel) {
      if (pixel >= 0) draw(pixel, 1, high);
      [pixel, high] = [Math.floor(left), 0];
    }
    high = Math.max(high, value[n]);
    if (right - left >= 1) draw(left, right - left, value[n]);
  }
  if (pixel >= 0) draw(pixel, 1, high);
  c.fillStyle = FAINT;
  c.font = SMALL;
  c.textBaseline = 'top';
  c.fillText(isShare ? '1' : number(top), view.left + view.width + 4, band.y);
}
