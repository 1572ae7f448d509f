import { CLIENT_SHIFT, HAS_WAITS, type PageData, STATE_MASK } from '../data.js';

/** Spans of one row in columns. */
export interface Row {
  readonly name: string;
  readonly text: string;
  readonly count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly state: Uint8Array;
  readonly client: Uint8Array;
  readonly insn: Int32Array;
  /** Cycles waited inside a busy span: memory, hazard, queue, three each. */
  readonly waits: Int32Array;
}

/** A token: who pushed it when, and who popped it; -1 for nobody. */
export interface Token {
  readonly channel: number;
  readonly from: number;
  readonly to: number;
  readonly pushed: number;
}

/** ALU instructions in one pass, and what may lie between two neighbours. */
const LOOK_AHEAD = 64;

export interface Model {
  readonly data: PageData;
  readonly rows: readonly Row[];
  /** Instructions without work, in the order in which they take their tokens. */
  readonly sync: readonly number[];
  readonly tokensOf: ReadonlyMap<number, readonly Token[]>;
  readonly textOf: (insn: number) => string;
  readonly layerOf: (insn: number) => number;
  /** Cycle of the run of one of the five times of an instruction; -1 if it has none. */
  readonly timeOf: (insn: number, which: number) => number;
}

export const [QUEUED, ACCEPTED, STARTED, FINISHED, RETIRED] = [0, 1, 2, 3, 4];
export const TIME_NAMES = ['queued', 'accepted', 'started', 'finished', 'retired'];

function rowOf(name: string, text: string, flat: readonly number[]): Row {
  let count = 0;
  for (let i = 0; i < flat.length; count++) i += (flat[i + 1] & HAS_WAITS) !== 0 ? 6 : 3;
  const column = () => new Int32Array(count);
  const row = { name, text, count, from: column(), to: column(), state: new Uint8Array(count), client: new Uint8Array(count) };
  const [insn, waits] = [column(), new Int32Array(3 * count)];
  for (let i = 0, n = 0, at = 0; n < count; n++) {
    const code = flat[i + 1];
    row.from[n] = at;
    at += flat[i];
    row.to[n] = at;
    row.state[n] = code & STATE_MASK;
    row.client[n] = code >> CLIENT_SHIFT;
    insn[n] = flat[i + 2];
    if ((code & HAS_WAITS) !== 0) waits.set(flat.slice(i + 3, i + 6), 3 * n);
    i += (code & HAS_WAITS) !== 0 ? 6 : 3;
  }
  return { ...row, insn, waits };
}

function tokens(flat: readonly number[]): ReadonlyMap<number, readonly Token[]> {
  const out = new Map<number, Token[]>();
  const add = (insn: number, token: Token) => {
    if (insn < 0) return;
    const list = out.get(insn);
    if (list === undefined) out.set(insn, [token]);
    else list.push(token);
  };
  for (let i = 0; i < flat.length; i += 4) {
    const token = { channel: flat[i], from: flat[i + 1], to: flat[i + 2], pushed: flat[i + 3] };
    add(token.from, token);
    add(token.to, token);
  }
  return out;
}

export function loadModel(data: PageData): Model {
  const { insns, layers } = data;
  const layerOf = (insn: number): number => {
    let [low, high] = [0, layers.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (layers[middle].insn <= insn) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const timeOf = (insn: number, which: number): number => {
    const t = insns.times[5 * insn + which];
    return t < 0 ? -1 : layers[layerOf(insn)].start + t;
  };
  const sync = insns.row.flatMap((row, i) => (row < 0 ? [i] : [])).sort((a, b) => timeOf(a, ACCEPTED) - timeOf(b, ACCEPTED));
  const rows = data.units.map((u) => rowOf(u.name, u.text, u.spans));
  return { data, rows, sync, tokensOf: tokens(data.flows), textOf: (i) => insns.texts[insns.text[i]], layerOf, timeOf };
}

/** Index of the last entry of a sorted column that is at most `value`; -1 if none is. */
export function lastAtMost(column: ArrayLike<number>, value: number): number {
  let [low, high] = [-1, column.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (column[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Instructions that run in one pass with one: neighbours of the same row that started in the same cycle. */
export function passOf(model: Model, insn: number): readonly number[] {
  const { row } = model.data.insns;
  const out = [insn];
  const end = Math.min(row.length, insn + LOOK_AHEAD);
  for (let i = insn + 1; i < end; i++) {
    if (row[i] !== row[insn]) continue;
    if (model.timeOf(i, STARTED) !== model.timeOf(insn, STARTED)) break;
    out.push(i);
  }
  return out;
}
