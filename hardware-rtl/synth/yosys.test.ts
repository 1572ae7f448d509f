import { describe, expect, test } from 'vitest';
import { defineConfig } from '#isa/config/config';
import { preset, PRESET_KEYS } from '#isa/config/presets';
import { hasTool } from '../../tests/support/tools.js';
import { arrayMultipliers, cellsOf, summary, synthesize, yosysSources } from './yosys.js';

test('constants of other packages are put into vta_core_pkg', () => {
  const text = yosysSources(preset('default'), 128).get('vta_core_pkg.sv');
  expect(text).toContain('BusBits     = 128;');
  expect(text).not.toMatch(/vta_(bus_)?pkg::/);
});

test('cell counts are read from the last statistics', () => {
  const log =
    '   Number of cells:  1\n     LUT2   1\n\n text\n   Number of cells:     12\n     DSP48E1      3\n     RAMB36E1     4\n     LUT6     5\n\n end';
  expect(cellsOf(log)).toEqual({ DSP48E1: 3, RAMB36E1: 4, LUT6: 5 });
  expect(summary(cellsOf(log))).toMatchObject({ dsp: 3, bram36: 4, lut: 5, latch: 0 });
});

test('multipliers of the array are those of one dot product, times how often it is there', () => {
  const log =
    '2. Printing statistics.\n\n=== $paramod\\vta_dot ===\n\n   Number of cells:  9\n     DSP48E1   8\n     LUT2  1\n\n=== vta_gemm ===\n\n   Number of cells: 8\n     $paramod\\vta_dot  8\n\n' +
    '=== design hierarchy ===\n\n   vta_top 1\n     vta_gemm 1\n       $paramod\\vta_dot      8\n\n   Number of cells:  100\n     DSP48E1  97\n';
  expect(arrayMultipliers(log)).toBe(64);
  expect(cellsOf(log)).toEqual({ DSP48E1: 97 });
});

const tiny = defineConfig(
  { ...PRESET_KEYS.default, LOG_UOP_BUFF_SIZE: 2, LOG_INP_BUFF_SIZE: 4, LOG_WGT_BUFF_SIZE: 8, LOG_ACC_BUFF_SIZE: 6 },
  'tiny',
);
describe.skipIf(!hasTool('yosys', '-V'))('elaboration (needs Yosys)', () => {
  test.each([
    ['default', preset('default'), 64],
    ['mac64-x', preset('mac64-x'), 512],
    ['buffers of one element', tiny, 128],
  ] as const)(
    '%s',
    async (_, config, width) => {
      const result = await synthesize(config, width, 'elaborate');
      expect(result).toMatchObject({ cells: { $mul: expect.any(Number) } });
      const { cells } = result as Exclude<typeof result, string>;
      expect(Object.keys(cells).filter((c) => /latch/.test(c))).toEqual([]);
    },
    300_000,
  );
});
