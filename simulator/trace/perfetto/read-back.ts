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

/** Reads a whole file; throws where it is not as Perfetto wants it. */
export function readBack(file: Uint8Array): ReadBack {
  const tracks = new Map<number, { name: string; parent: number | undefined; rank: number; isCounter: boolean }>();
  const interned = { categories: new Map<number, string>(), names: new Map<number, string>(), keys: new Map<number, string>() };
  const open = new Map<number, (Omit<Slice, 'to'> & { to: number })[]>();
  const last = new Map<number, number>();
  const slices: Slice[] = [];
  const counters: Record<string, [number, number][]> = {};
  let cleared = false;
  const nameOf = (map: Map<number, string>, iid: number | undefined): string => {
    const name = map.get(iid ?? -1);
    if (name === undefined) throw new Error(`interned name ${iid} is not known`);
    return name;
  };
  const learn = (data: Raw) => {
    for (const [field, map] of [
      [1, interned.categories],
      [2, interned.names],
      [3, interned.keys],
    ] as const) {
      for (const entry of data.get(field) ?? []) {
        const m = decode(entry as Uint8Array);
        if (map.has(Number(one(m, 1)))) throw new Error('an interned id is used twice');
        map.set(Number(one(m, 1)), text(one(m, 2)!));
      }
    }
  };
  const argsOf = (event: Raw) =>
    Object.fromEntries(
      (event.get(4) ?? []).map((bytes) => {
        const a = decode(bytes as Uint8Array);
        const string = one(a, 6);
        return [nameOf(interned.keys, number(a, 1)), string === undefined ? Number(one(a, 3)) : text(string)];
      }),
    );
  const event = (e: Raw, at: number) => {
    const uuid = number(e, 11)!;
    const track = tracks.get(uuid);
    if (track === undefined) throw new Error(`track ${uuid} is not described`);
    if (at < (last.get(uuid) ?? 0)) throw new Error(`time goes back on ${track.name}`);
    last.set(uuid, at);
    const stack = open.get(uuid) ?? [];
    open.set(uuid, stack);
    const type = number(e, 9);
    if (type === 4) {
      if (!track.isCounter) throw new Error(`${track.name} is no counter`);
      const value = one(e, 30) ?? (one(e, 44) === undefined ? undefined : double(one(e, 44) as bigint));
      if (value === undefined) throw new Error('a counter event without a value');
      (counters[track.name] ??= []).push([at, Number(value)]);
    } else if (type === 1) {
      const flows = (field: number) => (e.get(field) ?? []).map(Number);
      const names = { name: nameOf(interned.names, number(e, 10)), category: nameOf(interned.categories, number(e, 3)) };
      const at0 = { track: track.name, ...names, from: at, to: -1, depth: stack.length };
      stack.push({ ...at0, args: argsOf(e), flowsOut: flows(47), flowsIn: flows(48) });
    } else if (type === 2) {
      const slice = stack.pop();
      if (slice === undefined) throw new Error(`an end without a begin on ${track.name}`);
      slices.push({ ...slice, to: at });
    } else throw new Error(`event type ${type}`);
  };
  const trace = decode(file);
  if ([...trace.keys()].some((field) => field !== 1)) throw new Error('the file holds more than packets');
  for (const bytes of trace.get(1) ?? []) {
    const packet = decode(bytes as Uint8Array);
    if (number(packet, 10) !== 1) throw new Error('a packet without its sequence');
    const flags = number(packet, 13)!;
    if ((flags & 1) !== 0) cleared = true;
    else if (!cleared || (flags & 2) === 0) throw new Error('interned data is used before it begins');
    const data = one(packet, 12);
    if (data !== undefined) learn(decode(data as Uint8Array));
    const descriptor = one(packet, 60);
    if (descriptor !== undefined) {
      const d = decode(descriptor as Uint8Array);
      const track = { name: text(one(d, 2)!), parent: number(d, 5), rank: Number(BigInt.asIntN(32, BigInt(Number(one(d, 12) ?? 0)))) };
      tracks.set(number(d, 1)!, { ...track, isCounter: one(d, 8) !== undefined });
    }
    const e = one(packet, 11);
    if (e !== undefined) event(decode(e as Uint8Array), number(packet, 8)!);
  }
  for (const stack of open.values()) if (stack.length > 0) throw new Error(`a slice of ${stack[0].track} has no end`);
  const list = [...tracks.values()].map((t) => ({
    ...t,
    parent: t.parent === undefined ? null : (tracks.get(t.parent)?.name ?? 'unknown'),
  }));
  return { tracks: list, slices, counters };
}
