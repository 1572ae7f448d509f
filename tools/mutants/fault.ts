import { createHash } from 'node:crypto';

/** What a fault changes. */
export type Kind = 'comparison' | 'arithmetic' | 'bits' | 'logic' | 'constant' | 'bound' | 'condition' | 'removed statement' | 'reset';

/** Another text for a stretch of a file, from offset `start` up to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  readonly to: string;
}

/** One small fault in one file of the project; `file` is its path from the root. */
export interface Fault extends Edit {
  readonly area: string;
  readonly file: string;
}

export const applyEdit = (text: string, { start, end, to }: Pick<Edit, 'start' | 'end' | 'to'>): string =>
  text.slice(0, start) + to + text.slice(end);

/** The lines that a fault is in, before and after, blank space made short: how people and {@link explained} name it. */
export interface Shown {
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

const short = (text: string): string => text.replace(/\s+/g, ' ').trim();

export function show(text: string, edit: Edit): Shown {
  const first = text.lastIndexOf('\n', edit.start - 1) + 1;
  const newline = text.indexOf('\n', edit.end);
  const last = newline < 0 ? text.length : newline;
  const after = text.slice(first, edit.start) + edit.to + text.slice(edit.end, last);
  return { line: text.slice(0, edit.start).split('\n').length, from: short(text.slice(first, last)), to: short(after) };
}

/** Names a fault as long as its lines stay as they are, wherever they move in the file. */
export const faultId = (file: string, { from, to }: Pick<Shown, 'from' | 'to'>): string =>
  createHash('sha256')
    .update(JSON.stringify([file, from, to]))
    .digest('hex')
    .slice(0, 10);
