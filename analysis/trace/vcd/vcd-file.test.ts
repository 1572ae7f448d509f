import { beforeAll, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { recordInsns, tileProgram } from '../../../tests/support/traces.js';
import { at, readVcd, type Wave } from '../../../tests/support/vcd.js';
import { queueCounters } from '../counters.js';
import { STATES, UNIT_IDS } from '../spans.js';
import { type TimedLaunch, timedLaunch } from '../timeline.js';
import { vcdFile } from './vcd-file.js';

const c = preset('default');
const PROGRAM = tileProgram({ columns: 20, steps: 9 });
const CORE = 'TOP.vta_top.u_core';

let t: TimedLaunch;
let waves: ReadonlyMap<string, Wave>;
const read = (from: number, to: number) => readVcd([...vcdFile(t, from, to)].join(''));
beforeAll(async () => {
  t = timedLaunch(await recordInsns(c, PROGRAM, { stall: 60, seed: 3, interval: 2 }));
  waves = await read(0, t.accounts.cycles);
});

/** A signal's value in a cycle as a number. */
const value = (name: string, cycle: number): number => Number.parseInt(at(waves.get(name)!, 2 * cycle), 2);
const cyclesOf = (name: string): number[] =>
  Array.from({ length: t.accounts.cycles + 1 }, (_, i) => i).filter((cycle) => value(name, cycle) === 1);

test('strobes and numbers are those of the trace', () => {
  const { accepted, retired, queued } = t.launch.trace.insns;
  expect(cyclesOf(`${CORE}.issue`)).toEqual([0, 2, 4, 5].map((i) => accepted[i]));
  expect(cyclesOf(`${CORE}.retire`)).toEqual([0, 2, 4, 5].map((i) => retired[i]));
  expect([0, 2, 4, 5].map((i) => value(`${CORE}.retire_idx`, retired[i]))).toEqual([0, 2, 4, 5]);
  expect(value(`${CORE}.retire_idx`, retired[0] + 1)).toBeNaN();
  expect(value(`${CORE}.store_retire_idx`, retired[3])).toBe(3);
  expect(value(`${CORE}.push`, queued[3] - 1)).toBe(4);
});

test('the bus transfers all beats, and READY is that of the stalling memory', () => {
  const { bursts } = t.launch.trace;
  const reads = Array.from(bursts.client.keys()).filter((b) => bursts.client[b] !== 3);
  expect(cyclesOf('TOP.m_axi_gmem_RVALID')).toHaveLength(reads.reduce((n, b) => n + bursts.beats[b], 0));
  const both = (channel: string) =>
    cyclesOf(`TOP.m_axi_gmem_${channel}VALID`).filter((cycle) => value(`TOP.m_axi_gmem_${channel}READY`, cycle) === 1);
  expect(both('AR')).toEqual(reads.map((b) => bursts.handshake[b]));
  expect(both('W')).toHaveLength(t.accounts.units.write.busy);
  expect(cyclesOf('TOP.m_axi_gmem_ARREADY').length).toBeLessThan(t.accounts.cycles);
});

test('counters and states hold in every cycle', () => {
  const [, queue] = queueCounters(t.launch);
  queue.at.forEach((cycle, n) => expect(value(`${CORE}.queue_count[1]`, cycle)).toBe(queue.value[n]));
  for (const id of UNIT_IDS) {
    for (const s of t.spans[id]) {
      for (const cycle of [s.from, s.to - 1]) {
        expect(STATES[value(`TOP.trace.${id}_state`, cycle)]).toBe(s.state);
        if (s.insn >= 0) expect(value(`TOP.trace.${id}_insn`, cycle)).toBe(s.insn);
        else expect(value(`TOP.trace.${id}_insn`, cycle)).toBeNaN();
      }
    }
  }
});

test('a window holds the same values as the whole', async () => {
  const window = await read(40, 77);
  expect([...window.keys()]).toEqual([...waves.keys()]);
  for (const [name, wave] of window) {
    expect(wave.at[0], name).toBe(80);
    expect(wave.at[wave.at.length - 1]).toBeLessThanOrEqual(155);
    for (let cycle = 40; cycle <= 77; cycle++) expect(at(wave, 2 * cycle), name).toBe(at(waves.get(name)!, 2 * cycle));
  }
});
