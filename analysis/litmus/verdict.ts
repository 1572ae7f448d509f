import { describeCycle } from '../lint/token-rules.js';
import type { WaitEdge } from '../program/token-play.js';

/** Two instructions that race; the launch counts where a test has several. */
export interface Pair {
  readonly launch: number;
  readonly insns: readonly [number, number];
}

/**
 * What all interleavings of a test have in common. `always`: no two instructions race, and every interleaving ends with this value.
 * `race`: the pairs, and the values with which interleavings end (perhaps one only).
 */
export type Verdict =
  | { readonly kind: 'always'; readonly value: string }
  | { readonly kind: 'race'; readonly pairs: readonly Pair[]; readonly values: readonly string[] }
  | { readonly kind: 'deadlock'; readonly launch: number; readonly cycle: readonly WaitEdge[] }
  | { readonly kind: 'refused'; readonly code: string; readonly what: string };

const pairText = ({ launch, insns }: Pair): string => `${launch === 0 ? '' : `${launch}:`}${insns.join('-')}`;

/** A verdict as `.expect` writes it. */
export function verdictText(v: Verdict): string {
  switch (v.kind) {
    case 'always':
      return `always ${v.value}`;
    case 'race':
      return `race ${v.pairs.map(pairText).sort().join(' ')}: ${[...v.values].sort().join(' | ')}`;
    case 'deadlock':
      return `deadlock ${describeCycle(v.cycle)}`;
    case 'refused':
      return `refused ${v.code}`;
  }
}

const VALUES = String.raw`\w+=-?\d+(,-?\d+)*( \w+=-?\d+(,-?\d+)*)*`;
const FORM = new RegExp(
  [
    `^always ${VALUES}$`,
    String.raw`^race ((\d+:)?\d+-\d+ ?)+: (${VALUES}|VTA\d{4})( \| (${VALUES}|VTA\d{4}))*$`,
    '^deadlock (load|compute|store)( -> (load|compute|store))+$',
    String.raw`^refused VTA\d{4}$`,
  ].join('|'),
);

/** A verdict that a person wrote in the form of {@link verdictText}; null where it is none. */
export function normalVerdict(text: string): string | null {
  const spaced = text
    .replace(/\s+/g, ' ')
    .replace(/ ?: ?(?=\D)/, ': ')
    .replace(/ ?\| ?/g, ' | ')
    .replace(/ ?-> ?/g, ' -> ')
    .trim();
  if (!FORM.test(spaced)) return null;
  const race = /^race (.*?): (.*)$/.exec(spaced);
  if (race === null) return spaced;
  return `race ${race[1].trim().split(' ').sort().join(' ')}: ${race[2].split(' | ').sort().join(' | ')}`;
}
