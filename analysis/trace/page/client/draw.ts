import { drawCounter, drawLayers, drawSync, drawUnit } from './draw-rows.js';
import { type Band, heightOf } from './layout.js';
import { ACCEPTED, type Model, QUEUED, RETIRED, STARTED } from './model.js';
import { FAINT, FONT, GRID, INK, MARK, number, SMALL } from './style.js';
import type { View } from './view.js';

type Context = CanvasRenderingContext2D;

const NAMES = { ruler: 'cycle', layers: 'layer', sync: 'tokens only' } as const;

function tickStep(view: View): number {
  const least = 90 * view.perPixel;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= least) ?? 10 * power;
}

function drawRuler(c: Context, band: Band, view: View, height: number): void {
  const step = tickStep(view);
  c.font = SMALL;
  c.textBaseline = 'middle';
  for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
    const x = view.x(t);
    c.fillStyle = GRID;
    c.fillRect(x, band.y + band.height - 6, 1, height - band.height + 6);
    c.fillStyle = FAINT;
    c.fillText(number(t), x + 3, band.y + band.height / 2 - 2);
  }
}

/** The row in which an instruction is drawn. */
function bandOf(model: Model, bands: readonly Band[], insn: number): Band {
  const row = model.data.insns.row[insn];
  return bands.find((b) => (row < 0 ? b.kind === 'sync' : b.kind === 'unit' && b.index === row))!;
}

const middle = ({ y, height }: Band): number => y + height / 2;

/** An arrow from push to pop. */
function arrow(c: Context, x1: number, y1: number, x2: number, y2: number, text: string): void {
  const bend = Math.max(24, Math.abs(x2 - x1) / 3);
  c.beginPath();
  c.moveTo(x1, y1);
  c.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  c.stroke();
  c.beginPath();
  c.moveTo(x2, y2);
  c.lineTo(x2 - 7, y2 - 4);
  c.lineTo(x2 - 7, y2 + 4);
  c.fill();
  c.font = SMALL;
  c.textBaseline = 'bottom';
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2 - 2];
  c.lineWidth = 3;
  c.strokeStyle = '#ffffff';
  c.strokeText(text, x, y);
  c.fillText(text, x, y);
  c.lineWidth = 1.5;
  c.strokeStyle = MARK;
}

/** The life of an instruction from queue to retirement, and the tokens it takes and gives. */
function drawSelection(c: Context, model: Model, bands: readonly Band[], view: View, insn: number): void {
  const band = bandOf(model, bands, insn);
  const time = (which: number) => view.x(model.timeOf(insn, which));
  c.strokeStyle = MARK;
  c.fillStyle = MARK;
  c.lineWidth = 1.5;
  const y = band.y - 2;
  c.fillRect(time(QUEUED), y, Math.max(1, time(RETIRED) - time(QUEUED)), 1.5);
  for (const which of [QUEUED, ACCEPTED, RETIRED]) c.fillRect(time(which) - 1, y - 3, 2, 7);
  const started = model.timeOf(insn, STARTED);
  if (started >= 0) {
    const [left, right] = [view.x(started), view.x(model.timeOf(insn, STARTED + 1) + 1)];
    c.strokeRect(left, band.y + 0.75, Math.max(2, right - left), band.height - 1.5);
  }
  for (const t of model.tokensOf.get(insn) ?? []) {
    if (t.from < 0 || t.to < 0) continue;
    const [from, to] = [bandOf(model, bands, t.from), bandOf(model, bands, t.to)];
    arrow(c, view.x(t.pushed + 1), middle(from), view.x(model.timeOf(t.to, ACCEPTED)), middle(to), model.data.channels[t.channel]);
  }
}

function drawNames(c: Context, model: Model, bands: readonly Band[], left: number): void {
  c.font = FONT;
  c.textBaseline = 'middle';
  c.textAlign = 'right';
  for (const band of bands) {
    c.fillStyle = band.kind === 'unit' ? INK : FAINT;
    const text =
      band.kind === 'unit'
        ? model.rows[band.index].name
        : band.kind === 'counter'
          ? model.data.counters[band.index].name.replace(', beats per cycle', ' use').replace('bursts in flight', 'bursts')
          : NAMES[band.kind];
    c.fillText(text, left - 10, band.y + band.height / 2);
  }
  c.textAlign = 'left';
}

/** Draws everything. */
export function draw(c: Context, model: Model, bands: readonly Band[], view: View, selected: number, pointed: number): void {
  const height = heightOf(bands);
  c.clearRect(0, 0, view.left + view.width + 60, height);
  drawRuler(c, bands[0], view, height);
  c.save();
  c.beginPath();
  c.rect(view.left, 0, view.width, height);
  c.clip();
  for (const band of bands) {
    if (band.kind === 'layers') drawLayers(c, model, band, view);
    else if (band.kind === 'unit') drawUnit(c, model, model.rows[band.index], band, view);
    else if (band.kind === 'sync') drawSync(c, model, band, view);
  }
  c.restore();
  for (const band of bands) if (band.kind === 'counter') drawCounter(c, model, band, view);
  c.save();
  c.beginPath();
  c.rect(view.left, 0, view.width, height);
  c.clip();
  if (pointed >= 0) {
    c.fillStyle = 'rgba(17,17,17,0.35)';
    c.fillRect(view.x(pointed), 0, 1, height);
  }
  if (selected >= 0) drawSelection(c, model, bands, view, selected);
  c.restore();
  drawNames(c, model, bands, view.left);
}
