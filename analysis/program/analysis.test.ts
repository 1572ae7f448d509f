import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeInsn, encodeUop, insn as makeInsn } from '#isa/codec/codec';
import { defineConfig } from '#isa/config/config';
import { decodeAt } from '#simulator/values/decode';
import { ElementSet } from '#simulator/values/element-set';
import { footprintOf } from '#simulator/values/footprint';
import { PagedInts } from '#simulator/values/paged';
import { playTokens, queueStall, tokenUser, waitCycle } from './token-play.js';

const elementsOf = (set: ElementSet): number[] => {
  const out: number[] = [];
  set.forEach((e) => out.push(e));
  return out;
};
const setOf = (size: number, elements: readonly number[]): ElementSet => {
  const set = new ElementSet(size);
  for (const e of elements) set.add(e);
  return set;
};
const size = fc.constantFrom(1, 2, 16, 31, 32, 33, 64, 100, 256);
const element = fc.nat(300);

describe('element sets', () => {
  test('are sets', () => {
    fc.assert(
      fc.property(size, fc.array(element), fc.array(element), fc.array(element), (n, a, b, gone) => {
        const inside = (list: readonly number[]) => new Set(list.filter((e) => e < n));
        const [x, y] = [setOf(n, a), setOf(n, b)];
        for (const e of gone) x.remove(e);
        const [left, right] = [new Set([...inside(a)].filter((e) => !gone.includes(e))), inside(b)];
        const sorted = (s: Iterable<number>) => [...s].sort((p, q) => p - q);
        expect(elementsOf(x)).toEqual(sorted(left));
        expect(elementsOf(x.without(y))).toEqual(sorted([...left].filter((e) => !right.has(e))));
        expect(x.meets(y)).toBe([...left].some((e) => right.has(e)));
        expect(x.isEmpty).toBe(left.size === 0);
        expect(x.ranges().flatMap(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i))).toEqual(sorted(left));
        expect(x.ranges().every(([low], i, all) => i === 0 || low > all[i - 1][1] + 1)).toBe(true);
        x.addAll(y);
        expect(elementsOf(x)).toEqual(sorted(new Set([...left, ...right])));
      }),
    );
  });

  test('a range is its elements, cut at the size', () => {
    fc.assert(
      fc.property(size, element, fc.nat(200), (n, low, count) => {
        const set = new ElementSet(n);
        set.addRange(low, count);
        expect(elementsOf(set)).toEqual(Array.from({ length: count }, (_, i) => low + i).filter((e) => e < n));
      }),
    );
  });

  test('repeat is a loop', () => {
    fc.assert(
      fc.property(size, fc.array(element, { maxLength: 5 }), fc.nat(40), fc.integer({ min: 1, max: 50 }), (n, start, step, count) => {
        const set = setOf(n, start);
        set.repeat(step, count);
        const looped = start.filter((e) => e < n).flatMap((e) => Array.from({ length: count }, (_, i) => e + i * step));
        expect(elementsOf(set)).toEqual(elementsOf(setOf(n, looped)));
      }),
    );
  });
});

test('paged numbers are numbers', () => {
  const ints = new PagedInts();
  ints.fill(4090, 8200, 7);
  ints.fill(4095, 4096, 9);
  expect([4089, 4090, 4095, 4096, 4097, 8200, 8201, 99_999_999].map((i) => ints.get(i))).toEqual([0, 7, 9, 9, 7, 7, 0, 0]);
  const seen: number[] = [];
  ints.forEach(4094, 4097, (index, value) => seen.push(index, value));
  expect(seen).toEqual([4094, 7, 4095, 9, 4096, 9, 4097, 7]);
  ints.clear();
  expect(ints.get(4095)).toBe(0);
});

