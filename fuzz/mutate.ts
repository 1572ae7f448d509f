import { INSN_BYTES, insn as makeInsn, encodeInsn } from '#isa/codec/codec';
import { layoutOf } from '#isa/codec/layout';
import type { StoreInsn } from '#isa/spec/instructions';
import type { FuzzCase } from './case.js';
import { decodeBytes, type Streams, streamsOf, tokensOf, unitOfBytes, withoutTokens, withStreams } from './edit.js';
import type { Random } from './random.js';

type Mutation = (c: FuzzCase, s: Uint8Array[][], r: Random) => void;

const some = (s: Uint8Array[][], r: Random): Uint8Array => r.pick(r.pick(s));

/** Any field of any instruction becomes anything: indices out of range, extents, encodings, flags. */
const setField: Mutation = (c, s, r) => {
  const bytes = some(s, r);
  const insn = decodeBytes(c, bytes);
  if (insn === null) return;
  const field = r.pick(layoutOf(c.config).insns[insn.op].filter((f) => f.width > 0 && f.name !== 'opcode'));
  const low = field.signed ? -(2 ** (field.width - 1)) : 0;
  const most = low + 2 ** field.width - 1;
  const value = r.pick([most, r.int(low, most), Math.min(most, (insn as unknown as Record<string, number>)[field.name] + 1)]);
  bytes.set(encodeInsn({ ...insn, [field.name]: value }, c.config));
};

const flipBit: Mutation = (_, s, r) => {
  some(s, r)[r.int(0, INSN_BYTES - 1)] ^= 1 << r.int(0, 7);
};

const setOpcode: Mutation = (_, s, r) => {
  const bytes = some(s, r);
  bytes[0] = (bytes[0] & 0xf8) | r.int(0, 7);
};

const flipFlag: Mutation = (_, s, r) => {
  some(s, r)[0] ^= 8 << r.int(0, 3);
};

/** A LOAD or STORE names a unit that it has no tokens with. */
const nameNobody: Mutation = (c, s, r) => {
  const bytes = some(s, r);
  const unit = unitOfBytes(c, bytes);
  if (unit !== 1) bytes[0] |= r.pick(unit === 0 ? [0x08, 0x20] : [0x10, 0x40]);
};

/** Any memory type or ALU operation, those without a meaning among them. */
const setCode: Mutation = (c, s, r) => {
  const bytes = some(s, r);
  const insn = decodeBytes(c, bytes);
  if (insn?.op === 'ALU') bytes.set(encodeInsn({ ...insn, alu_opcode: r.int(4, 7) }, c.config));
  if (insn?.op === 'LOAD' || insn?.op === 'STORE') bytes.set(encodeInsn({ ...insn, memory_type: r.int(0, 7) }, c.config));
};

/** A STORE pads. */
const padStore: Mutation = (c, s, r) => {
  const stores = s.flat().filter((bytes) => decodeBytes(c, bytes)?.op === 'STORE');
  if (stores.length === 0) return;
  const bytes = r.pick(stores);
  const insn = decodeBytes(c, bytes) as StoreInsn;
  bytes.set(encodeInsn({ ...insn, [r.pick(['y_pad_0', 'y_pad_1', 'x_pad_0', 'x_pad_1'] as const)]: r.int(1, 15) }, c.config));
};

/** A LOAD or STORE goes beyond memory, perhaps only at its end: what the machine meets meanwhile comes first. */
const leaveMemory: Mutation = (c, s, r) => {
  const bytes = some(s, r);
  const insn = decodeBytes(c, bytes);
  if (insn?.op !== 'LOAD' && insn?.op !== 'STORE') return;
  const far = r.chance(0.5) ? { dram_base: 2 ** 28 - r.int(1, 9) } : { x_stride: 2 ** 16 - 1, y_size: Math.max(2, insn.y_size) };
  bytes.set(encodeInsn({ ...insn, ...far }, c.config));
};

/** FINISH lost, in the middle, or twice. */
const moveFinish: Mutation = (c, s, r) => {
  const list = r.pick(s);
  if (r.chance(0.5)) list.pop();
  if (r.chance(0.6)) list.splice(r.int(0, list.length), 0, encodeInsn(makeInsn('FINISH'), c.config));
};

const swap: Mutation = (_, s, r) => {
  const list = r.pick(s);
  const [a, b] = [r.int(0, list.length - 1), r.int(0, list.length - 1)];
  if (list.length > 0) [list[a], list[b]] = [list[b], list[a]];
};

const drop: Mutation = (_, s, r) => {
  const list = r.pick(s);
  if (list.length > 1) list.splice(r.int(0, list.length - 1), 1);
};

const MUTATIONS: readonly Mutation[] = [
  ...[setField, setField, setField, flipBit, setOpcode, flipFlag, flipFlag],
  ...[setCode, nameNobody, padStore, leaveMemory, moveFinish, swap, drop],
];

/** Lanes that GEMM and ALU of a case work on: a changed loop extent can make it run for minutes. */
function lanesOf(c: FuzzCase, streams: Streams): number {
  const { batch, blockIn, blockOut } = c.config;
  let lanes = 0;
  for (const bytes of streams.flat()) {
    const i = decodeBytes(c, bytes);
    if (i?.op !== 'GEMM' && i?.op !== 'ALU') continue;
    const steps = i.iter_out * i.iter_in * Math.max(0, i.uop_end - i.uop_bgn);
    lanes += steps * batch * blockOut * (i.op === 'GEMM' ? blockIn : 1);
  }
  return lanes;
}
const MOST_LANES = 2_000_000;

/**
 * Breaks a legal case in one to three places: unknown encodings, ranges, flags without a neighbour, tokens that never come, FINISH
 * missing or not last, work that nobody waits for. Some of these cases stay legal.
 */
export function mutateCase(c: FuzzCase, r: Random): FuzzCase {
  const all = streamsOf(c);
  const tokens = tokensOf(c, all);
  const streams = tokens.length > 0 && r.chance(0.1) ? withoutTokens(all, [r.pick(tokens)]) : all;
  const changed = streams.map((list) => list.map((b) => b.slice()));
  for (let n = r.pick([1, 1, 2, 3]); n > 0; n--) {
    const before = changed.map((list) => list.map((b) => b.slice()));
    if (changed.every((list) => list.length > 0)) r.pick(MUTATIONS)(c, changed, r);
    if (lanesOf(c, changed) > MOST_LANES) before.forEach((list, launch) => (changed[launch] = list));
  }
  // a FINISH that was put in pushes the last instruction out
  return withStreams(
    c,
    changed.map((list, n) => list.slice(0, c.launches[n].insnCount)),
  );
}
