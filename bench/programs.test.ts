import { describe, expect, test } from 'vitest';
import type { LaunchRequest } from '#isa/arch/device';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { findRace } from '#fuzz/races';
import { createFunctional, createFunctionalState, launchFunctional } from '#simulator/functional/device';
import { aluWorkload, gemmWorkload, pipelineWorkload, type Workload } from './programs.js';
import { measure, medianRatio } from './measure.js';
import { rates, table } from './report.js';
import { figures, isMet, type Results, targetsTable } from './targets.js';

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
    const { name, config, dram, insnAddr, insnCount } = w;
    expect(findRace({ name, config, dram, memory: DEFAULT_MEMORY, launches: [{ insnAddr, insnCount }] })).toBeNull();
  });
});

/** Measurements of that many seconds. */
function timesOf(functional: number, cycle: number, rtl: number | null) {
  const { counters } = run(aluWorkload('default', 'ADD', true, 1, 1));
  const on = (name: 'functional' | 'cycle' | 'rtl', best: number) => ({
    on: name,
    cycles: 1000,
    counters,
    best,
    median: best,
    turns: [best],
  });
  return { functional: on('functional', functional), cycle: on('cycle', cycle), rtl: rtl === null ? null : on('rtl', rtl) };
}

test('rates and their table', () => {
  const workload = aluWorkload('default', 'ADD', true, 1, 1);
  const { counters } = run(workload);
  const on = (name: 'functional' | 'cycle' | 'rtl', cycles: number | null, best: number) => ({
    on: name,
    cycles,
    counters,
    best,
    median: 2 * best,
    turns: [3 * best, 2 * best, best, 4 * best],
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
  expect(table([row])).toMatch(/CYCLES DIFFER.*x0\.500.*x10\.0\n$/);
});

describe('what is promised', () => {
  const long = { workload: gemmWorkload('default', [64, 16, 16], 1), ...timesOf(0.5, 0.5 / 0.9, null) };
  const slow = { workload: aluWorkload('default', 'ADD', true, 1, 1), ...timesOf(0.5, 1, 30) };
  const nothing = { long: [], short: [], timingOnly: { sustained: null, layers: null }, startUp: null, parallel: null };
  const of = (name: RegExp, results: Results) => figures(results).find((f) => name.test(f.name))!;

  test('the slowest program decides', () => {
    expect(of(/functional, slowest/, { ...nothing, long: [long, slow] })).toMatchObject({ value: 0.5, worst: slow.workload.name });
    expect(of(/RTL/, { ...nothing, short: [long, slow] })).toMatchObject({ value: 30, worst: slow.workload.name });
  });

  test('met, missed and not measured', () => {
    const results = {
      ...nothing,
      timingOnly: { sustained: 6e6, layers: 4e6 },
      startUp: { node: 0.1, functional: 0.2, cycle: 0.31 },
      parallel: { ratio: 1.7, whole: 1.6 },
    };
    const met = figures(results).map(isMet);
    expect(met).toEqual([null, null, null, null, true, false, true, false, false, null]);
    expect(targetsTable(figures(results))).toMatch(/small program, cycle +0\.310 s +< 0\.3 s +MISSED/);
    expect(targetsTable(figures(nothing))).toContain('not measured');
  });
});

test('ratios are the middle one of those of the turns', () => {
  expect(medianRatio([1, 30, 2, 3, 4], [1, 10, 1, 1, 0.5])).toBe(3);
});

test('machines take turns', async () => {
  const w = aluWorkload('default', 'ADD', true, 1, 1);
  const calls: string[] = [];
  const named = (name: 'functional' | 'cycle') => {
    const good = createFunctional(w.config);
    const launch = (request: LaunchRequest) => {
      calls.push(name);
      return good.launch(request);
    };
    return { ...good, name, launch };
  };
  const both = await measure([named('functional'), named('cycle')], w, 2);
  expect(calls).toEqual(['functional', 'cycle', 'functional', 'cycle', 'functional', 'cycle']);
  expect(both.map((m) => m.on)).toEqual(['functional', 'cycle']);
  calls.length = 0;
  await measure([named('functional')], w, 1, 0.05);
  expect(calls.length).toBeGreaterThan(2);
});