describe('footprints', () => {
  const config = defineConfig({
    LOG_INP_WIDTH: 3,
    LOG_WGT_WIDTH: 3,
    LOG_ACC_WIDTH: 5,
    LOG_BATCH: 0,
    LOG_BLOCK: 0,
    LOG_UOP_BUFF_SIZE: 5,
    LOG_INP_BUFF_SIZE: 6,
    LOG_WGT_BUFF_SIZE: 6,
    LOG_ACC_BUFF_SIZE: 8,
  });
  const small = fc.nat(3);
  const extent = fc.integer({ min: 1, max: 4 });

  test('of GEMM: exactly the elements that its loops visit', () => {
    const uop = fc.record({ dst_idx: fc.nat(20), src_idx: fc.nat(20), wgt_idx: fc.nat(20) });
    const fields = fc.record({
      iter_out: extent,
      iter_in: extent,
      ...Object.fromEntries(['dst', 'src', 'wgt'].flatMap((o) => [`${o}_factor_out`, `${o}_factor_in`].map((f) => [f, small]))),
    }) as fc.Arbitrary<Record<string, number>>;
    fc.assert(
      fc.property(fc.array(uop, { minLength: 1, maxLength: 4 }), fields, (uops, f) => {
        const d = decodeAt(encodeInsn(makeInsn('GEMM', { ...f, uop_end: uops.length }), config), 0, 0, config);
        const words = Uint32Array.from([...uops, ...Array(8 - uops.length).fill(uops[0])], (u) => encodeUop(u, config));
        const visited = { acc: new Set<number>(), inp: new Set<number>(), wgt: new Set<number>() };
        for (let i = 0; i < f.iter_out; i++)
          for (let j = 0; j < f.iter_in; j++)
            for (const u of uops) {
              visited.acc.add(u.dst_idx + i * f.dst_factor_out + j * f.dst_factor_in);
              visited.inp.add(u.src_idx + i * f.src_factor_out + j * f.src_factor_in);
              visited.wgt.add(u.wgt_idx + i * f.wgt_factor_out + j * f.wgt_factor_in);
            }
        const { reads, writes } = footprintOf(d, words, config);
        for (const [memory, set] of Object.entries(visited)) {
          const found = reads.find((t) => t.memory === memory);
          expect([memory, elementsOf(found!.elements)]).toEqual([memory, [...set].sort((p, q) => p - q)]);
        }
        expect(writes.map((w) => [w.memory, elementsOf(w.elements)])).toEqual([['acc', [...visited.acc].sort((p, q) => p - q)]]);
      }),
    );
  });

  test('a multiplication by the immediate 0 does not read what it clears', () => {
    const of = (imm: number) => {
      const d = decodeAt(
        encodeInsn(makeInsn('ALU', { alu_opcode: 4, use_imm: 1, imm, uop_end: 1, iter_out: 1, iter_in: 1 }), config),
        0,
        0,
        config,
      );
      return footprintOf(d, new Uint32Array(8), config).reads.map((t) => t.memory);
    };
    expect([of(0), of(1)]).toEqual([['uop'], ['uop', 'acc']]);
  });
});

describe('tokens', () => {
  const none = { l2c: 0, c2l: 0, c2s: 0, s2c: 0 };
  // flags: 1 pop_prev, 2 pop_next, 4 push_prev, 8 push_next
  const load = (flags: number) => tokenUser('load', flags);
  const compute = (flags: number) => tokenUser('compute', flags);
  const store = (flags: number) => tokenUser('store', flags);

  test('what is known goes from unit to unit with them', () => {
    const { clocks, order, left, waiting, peak } = playTokens(
      [load(0), load(8), compute(1 | 8), compute(0), store(1 | 4), compute(2)],
      none,
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clocks).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
      [2, 1, 0],
      [2, 1, 0],
      [2, 2, 1],
    ]);
    expect([left, waiting, peak]).toEqual([{ l2c: [], c2l: [], c2s: [], s2c: [] }, [], { l2c: 1, c2l: 0, c2s: 1, s2c: 1 }]);
  });

  test('tokens of earlier launches are taken first and tell nothing', () => {
    const { clocks, left } = playTokens([load(8), compute(1)], { ...none, l2c: 1 });
    expect(clocks[1]).toEqual([0, 0, 0]);
    expect(left.l2c).toEqual([0]);
  });

  test('a circle of waiting units, and a chain to one that has ended', () => {
    const circle = playTokens([load(2 | 8), compute(1 | 4)], none);
    expect(waitCycle(circle.waiting).map((e) => [e.unit, e.on, e.ended])).toEqual([
      ['load', 'compute', false],
      ['compute', 'load', false],
    ]);
    const chain = playTokens([compute(1 | 8), store(1)], none);
    expect(waitCycle(chain.waiting).map((e) => [e.unit, e.on, e.ended])).toEqual([['compute', 'load', true]]);
  });

  test('a full queue stops fetch for ever only where the token comes from behind', () => {
    const users = [compute(1), compute(0), compute(0), load(8)];
    expect(queueStall(users, none, 3)).toBeNull();
    expect(queueStall(users, none, 2)).toMatchObject({ insn: 2, waiting: [{ unit: 'compute', insn: 0, missing: ['l2c'] }] });
    expect(queueStall([compute(0), compute(0), compute(0)], none, 1)).toBeNull();
  });
});
