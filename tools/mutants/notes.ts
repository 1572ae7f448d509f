import { readText } from '../lib/files.js';
import type { Area } from './areas.js';
import { areaOf } from './areas.js';
import type { Fault } from './fault.js';

/** A fault as people write it down: a line of a file, before and after. */
export interface Note {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Why it is harmless. */
  readonly why?: string;
}

const readNotes = (name: string): readonly Note[] => JSON.parse(readText(`tools/mutants/${name}.json`)) as readonly Note[];

/** Faults that once survived; tests were written for them. */
export const knownFaults = (): readonly Note[] => readNotes('known');

/** Faults that no test can notice, each with the reason. */
export const explainedFaults = (): readonly Note[] => readNotes('explained');

/** The fault of a note in today's sources; null where the line is not there any more. */
export function faultOf({ file, from, to }: Note): Fault | null {
  const text = readText(file);
  const start = text.indexOf(from);
  const area: Area | undefined = areaOf(file);
  if (start < 0 || area === undefined) return null;
  return { area: area.name, file, start, end: start + from.length, kind: 'constant', to };
}
