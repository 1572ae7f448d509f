import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutBytes } from '../artifact/decode.js';
import { pack, unpack } from './pack.js';

test('a hand-made layout: channel block, row, column, lane', () => {
  const layout = {
    address: 3,
    batch: 1,
    block: 2,
    channels: 3,
    height: 1,
    width: 2,
    halo: { top: 0, left: 1, bottom: 1, right: 0 },
  };
  const dram = new Uint8Array(3 + layoutBytes(layout)).fill(99);
  pack(Int8Array.of(1, 2, 3, 4, 5, 6), dram, layout);
  expect([...dram.subarray(3)]).toEqual([99, 99, 1, 2, 4, 5, 99, 99, 99, 99, 99, 99, 99, 99, 3, 99, 6, 99, 99, 99, 99, 99, 99, 99]);
});

test('what is packed is unpacked, and nothing else is touched', () => {
  const small = fc.integer({ min: 1, max: 6 });
  const pad = fc.integer({ min: 0, max: 2 });
  const arb = fc.record({
    address: fc.nat(64),
    batch: fc.constantFrom(1, 2),
    block: fc.constantFrom(1, 4, 8),
    channels: fc.integer({ min: 1, max: 20 }),
    height: small,
    width: small,
    halo: fc.record({ top: pad, left: pad, bottom: pad, right: pad }),
  });
  fc.assert(
    fc.property(arb, fc.integer(), (layout, seed) => {
      const size = layout.height * layout.width * layout.channels;
      const data = Int8Array.from({ length: size }, (_, i) => Math.imul(i + 1, seed | 1) >> 3);
      const end = layout.address + layoutBytes(layout);
      const zero = new Uint8Array(end + 8);
      const ones = new Uint8Array(end + 8).fill(0xff);
      pack(data, zero, layout);
      pack(data, ones, layout);
      expect(unpack(zero, layout)).toEqual(data);
      expect(unpack(ones, layout)).toEqual(data);
      expect(zero.filter((v, i) => v !== ones[i]).length).toBe(zero.length - size);
      expect([...zero.subarray(0, layout.address), ...zero.subarray(end)].every((v) => v === 0)).toBe(true);
    }),
    { seed: 5, numRuns: 200 },
  );
});
