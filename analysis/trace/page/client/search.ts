import type { Model } from './model.js';

/** Instructions that fit what was typed: a number (within any layer), or words that all occur in text or layer name. */
export function search(model: Model, typed: string): readonly number[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w.length > 0);
  if (words.length === 0) return [];
  const { insns, layers } = model.data;
  const texts = insns.texts.map((t) => t.toLowerCase());
  const names = layers.map((l) => l.name.toLowerCase());
  const out: number[] = [];
  for (let i = 0; i < insns.text.length; i++) {
    const layer = model.layerOf(i);
    const fits = (w: string) =>
      texts[insns.text[i]].includes(w) || names[layer].includes(w) || (/^\d+$/.test(w) && Number(w) === i - layers[layer].insn);
    if (words.every(fits)) out.push(i);
  }
  return out;
}
