import { encodeProgram, encodeUop, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import type { Insn, Uop } from '#isa/spec/instructions';

/** Where a test's program is in its image, data beside it. */
export interface TestProgram {
  readonly dram: Uint8Array;
  readonly insnAddr: number;
  readonly insnCount: number;
}

/** An image of `size` bytes of 0xee with `data` at its addresses and the program behind it. */
export function testProgram(
  config: VtaConfig,
  insns: readonly Insn[],
  data: Readonly<Record<number, ArrayLike<number>>> = {},
  size = 0x2000,
): TestProgram {
  const dram = new Uint8Array(size + insns.length * INSN_BYTES).fill(0xee);
  for (const [address, bytes] of Object.entries(data)) dram.set(Array.from(bytes), Number(address));
  dram.set(encodeProgram(insns, config), size);
  return { dram, insnAddr: size, insnCount: insns.length };
}

/** Little-endian bytes. */
export const int32 = (...values: number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);
export const int8 = (...values: number[]): Uint8Array => new Uint8Array(Int8Array.from(values).buffer);

/** Micro-ops as bytes; unnamed indices are 0. */
export const uops = (config: VtaConfig, ...list: Partial<Uop>[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(list.map((u) => encodeUop({ dst_idx: 0, src_idx: 0, wgt_idx: 0, ...u }, config))).buffer);

/**
 * Makes a program of one unit after the other: every instruction waits for the one before it, so that tests may list them in
 * the order they mean. Flags that are already set stay.
 */
export function serial(insns: readonly Insn[]): Insn[] {
  const unitOf = (i: Insn) => (i.op === 'STORE' ? 2 : i.op === 'LOAD' && [1, 2, 6].includes(i.memory_type) ? 0 : 1);
  const out: Insn[] = [];
  const add = (i: Insn) => {
    const last = out.at(-1);
    if (last === undefined) return out.push(i);
    const [from, to] = [unitOf(last), unitOf(i)];
    if (Math.abs(from - to) === 2) {
      add(insn('LOAD', {}));
      return add(i);
    }
    if (from < to) out[out.length - 1] = { ...last, push_next_dep: 1 };
    if (from > to) out[out.length - 1] = { ...last, push_prev_dep: 1 };
    return out.push({ ...i, ...(from < to ? { pop_prev_dep: 1 } : from > to ? { pop_next_dep: 1 } : {}) });
  };
  insns.forEach(add);
  return out;
}
