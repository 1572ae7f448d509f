import type { VtaConfig } from '#isa/config/config';
import { TIMING } from '#isa/spec/timing';

/** timing.md, Loader: the banks of ACC. */
export interface Banks {
  /** S * G: the elements of a row of banks. */
  readonly rowElements: number;
  /** The bank of each ACC element: equal numbers for equal pairs (i mod S, fold(i div S)). */
  readonly of: readonly number[];
}

/** "fold is the XOR of the base-G digits". In base 1 there are no digits. */
function fold(n: number, base: number): number {
  return base === 1 ? 0 : [...n.toString(base)].reduce((sum, digit) => sum ^ Number(digit), 0);
}

export function banksOf(config: VtaConfig, beatBytes: number): Banks {
  const sizes = [config.accBytes, config.outBytes];
  if (config.accBits === 32) sizes.push(config.accBytes / 4);
  const s = Math.min(config.accDepth, Math.max(1, beatBytes / Math.min(...sizes)));
  const g = Math.min(TIMING.MaxAccGroups, config.accDepth / s);
  const of = Array.from({ length: config.accDepth }, (_, i) => fold(Math.floor(i / s), g) * s + (i % s));
  return { rowElements: s * g, of };
}
