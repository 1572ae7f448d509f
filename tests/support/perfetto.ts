/**
 * Test helper: reads a Perfetto track-event file with another protobuf implementation than the writer's (@bufbuild/protobuf, wire level), by field numbers
 * of the published schema, and checks what Perfetto requires: tracks described before use, interned names known, slices closed and nested.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

type Value = bigint | number | Uint8Array;
/** Values of a message by field number, in order. */
type Raw = ReadonlyMap<number, readonly Value[]>;

function decode(bytes: Uint8Array): Raw {
  const reader = new BinaryReader(bytes);
  const out = new Map<number, Value[]>();
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    const list = out.get(field) ?? [];
    out.set(field, list);
    if (wire === WireType.Varint) list.push(BigInt(reader.uint64()));
    else if (wire === WireType.Bit64) list.push(BigInt(reader.fixed64()));
    else if (wire === WireType.LengthDelimited) list.push(reader.bytes().slice());
    else throw new Error(`wire type ${wire} in field ${field}`);
  }
  return out;
}

const text = (v: Value): string => new TextDecoder('utf-8', { fatal: true }).decode(v as Uint8Array);
const one = (m: Raw, field: number): Value | undefined => {
  const list = m.get(field);
  if (list !== undefined && list.length > 1) throw new Error(`field ${field} occurs ${list.length} times`);
  return list?.[0];
};
const number = (m: Raw, field: number): number | undefined => {
  const v = one(m, field);
  return v === undefined ? undefined : Number(v);
};
const double = (bits: bigint): number => new DataView(BigUint64Array.of(bits).buffer).getFloat64(0, true);

export interface Slice {
  readonly track: string;
  readonly name: string;
  readonly category: string;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly args: Readonly<Record<string, string | number>>;
  readonly flowsOut: readonly number[];
  readonly flowsIn: readonly number[];
}

export interface ReadBack {
  /** Names of all tracks in the order of their ranks under their parent. */
  readonly tracks: readonly { readonly name: string; readonly parent: string | null; readonly rank: number; readonly isCounter: boolean }[];
  readonly slices: readonly Slice[];
  readonly counters: Readonly<Record<string, readonly (readonly [at: number, value: number])[]>>;
}

interface Track {
  readonly name: string;
  readonly parent: number | undefined;
  readonly rank: number;
  readonly isCounter: boolean;
}

class Reader {
  readonly tracks = new Map<number, Track>();
  readonly slices: Slice[] = [];
  readonly counters: Record<string, [number, number][]> = {};
  private readonly categories = new Map<number, string>();
  private readonly names = new Map<number, string>();
  private readonly keys = new Map<number, string>();
  private readonly open = new Map<number, Omit<Slice, 'to'>[]>();
  private readonly last = new Map<number, number>();
  private cleared = false;

  packet(p: Raw): void {
    if (number(p, 10) !== 1) throw new Error('a packet without its sequence');
    const flags = number(p, 13)!;
    if ((flags & 1) !== 0) this.cleared = true;
    else if (!this.cleared || (flags & 2) === 0) throw new Error('interned data is used before it begins');
    const data = one(p, 12);
    if (data !== undefined) this.learn(decode(data as Uint8Array));
    const descriptor = one(p, 60);
    if (descriptor !== undefined) this.describe(decode(descriptor as Uint8Array));
    const event = one(p, 11);
    if (event !== undefined) this.event(decode(event as Uint8Array), number(p, 8)!);
  }

  finish(): ReadBack {
    for (const stack of this.open.values()) if (stack.length > 0) throw new Error(`a slice of ${stack[0].track} has no end`);
    const nameOf = (uuid: number | undefined) => (uuid === undefined ? null : (this.tracks.get(uuid)?.name ?? 'unknown'));
    const tracks = [...this.tracks.values()].map((t) => ({ ...t, parent: nameOf(t.parent) }));
    return { tracks, slices: this.slices, counters: this.counters };
  }

  private learn(data: Raw): void {
    const maps = [
      [1, this.categories],
      [2, this.names],
      [3, this.keys],
    ] as const;
    for (const [field, map] of maps) {
      for (const entry of data.get(field) ?? []) {
        const m = decode(entry as Uint8Array);
        if (map.has(number(m, 1)!)) throw new Error('an interned id is used twice');
        map.set(number(m, 1)!, text(one(m, 2)!));
      }
    }
  }

  private describe(d: Raw): void {
    const isCounter = one(d, 8) !== undefined;
    this.tracks.set(number(d, 1)!, { name: text(one(d, 2)!), parent: number(d, 5), rank: number(d, 12) ?? 0, isCounter });
  }

  private event(e: Raw, at: number): void {
    const uuid = number(e, 11)!;
    const track = this.tracks.get(uuid);
    if (track === undefined) throw new Error(`track ${uuid} is not described`);
    if (at < (this.last.get(uuid) ?? 0)) throw new Error(`time goes back on ${track.name}`);
    this.last.set(uuid, at);
    const type = number(e, 9);
    if (type === 4) this.counter(track, e, at);
    else if (type === 1) this.begin(uuid, track, e, at);
    else if (type === 2) this.end(uuid, track, at);
    else throw new Error(`event type ${type}`);
  }

  private counter({ name, isCounter }: Track, e: Raw, at: number): void {
    const bits = one(e, 44);
    const value = one(e, 30) ?? (bits === undefined ? undefined : double(bits as bigint));
    if (!isCounter || value === undefined) throw new Error(`no counter, or no value: ${name}`);
    this.counters[name] ??= [];
    this.counters[name].push([at, Number(value)]);
  }

  private begin(uuid: number, track: Track, e: Raw, at: number): void {
    const stack = this.open.get(uuid) ?? [];
    this.open.set(uuid, stack);
    const flows = (field: number) => (e.get(field) ?? []).map(Number);
    const name = known(this.names, number(e, 10));
    const category = known(this.categories, number(e, 3));
    const links = { flowsOut: flows(47), flowsIn: flows(48) };
    stack.push({ track: track.name, name, category, from: at, depth: stack.length, args: this.argsOf(e), ...links });
  }

  private end(uuid: number, track: Track, at: number): void {
    const slice = this.open.get(uuid)?.pop();
    if (slice === undefined) throw new Error(`an end without a begin on ${track.name}`);
    this.slices.push({ ...slice, to: at });
  }

  private argsOf(e: Raw): Record<string, string | number> {
    const entries = (e.get(4) ?? []).map((bytes) => {
      const a = decode(bytes as Uint8Array);
      const string = one(a, 6);
      return [known(this.keys, number(a, 1)), string === undefined ? number(a, 3)! : text(string)] as const;
    });
    return Object.fromEntries(entries);
  }
}

function known(map: ReadonlyMap<number, string>, iid: number | undefined): string {
  const name = map.get(iid ?? -1);
  if (name === undefined) throw new Error(`interned name ${iid} is not known`);
  return name;
}

/** Reads a whole file; throws where it is not as Perfetto wants it. */
export function readBack(file: Uint8Array): ReadBack {
  const reader = new Reader();
  const trace = decode(file);
  if ([...trace.keys()].some((field) => field !== 1)) throw new Error('the file holds more than packets');
  for (const bytes of trace.get(1) ?? []) reader.packet(decode(bytes as Uint8Array));
  return reader.finish();
}
