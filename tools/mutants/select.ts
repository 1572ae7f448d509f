import { Random } from '#fuzz/random';
import { AREAS, type Area, areaOf, faultsOf } from './areas.js';
import { readText } from '../lib/files.js';
import { type Fault, faultId, show } from './fault.js';
import type { Pointless } from './valid.js';

/** How many faults each area gets, in order: as equal as can be. */
export const quotas = (count: number, areas: number): readonly number[] =>
  Array.from({ length: areas }, (_, i) => Math.floor(count / areas) + (i < count % areas ? 1 : 0));

export function shuffled<T>(items: readonly T[], r: Random): readonly T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = r.int(0, i);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

export const idOf = (fault: Fault): string => faultId(fault.file, show(readText(fault.file), fault));

/** The fault of a file that has an identifier; null where the file has none. */
export function faultWithId(file: string, id: string): Fault | null {
  const area = areaOf(file);
  const text = readText(file);
  const edit = area?.faults(file, text).find((e) => faultId(file, show(text, e)) === id);
  return area === undefined || edit === undefined ? null : { area: area.name, file, ...edit };
}

/** The faults of an area in the order of a seed; a second one that gives the same lines is left out. */
export function inOrderOfSeed(area: Area, seed: number): readonly Fault[] {
  const seen = new Set<string>();
  return shuffled(faultsOf(area), Random.of(seed, AREAS.indexOf(area))).filter((fault) => {
    const id = idOf(fault);
    return !seen.has(id) && seen.add(id);
  });
}

/** The faults of a run, one after the other: those of all areas in turn, without those that are pointless. */
export async function* select(
  areas: readonly Area[],
  seed: number,
  count: number,
  pointless: (fault: Fault) => Promise<Pointless | null>,
): AsyncGenerator<Fault> {
  const lists = areas.map((area) => inOrderOfSeed(area, seed)[Symbol.iterator]());
  const left = [...quotas(count, areas.length)];
  while (left.some((n) => n > 0)) {
    for (const [i, list] of lists.entries()) {
      if (left[i] === 0) continue;
      const fault = await next(list, pointless);
      left[i] = fault === null ? 0 : left[i] - 1;
      if (fault !== null) yield fault;
    }
  }
}

async function next(list: Iterator<Fault>, pointless: (fault: Fault) => Promise<Pointless | null>): Promise<Fault | null> {
  for (let step = list.next(); step.done !== true; step = list.next()) if ((await pointless(step.value)) === null) return step.value;
  return null;
}
