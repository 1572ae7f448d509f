import type { Model } from './model.js';
import { number, STATE_COLORS } from './style.js';

function element(tag: string, className: string, text = ''): HTMLElement {
  const e = document.createElement(tag);
  e.className = className;
  e.textContent = text;
  return e;
}

/** One unit: a bar of its states, and how much of it was busy. */
function bar(model: Model, name: string, account: readonly number[], cycles: number): readonly HTMLElement[] {
  const strip = element('div', 'strip');
  account.forEach((n, s) => {
    if (n === 0) return;
    const part = element('div', 'part', n / cycles > 0.07 ? `${Math.round((100 * n) / cycles)} %` : '');
    part.style.width = `${(100 * n) / cycles}%`;
    part.style.background = STATE_COLORS[s];
    part.style.color = s === 0 || s === 3 ? '#fff' : '#1f2933';
    part.title = `${name}: ${model.data.states[s]} ${number(n)} of ${number(cycles)} cycles`;
    strip.append(part);
  });
  return [element('div', 'unit', name), strip, element('div', 'busy', number(account[0]))];
}

/** The accounts of the run (-1) or of a layer. */
export function showAccounts(model: Model, at: HTMLElement, layer: number): void {
  const { data } = model;
  const { accounts, cycles } = layer < 0 ? data : data.layers[layer];
  const head = [element('div', 'unit', ''), element('div', '', ''), element('div', 'busy', 'busy cycles')];
  at.replaceChildren(...head, ...data.units.flatMap((u, i) => bar(model, u.name, accounts[i], cycles)));
}

/** The colours and what they mean. */
export function showLegend(model: Model, at: HTMLElement): void {
  at.replaceChildren(
    ...model.data.states.map((name, s) => {
      const entry = element('span', 'entry', name === 'busy' ? 'busy' : name === 'idle' ? 'idle: nothing left to do' : `waits: ${name}`);
      const swatch = element('i', 'swatch');
      swatch.style.background = STATE_COLORS[s];
      entry.prepend(swatch);
      return entry;
    }),
  );
}
