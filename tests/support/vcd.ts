/** Reads VCD files with a parser that is not ours (vcd-parser), and compares two of them. */
import { createRequire } from 'node:module';

interface Parsed {
  readonly signal: readonly {
    readonly name: string;
    readonly refName: string;
    readonly wave: readonly (readonly [time: string, value: string])[];
  }[];
}
const { parse } = createRequire(import.meta.url)('vcd-parser') as { parse(text: string): Promise<Parsed> };

/** A signal's changes: times, and values as binary digits without leading zeros (`x` where unknown). */
export interface Wave {
  readonly at: readonly number[];
  readonly value: readonly string[];
}

const plain = (value: string): string => (/x/i.test(value) ? 'x' : value.replace(/^0+(?=.)/, ''));

/** Every name that the file declares with the code that it shares; the parser keeps one name per code. */
function names(text: string): readonly (readonly [name: string, code: string])[] {
  const out: [string, string][] = [];
  const scopes: string[] = [];
  for (const [, scope, up, code, name] of text.matchAll(/\$scope module (\S+) \$end|(\$upscope) \$end|\$var \w+\s+\d+ (\S+) (\S+)/g)) {
    if (scope !== undefined) scopes.push(scope);
    else if (up !== undefined) scopes.pop();
    else out.push([[...scopes, name].join('.'), code]);
  }
  return out;
}

/** All signals of a file by name, without their ranges. */
export async function readVcd(text: string): Promise<ReadonlyMap<string, Wave>> {
  const { signal } = await parse(text);
  const byCode = new Map(
    signal.map(({ refName, wave }) => [refName, { at: wave.map(([time]) => Number(time)), value: wave.map(([, value]) => plain(value)) }]),
  );
  return new Map(names(text).flatMap(([name, code]) => (byCode.has(code) ? [[name, byCode.get(code)!] as const] : [])));
}

/** The value of a signal at a time; `x` before the first. */
export function at({ at: times, value }: Wave, time: number): string {
  let [low, high] = [-1, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low < 0 ? 'x' : value[low];
}

/** What two files say about the same signals. */
export interface Comparison {
  /** Signals that both have. */
  readonly common: readonly string[];
  /** Cycles in which the first one tells a value, by signal. */
  readonly told: ReadonlyMap<string, number>;
  readonly differences: readonly string[];
}

/** Compares the signals of `mine` that `other` has, in the cycles `from` to `to`, where `mine` tells a value. */
export function compareVcd(mine: ReadonlyMap<string, Wave>, other: ReadonlyMap<string, Wave>, from: number, to: number): Comparison {
  const common = [...mine.keys()].filter((name) => other.has(name));
  const told = new Map<string, number>();
  const differences: string[] = [];
  for (const name of common) {
    let known = 0;
    for (let cycle = from; cycle <= to; cycle++) {
      const [a, b] = [at(mine.get(name)!, 2 * cycle), at(other.get(name)!, 2 * cycle)];
      if (a === 'x') continue;
      known++;
      if (a !== b) differences.push(`${name} in cycle ${cycle}: ${a}, other ${b}`);
    }
    told.set(name, known);
  }
  return { common, told, differences };
}
