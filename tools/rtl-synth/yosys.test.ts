import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defineConfig } from '#isa/config/config';
import { preset, PRESET_KEYS } from '#isa/config/presets';
import { hasTool } from '../../tests/support/tools.js';
import { portsOf, reducedSources, routedOf, shellOf } from './ice40.js';
import { measured, PAGE, page } from './report.js';
import { arrayMultipliers, cellsOf, summary, synthesize, synthesizeFiles, yosysSources } from './yosys.js';

test('constants of other packages are put into vta_core_pkg', () => {
  const text = yosysSources(preset('default'), 128).get('vta_core_pkg.sv');
  expect(text).toContain('BusBits     = 128;');
  expect(text).not.toMatch(/vta_(bus_)?pkg::/);
});

test('cell counts are read from the last statistics', () => {
  const log =
    '   Number of cells:  1\n     LUT2   1\n\n text\n   Number of cells:     12\n     DSP48E1      3\n     RAMB36E1     4\n     LUT6     5\n     CARRY4     6\n\n end';
  expect(cellsOf(log)).toEqual({ DSP48E1: 3, RAMB36E1: 4, LUT6: 5, CARRY4: 6 });
  expect(summary(cellsOf(log))).toMatchObject({ dsp: 3, bram36: 4, lut: 5, carry: 6, latch: 0 });
});

test('multipliers of the array are those of one dot product, times how often it is there', () => {
  const log =
    '2. Printing statistics.\n\n=== $paramod\\vta_dot ===\n\n   Number of cells:  9\n     DSP48E1   8\n     LUT2  1\n\n=== vta_gemm ===\n\n   Number of cells: 8\n     $paramod\\vta_dot  8\n\n' +
    '=== design hierarchy ===\n\n   vta_top 1\n     vta_gemm 1\n       $paramod\\vta_dot      8\n\n   Number of cells:  100\n     DSP48E1  97\n';
  expect(arrayMultipliers(log)).toBe(64);
  expect(cellsOf(log)).toEqual({ DSP48E1: 97 });
});

test('the page of the documentation says what was measured', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(page(measured()));
});

test('the small core has constants of its own', () => {
  const constants = reducedSources().get('vta_core_pkg.sv');
  expect(constants).toMatch(/BusBits {5}= 64;/);
  expect(constants).toMatch(/RobDepth\s+= 1;/);
});

test('clock and cells are read from the report of nextpnr', () => {
  const utilization = { ICESTORM_LC: { used: 6123, available: 7680 }, ICESTORM_RAM: { used: 12, available: 32 } };
  const report = { fmax: { clk$SB_IO_IN_$glb_clk: { achieved: 31.4159, constraint: 40 } }, utilization };
  expect(routedOf(report)).toEqual({ logicCells: 6123, blockRams: 12, clock: 31.4 });
});

test('a shell feeds and observes every port', () => {
  const port = (direction: string, width: number) => ({ direction, bits: Array.from({ length: width }, (_, n) => n) });
  const ports = { ap_clk: port('input', 1), a: port('input', 3), b: port('output', 2), c: port('input', 1), d: port('output', 4) };
  const shell = shellOf('machine', portsOf({ modules: { machine: { ports } } }, 'machine'));
  expect(shell).toContain('logic [3:0] in_q;');
  expect(shell).toContain('logic [5:0] out;');
  expect(shell).toContain('logic [1:0] folded_q;');
  expect(shell).toContain('.a(in_q[0 +: 3]), .b(out[0 +: 2]), .c(in_q[3 +: 1]), .d(out[2 +: 4]));');
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

  const top = (text: string) => new Map([['top.sv', `module vta_top (${text} endmodule`]]);

  test.each(['elaborate', 'xc7', 'ecp5'] as const)(
    'a latch is a failure: %s',
    async (target) => {
      const sources = top('input logic en, d, output logic q); always_latch if (en) q = d;');
      expect(await synthesizeFiles(sources, target)).toMatch(/t:\$dlatch/);
    },
    300_000,
  );

  test.each(['xc7', 'ecp5'] as const)(
    'a product that no DSP takes is a failure, one with a constant is not: %s',
    async (target) => {
      const ports = 'input logic a, input logic [7:0] b, c, output logic [15:0] p, q';
      const dsp = target === 'xc7' ? 'DSP48E1' : 'MULT18X18D';
      const mapped = await synthesizeFiles(top(`${ports}); assign p = b * c; assign q = c[4:0] * 3'd7;`), target);
      expect(mapped).toMatchObject({ cells: { [dsp]: expect.any(Number) } });
      expect(await synthesizeFiles(top(`${ports}); assign p = b * c; assign q = a * c;`), target)).toMatch(/Assertion failed/);
    },
    300_000,
  );
});
