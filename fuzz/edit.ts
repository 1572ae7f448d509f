import { decodeInsn, encodeInsn, INSN_BYTES } from '#isa/codec/codec';
import type { Insn } from '#isa/spec/instructions';
import type { TokenChannel } from '#isa/spec/tables';
import type { FuzzCase } from './case.js';
import { syncOf } from './token-plan.js';

/** The instructions of all launches, as bytes: what is changed while the rest of a case stays. */
export type Streams = readonly (readonly Uint8Array[])[];

/** The place of an instruction. */
export interface Place {
  readonly launch: number;
  readonly insn: number;
}

export const streamsOf = (c: FuzzCase): Streams =>
  c.launches.map(({ insnAddr, insnCount }) =>
    Array.from({ length: insnCount }, (_, i) => c.dram.slice(insnAddr + i * INSN_BYTES, insnAddr + (i + 1) * INSN_BYTES)),
  );

/** The case with other instructions, no more of them per launch than before; launches without any are left out. */
export function withStreams(c: FuzzCase, streams: Streams): FuzzCase {
  const dram = c.dram.slice();
  c.launches.forEach(({ insnAddr, insnCount }, n) => {
    dram.fill(0, insnAddr, insnAddr + insnCount * INSN_BYTES);
    streams[n].forEach((bytes, i) => dram.set(bytes, insnAddr + i * INSN_BYTES));
  });
  const launches = c.launches.map((l, n) => ({ ...l, insnCount: streams[n].length })).filter((l) => l.insnCount > 0);
  return { ...c, dram, launches };
}

export const decodeBytes = (c: FuzzCase, bytes: Uint8Array): Insn | null => decodeInsn(bytes, c.config, 0);

/** One instruction replaced. */
export const replaceInsn = (c: FuzzCase, s: Streams, { launch, insn }: Place, by: Insn): Streams =>
  s.map((list, n) => (n === launch ? list.map((b, i) => (i === insn ? encodeInsn(by, c.config) : b)) : list));

type Flag = 'pop_prev_dep' | 'pop_next_dep' | 'push_prev_dep' | 'push_next_dep';
/** The bit of each flag in the first byte of an instruction (reference 2.2). */
const FLAG_BIT: Readonly<Record<Flag, number>> = { pop_prev_dep: 8, pop_next_dep: 16, push_prev_dep: 32, push_next_dep: 64 };

/** The unit that executes an instruction, by its encoding; 1 (compute) for what has no other. */
export function unitOfBytes(c: FuzzCase, bytes: Uint8Array): 0 | 1 | 2 {
  const i = decodeBytes(c, bytes);
  if (i?.op === 'STORE') return 2;
  return i?.op === 'LOAD' && (i.memory_type === 1 || i.memory_type === 2 || (i.memory_type === 6 && c.config.extension)) ? 0 : 1;
}

const CHANNELS: readonly (readonly [TokenChannel, from: number, push: Flag, to: number, pop: Flag])[] = [
  ['l2c', 0, 'push_next_dep', 1, 'pop_prev_dep'],
  ['c2l', 1, 'push_prev_dep', 0, 'pop_next_dep'],
  ['c2s', 1, 'push_next_dep', 2, 'pop_prev_dep'],
  ['s2c', 2, 'push_prev_dep', 1, 'pop_next_dep'],
];

/** A token: who pushes and who pops it, the latter null for one that stays. */
export interface Token {
  readonly channel: TokenChannel;
  readonly push: Place;
  readonly pushFlag: Flag;
  readonly pop: Place | null;
  readonly popFlag: Flag;
}

/** All tokens of a case: the n-th push of a channel belongs to its n-th pop, across launches. */
export function tokensOf(c: FuzzCase, s: Streams): Token[] {
  const all = s.flatMap((list, launch) => list.map((bytes, insn) => ({ place: { launch, insn }, bytes, unit: unitOfBytes(c, bytes) })));
  return CHANNELS.flatMap(([channel, from, pushFlag, to, popFlag]) => {
    const having = (unit: number, flag: Flag) =>
      all.filter((x) => x.unit === unit && (x.bytes[0] & FLAG_BIT[flag]) !== 0).map((x) => x.place);
    const pops = having(to, popFlag);
    return having(from, pushFlag).map((push, n) => ({ channel, push, pushFlag, pop: pops[n] ?? null, popFlag }));
  });
}

const key = (p: Place): string => `${p.launch}.${p.insn}`;

/** The streams without some tokens: both flags cleared. */
export function withoutTokens(s: Streams, tokens: readonly Token[]): Streams {
  const clear = new Map<string, number>();
  const note = (p: Place | null, flag: Flag) => p !== null && clear.set(key(p), (clear.get(key(p)) ?? 0) | FLAG_BIT[flag]);
  for (const t of tokens) {
    note(t.push, t.pushFlag);
    note(t.pop, t.popFlag);
  }
  return s.map((list, launch) =>
    list.map((bytes, insn) => {
      const bits = clear.get(key({ launch, insn }));
      return bits === undefined ? bytes : Uint8Array.from(bytes, (b, i) => (i === 0 ? b & ~bits : b));
    }),
  );
}

/** The streams without some instructions, and without every token that one of them pushes or pops. */
export function withoutInsns(c: FuzzCase, s: Streams, places: readonly Place[]): Streams {
  const gone = new Set(places.map(key));
  const tokens = tokensOf(c, s).filter((t) => gone.has(key(t.push)) || (t.pop !== null && gone.has(key(t.pop))));
  return withoutTokens(s, tokens).map((list, launch) => list.filter((_, insn) => !gone.has(key({ launch, insn }))));
}

/** The streams with some instructions doing nothing but their tokens. */
export function withSyncs(c: FuzzCase, s: Streams, places: readonly Place[]): Streams {
  const idle = new Set(places.map(key));
  return s.map((list, launch) =>
    list.map((bytes, insn) => {
      if (!idle.has(key({ launch, insn }))) return bytes;
      const sync = encodeInsn(syncOf(unitOfBytes(c, bytes)), c.config);
      sync[0] |= bytes[0] & 0x78;
      return sync;
    }),
  );
}
