import type { Band } from './layout.js';
import { ACCEPTED, lastAtMost, type Model, passOf, TIME_NAMES } from './model.js';
import { number } from './style.js';
import type { View } from './view.js';

/** What is under the pointer. */
export interface Hit {
  /** -1 if it is no instruction. */
  readonly insn: number;
  /** Cycles of what is there, for zooming; null if there is nothing to zoom to. */
  readonly range: readonly [from: number, to: number] | null;
  readonly lines: readonly string[];
}

/** `12 of conv2d_1: gemm ...`. */
export function nameOf(model: Model, insn: number): string {
  const layer = model.data.layers[model.layerOf(insn)];
  return `instruction ${number(insn - layer.insn)} of ${layer.name}: ${model.textOf(insn)}`;
}

/** The five times of an instruction, in cycles of its layer. */
export const timesOf = (model: Model, insn: number): readonly string[] =>
  TIME_NAMES.flatMap((name, which) => {
    const t = model.data.insns.times[5 * insn + which];
    return t < 0 ? [] : [`${name} ${number(t)}`];
  });

function unitHit(model: Model, index: number, cycle: number): Hit {
  const row = model.rows[index];
  const n = lastAtMost(row.from, cycle);
  const [from, to, insn] = [row.from[n], row.to[n], row.insn[n]];
  const { data } = model;
  const state = data.states[row.state[n]];
  const length = `${number(to - from)} cycle${to - from === 1 ? '' : 's'} from ${number(from)}`;
  if (insn < 0) return { insn, range: [from, to], lines: [`${row.name}: ${state}`, length] };
  const waited = ['memory', 'hazard', 'queue'].flatMap((w, i) =>
    row.waits[3 * n + i] > 0 ? [`${w} ${number(row.waits[3 * n + i])}`] : [],
  );
  const inside = waited.length > 0 ? [`in it waiting: ${waited.join(', ')}`] : [];
  if (row.state[n] !== 0) return { insn, range: [from, to], lines: [`${row.name} waits: ${state}`, length, `for ${nameOf(model, insn)}`] };
  const what = row.client[n] > 0 ? `${data.clients[row.client[n] - 1]} burst` : 'busy';
  const insns = row.client[n] > 0 || row.name === 'fetch' ? [insn] : passOf(model, insn);
  const pass = insns.length > 1 ? [`${insns.length} instructions in one pass:`] : [];
  return { insn, range: [from, to], lines: [`${row.name}: ${what}`, length, ...inside, ...pass, ...insns.map((i) => nameOf(model, i))] };
}

function syncHit(model: Model, view: View, cycle: number): Hit | null {
  const near = model.sync.filter((i) => Math.abs(model.timeOf(i, ACCEPTED) + 0.5 - cycle) <= Math.max(0.5, 3 * view.perPixel));
  if (near.length === 0) return null;
  const at = model.timeOf(near[0], ACCEPTED);
  return { insn: near[0], range: [at, at + 1], lines: ['takes and gives tokens only', nameOf(model, near[0])] };
}

/** What the pointer is on. */
export function hitAt(model: Model, view: View, band: Band | undefined, x: number): Hit | null {
  const cycle = Math.floor(view.cycle(x));
  if (band === undefined || cycle < 0 || cycle >= view.cycles || x < view.left || x > view.left + view.width) return null;
  if (band.kind === 'unit') return unitHit(model, band.index, cycle);
  if (band.kind === 'sync') return syncHit(model, view, view.cycle(x));
  if (band.kind === 'layers') {
    const layer = model.data.layers.find((l) => cycle >= l.start && cycle < l.start + l.cycles);
    if (layer === undefined) return null;
    return {
      insn: -1,
      range: [layer.start, layer.start + layer.cycles],
      lines: [layer.name, `${number(layer.cycles)} cycles from ${number(layer.start)}`],
    };
  }
  if (band.kind === 'counter') {
    const { name, unit, at, value } = model.data.counters[band.index];
    const v = value[lastAtMost(at, cycle)];
    return {
      insn: -1,
      range: null,
      lines: [name, `${Number.isInteger(v) ? number(v) : v.toFixed(2)} (${unit}) in cycle ${number(cycle)}`],
    };
  }
  return null;
}
