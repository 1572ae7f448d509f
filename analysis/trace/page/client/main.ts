import type { PageData } from '../data.js';
import { showAccounts, showLegend } from './accounts.js';
import { draw } from './draw.js';
import { bandAt, heightOf, layoutOf } from './layout.js';
import { ACCEPTED, loadModel, RETIRED, STARTED } from './model.js';
import { search } from './search.js';
import { number } from './style.js';
import { hitAt, nameOf, timesOf } from './text.js';
import { View } from './view.js';

const LEFT = 150;
const RIGHT = 46;

const byId = <E extends HTMLElement = HTMLElement>(id: string): E => document.getElementById(id) as E;

const model = loadModel(JSON.parse(byId('data').textContent ?? '') as PageData);
const { data } = model;
const bands = layoutOf(model);
const view = new View(data.cycles);
const canvas = byId<HTMLCanvasElement>('timeline');
const context = canvas.getContext('2d')!;
const tip = byId('tip');
const field = byId<HTMLInputElement>('search');

let selected = -1;
let pointed = -1;
let waiting = false;
let found: readonly number[] = [];
let shown = -1;

function paint(): void {
  waiting = false;
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = heightOf(bands);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  view.left = LEFT;
  view.width = Math.max(50, width - LEFT - RIGHT);
  draw(context, model, bands, view, selected, pointed);
  byId('range').textContent = `cycles ${number(view.from)} to ${number(view.to)} of ${number(data.cycles)}`;
}

function repaint(): void {
  if (!waiting) requestAnimationFrame(paint);
  waiting = true;
}

/** Selects an instruction and says everything about it. */
function select(insn: number): void {
  selected = insn;
  const tokens = (model.tokensOf.get(insn) ?? []).map((t) => {
    const name = data.channels[t.channel];
    if (t.to === insn) return t.from < 0 ? `takes ${name} left by an earlier launch` : `takes ${name} from ${nameOf(model, t.from)}`;
    return t.to < 0 ? `gives ${name}, which nobody takes` : `gives ${name} to ${nameOf(model, t.to)}`;
  });
  const lines = insn < 0 ? [] : [nameOf(model, insn), timesOf(model, insn).join(' · '), ...tokens];
  byId('details').replaceChildren(
    ...lines.map((text, i) => Object.assign(document.createElement(i === 0 ? 'b' : 'div'), { textContent: text })),
  );
  repaint();
}

/** Selects an instruction and shows its work up to its retirement, with room around. */
function goTo(insn: number): void {
  const started = model.timeOf(insn, STARTED);
  const from = started < 0 ? model.timeOf(insn, ACCEPTED) : started;
  const to = model.timeOf(insn, RETIRED) + 1;
  const room = Math.max(20, (to - from) * 0.6);
  view.show(from - room, to + room);
  select(insn);
}

function step(by: number): void {
  if (found.length === 0) return;
  shown = (shown + by + found.length) % found.length;
  byId('found').textContent = `${number(shown + 1)} of ${number(found.length)}`;
  goTo(found[shown]);
}

function look(): void {
  found = search(model, field.value);
  shown = -1;
  byId('found').textContent = field.value === '' ? '' : `${number(found.length)} found`;
}

/** The cursor's place in the canvas. */
const place = (e: MouseEvent): readonly [x: number, y: number] => {
  const box = canvas.getBoundingClientRect();
  return [e.clientX - box.left, e.clientY - box.top];
};

function point(e: MouseEvent): void {
  const [x, y] = place(e);
  const hit = hitAt(model, view, bandAt(bands, y), x);
  pointed = x >= LEFT ? view.cycle(x) : -1;
  tip.hidden = hit === null;
  if (hit !== null) {
    tip.replaceChildren(...hit.lines.map((text) => Object.assign(document.createElement('div'), { textContent: text })));
    const right = e.clientX + 16 + tip.offsetWidth > window.innerWidth;
    tip.style.left = `${right ? e.clientX - 12 - tip.offsetWidth : e.clientX + 16}px`;
    tip.style.top = `${Math.min(e.clientY + 16, window.innerHeight - tip.offsetHeight - 4)}px`;
  }
  repaint();
}

