import { describe, expect, test } from 'vitest';
import { createFunctionalState, launchFunctional } from '#simulator/functional/device';
import { aluWorkload, gemmWorkload, pipelineWorkload, type Workload } from './programs.js';
import { rates, table } from './report.js';

/** The programs the benchmark makes itself are legal and do the work they claim. */
function run(w: Workload, hashes = false) {
  const dram = w.dram.slice();
  const result = launchFunctional(createFunctionalState(w.config), { ...w, dram, hashes });
  return { dram, counters: result.counters };
}

describe("the benchmark's own programs", () => {
  test.each([
    [gemmWorkload('default', [64, 16, 16], 2), { gemmOps: 2 * 64 * 16 * 16, gemmResetOps: 1024 }],
    [gemmWorkload('mac64', [8, 4, 4], 3), { gemmOps: 3 * 8 * 4 * 4 }],
    [aluWorkload('default', 'MIN', false, 3, 2), { aluOps: 6 * 1024 }],
    [aluWorkload('default-x', 'RQ', true, 2, 2), { aluOps: 4 * 1024 }],
    [pipelineWorkload('default', 5), { gemmOps: 5 * 128 * 8 * 8, aluOps: 2 * 5 * 1024, outStoreBytes: 5 * 1024 * 16 }],
  ])('%#', (w, counters) => {
    const done = run(w);
    expect(done.counters).toMatchObject(counters);
    expect(Buffer.compare(done.dram, w.dram)).not.toBe(0);
    expect(Buffer.compare(run(w, true).dram, done.dram)).toBe(0);
  });
});

test('rates and their table', () => {
  const workload = aluWorkload('default', 'ADD', true, 1, 1);
  const { counters } = run(workload);
  const on = (name: 'functional' | 'cycle' | 'rtl', cycles: number | null, best: number) => ({
    on: name,
    cycles,
    counters,
    best,
    median: 2 * best,
  });
  const row = { workload, functional: on('functional', null, 0.5), cycle: on('cycle', 3000, 1), rtl: on('rtl', 3001, 10) };
  expect(rates(row)).toMatchObject({
    vectors: 2048,
    macs: 0,
    cycleSpeed: 3000,
    rtlSpeed: 300.1,
    cycleOverFunctional: 2,
    rtlOverCycle: 10,
    cyclesEqual: false,
  });
  expect(table([row])).toMatch(/CYCLES DIFFER.*x2\.00.*x10\.0\n$/);
});
