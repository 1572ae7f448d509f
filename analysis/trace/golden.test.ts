/** What must hold for the trace of any program, on every golden vector: accounts that add up, and sums that other parts know too. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { CHAIN_DEPTH } from '#simulator/cycle/parameters';
import { ALU, COMPUTE_UNIT, GEMM, LOAD, LOAD_UNIT } from '#simulator/cycle/program';
import { eachBeat } from './beats.js';
import { STORE, walkerSteps } from './bursts.js';
import { aluPasses } from './chains.js';
import { queueCounters, tokenCounters, utilization } from './counters.js';
import { gemmStretches } from './gemm-stretches.js';
import { tokensAfter } from './launch.js';
import { NO_INSN, STATES, UNIT_IDS } from './spans.js';
import { hasConformance, recordVector, vectorsOf } from '../../tests/support/traces.js';
import { type TimedLaunch, timedLaunch } from './timeline.js';

const total = (list: Iterable<number>) => Array.from(list).reduce((a, b) => a + b, 0);

/** Spans leave no hole, accounts add up, nothing is negative. */
function checkSums({ launch, spans, accounts }: TimedLaunch): void {
  for (const id of UNIT_IDS) {
    let at = 0;
    const wrong = spans[id].filter((span) => {
      const good = span.from === at && span.to > span.from;
      at = span.to;
      return !good;
    });
    expect(wrong, id).toEqual([]);
    expect(at, id).toBe(launch.trace.cycles);
    for (const s of STATES) expect(accounts.units[id][s], `${id} ${s}`).toBeGreaterThanOrEqual(0);
    expect(total(Object.values(accounts.units[id])), id).toBe(launch.trace.cycles);
  }
}

/** Busy cycles are known from the program alone. */
function checkWork({ launch, owners, accounts: { units } }: TimedLaunch): void {
  const { insns, trace } = launch;
  const gemms = insns.filter((i) => i.unit === COMPUTE_UNIT && i.kind === GEMM);
  const { started, finished } = trace.insns;
  // Micro-ops never stall; a dense reset takes fewer steps, which yield to micro-ops of others.
  expect(gemms.filter((i) => !i.resets && finished[i.index] + 1 - started[i.index] !== i.steps).map((i) => i.index)).toEqual([]);
  const steps = new Int32Array(insns.length);
  for (const { insn, from, to } of gemmStretches(launch)) steps[insn] += to + 1 - from;
  expect(
    gemms.filter((i) => (i.resets ? steps[i.index] > i.steps || steps[i.index] === 0 : steps[i.index] !== i.steps)).map((i) => i.index),
  ).toEqual([]);
  expect(units.gemm.busy).toBe(total(steps));
  const passes = aluPasses(launch);
  expect(units.alu.busy).toBe(total([...passes.keys()].map((first) => insns[first].steps)));
  expect([...passes.values()].flat()).toEqual(insns.filter((i) => i.unit === COMPUTE_UNIT && i.kind === ALU).map((i) => i.index));
  for (const pass of passes.values()) {
    expect(pass.length).toBeLessThanOrEqual(CHAIN_DEPTH);
    expect(pass.filter((i) => finished[i] !== finished[pass[0]] || insns[i].steps !== insns[pass[0]].steps)).toEqual([]);
  }
  const walked = (unit: number) =>
    total(insns.filter((i) => i.unit === unit && (unit === LOAD_UNIT || i.kind === LOAD)).map((i) => walkerSteps(i, owners, launch)));
  expect(units.load.busy).toBe(walked(LOAD_UNIT));
  expect(units.loader.busy).toBe(walked(COMPUTE_UNIT));
  expect(units.fetch.busy).toBe(insns.length);
  const beats = (isWrite: boolean) => total(trace.bursts.beats.filter((_, b) => (trace.bursts.client[b] === STORE) === isWrite));
  expect(units.read.busy).toBe(beats(false));
  expect(units.write.busy).toBe(beats(true));
  expect(units.store.busy).toBe(beats(true));
}

/** What a unit can't wait for. */
function checkImpossible({ accounts: { units } }: TimedLaunch): void {
  expect([units.load.hazard, units.fetch.token, units.fetch.hazard, units.gemm.memory, units.alu.memory]).toEqual(new Array(5).fill(0));
  for (const id of ['read', 'write'] as const) expect([units[id].token, units[id].hazard, units[id].queue]).toEqual([0, 0, 0]);
}

/** Counters begin and end where the program says, and are never negative; tokens are where flows say. */
function checkCounters({ launch, flows }: TimedLaunch): void {
  for (const counter of [...queueCounters(launch), ...tokenCounters(launch)]) {
    expect(Math.min(...counter.value), counter.name).toBeGreaterThanOrEqual(0);
    expect(counter.at.every((at, n) => n === 0 || at > counter.at[n - 1])).toBe(true);
  }
  const after = tokensAfter(launch);
  for (const counter of tokenCounters(launch)) {
    const channel = counter.name.split(' ')[1] as keyof typeof after;
    expect(counter.value.at(-1), counter.name).toBe(after[channel]);
    expect(flows.filter((f) => f.channel === channel && f.to === NO_INSN).length).toBe(after[channel]);
  }
  const { accepted } = launch.trace.insns;
  expect(flows.filter((f) => f.to !== NO_INSN && f.from !== NO_INSN && accepted[f.to] <= f.pushed)).toEqual([]);
}

/** Beats that are worked out end where the machine recorded the last one. */
function checkBeats({ launch, accounts }: TimedLaunch): void {
  const { bursts } = launch.trace;
  const wrong = Array.from(bursts.last.keys()).filter((b) => {
    let last = -1;
    eachBeat(launch, b, (cycle) => {
      last = cycle;
    });
    return last !== bursts.last[b];
  });
  expect(wrong).toEqual([]);
  for (const isWrite of [false, true]) {
    const { value } = utilization(launch, isWrite, 100);
    const beats = total(value.map((v, i) => v * Math.min(100, launch.trace.cycles - 100 * i)));
    expect(Math.round(beats)).toBe(accounts.units[isWrite ? 'write' : 'read'].busy);
  }
}

async function check(set: string, name: string, memory: MemorySettings): Promise<void> {
  const timed = timedLaunch(await recordVector(set, name, memory));
  checkSums(timed);
  checkWork(timed);
  checkImpossible(timed);
  checkCounters(timed);
  checkBeats(timed);
}

const HARD: MemorySettings = { width: 128, latency: 70, interval: 2, stall: 60, seed: 5 };

for (const set of ['public', 'standalone', 'official_testlib', 'perf', 'resnet18_official']) {
  describe.skipIf(!hasConformance)(`accounts of the golden vectors: ${set}`, () => {
    test.each(vectorsOf(set))('%s', async (name) => {
      await check(set, name, DEFAULT_MEMORY);
      if (set !== 'perf' && set !== 'resnet18_official') await check(set, name, HARD);
    });
  });
}