/** Dragging pans; a click selects, a double click zooms to what is there. */
function listenToMouse(): void {
  let drag: { x: number; moved: boolean } | null = null;
  canvas.addEventListener('mousedown', (e) => {
    drag = { x: e.clientX, moved: false };
  });
  window.addEventListener('mousemove', (e) => {
    if (drag === null) {
      if (e.target === canvas) point(e);
      return;
    }
    if (Math.abs(e.clientX - drag.x) > 2) drag.moved = true;
    if (drag.moved) {
      view.pan(drag.x - e.clientX);
      drag.x = e.clientX;
      tip.hidden = true;
      repaint();
    }
  });
  window.addEventListener('mouseup', (e) => {
    if (drag !== null && !drag.moved && e.target === canvas) {
      const [x, y] = place(e);
      select(hitAt(model, view, bandAt(bands, y), x)?.insn ?? -1);
    }
    drag = null;
  });
  canvas.addEventListener('mouseleave', () => {
    tip.hidden = true;
    pointed = -1;
    repaint();
  });
  canvas.addEventListener('dblclick', (e) => {
    const [x, y] = place(e);
    const range = hitAt(model, view, bandAt(bands, y), x)?.range ?? null;
    if (range !== null) view.show(range[0] - (range[1] - range[0]) * 0.1, range[1] + (range[1] - range[0]) * 0.1);
    repaint();
  });
  const onWheel = (e: WheelEvent) => {
    e.preventDefault();
    if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) view.pan(e.deltaX + e.deltaY);
    else view.zoom(Math.exp(e.deltaY * 0.002), place(e)[0]);
    repaint();
  };
  canvas.addEventListener('wheel', onWheel, { passive: false });
}

function listenToKeys(): void {
  const middle = () => view.left + view.width / 2;
  const actions: Readonly<Record<string, () => void>> = {
    w: () => view.zoom(0.7, middle()),
    '+': () => view.zoom(0.7, middle()),
    s: () => view.zoom(1 / 0.7, middle()),
    '-': () => view.zoom(1 / 0.7, middle()),
    a: () => view.pan(-view.width / 5),
    ArrowLeft: () => view.pan(-view.width / 5),
    d: () => view.pan(view.width / 5),
    ArrowRight: () => view.pan(view.width / 5),
    f: () => view.show(0, data.cycles),
    n: () => step(1),
    N: () => step(-1),
    Escape: () => select(-1),
    '/': () => field.focus(),
  };
  window.addEventListener('keydown', (e) => {
    if (e.target === field) {
      if (e.key === 'Enter') step(e.shiftKey ? -1 : 1);
      if (e.key === 'Escape') field.blur();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.target instanceof HTMLSelectElement || actions[e.key] === undefined) return;
    e.preventDefault();
    actions[e.key]();
    repaint();
  });
  field.addEventListener('input', look);
}

/** `#from=..&to=..` and `#insn=..` (numbered through the run) say what is shown at first. */
function openAt(hash: string): void {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const insn = given.get('insn');
  if (insn !== null && Number(insn) < data.insns.text.length) goTo(Number(insn));
  const [from, to] = [given.get('from'), given.get('to')];
  if (from !== null && to !== null) view.show(Number(from), Number(to));
  repaint();
}

function chooseLayer(): void {
  const choice = byId<HTMLSelectElement>('layer');
  data.layers.forEach(({ name, cycles }, i) => {
    choice.append(new Option(`${name} (${number(cycles)} cycles)`, String(i)));
  });
  choice.addEventListener('change', () => {
    const at = Number(choice.value);
    showAccounts(model, byId('accounts'), at);
    if (at >= 0) view.show(data.layers[at].start, data.layers[at].start + data.layers[at].cycles);
    else view.show(0, data.cycles);
    repaint();
  });
}

function button(id: string, act: () => void): void {
  byId(id).addEventListener('click', () => {
    act();
    repaint();
  });
}

canvas.style.height = `${heightOf(bands)}px`;
showLegend(model, byId('legend'));
showAccounts(model, byId('accounts'), -1);
chooseLayer();
listenToMouse();
listenToKeys();
button('in', () => view.zoom(0.5, view.left + view.width / 2));
button('out', () => view.zoom(2, view.left + view.width / 2));
button('fit', () => view.show(0, data.cycles));
window.addEventListener('resize', repaint);
window.addEventListener('hashchange', () => openAt(location.hash));
view.width = Math.max(50, canvas.clientWidth - LEFT - RIGHT);
openAt(location.hash);
paint();
document.body.dataset.ready = 'yes';
