import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS, preset } from '#isa/config/presets';
import type { Halo } from '../partition/program.js';
import { DeviceMemory, elementBytes } from './device-memory.js';
import { placeForms } from './link.js';
import { relocate } from './relocate.js';

describe('device memory', () => {
  test('bytes of an element, where batch, blocks and widths all differ', () => {
    const config = defineConfig({ ...PRESET_KEYS.mac64, LOG_BATCH: 1, LOG_BLOCK_IN: 2, LOG_BLOCK_OUT: 3, LOG_WGT_WIDTH: 2 });
    const memories = ['UOP', 'INP', 'WGT', 'ACC', 'OUT', 'ACC_8BIT'] as const;
    // 2 x 4 int8, 8 x 4 int4, 2 x 8 int32, 2 x 8 int8 twice
    expect(memories.map((m) => elementBytes(m, config))).toEqual([4, 8, 16, 64, 16, 16]);
  });

  test('a form with a halo is filled with its zero point, one without is not', () => {
    const config = preset('default');
    const imageOf = (halo: Partial<Halo>) => {
      const layout = { channels: 20, height: 4, width: 4, halo: { top: 0, left: 0, bottom: 0, right: 0, ...halo }, zeroPoint: -3 };
      const memory = new DeviceMemory();
      const [{ address }] = placeForms({ forms: [{ value: 0, lanes: 16, layout }], steps: [] }, config, memory);
      return memory.image.map((section) => ({ ...section, address: section.address - address }));
    };
    expect(imageOf({})).toEqual([]);
    for (const side of ['top', 'left', 'bottom', 'right']) {
      // two blocks of 4 x 4 tiles of 16 bytes, and one more row or column
      expect(imageOf({ [side]: 1 }), side).toEqual([{ kind: 'fill', role: 'halo', address: 0, length: 2 * 4 * 5 * 16, value: 0xfd }]);
    }
  });
});

test('every instruction gets the base of its buffer, the first buffer included', () => {
  const load = insn('LOAD', { memory_type: 2, dram_base: 5 });
  const insns = [load, insn('GEMM', {}), insn('STORE', { dram_base: 7 }), load];
  const out = relocate(insns, Int32Array.of(0, -1, 1, 1), [100, 2000]);
  expect(out.map((i) => ('dram_base' in i ? i.dram_base : null))).toEqual([105, null, 2007, 2005]);
  expect(() => relocate([insn('GEMM', {})], Int32Array.of(0), [100])).toThrow('has no address to relocate');
});
