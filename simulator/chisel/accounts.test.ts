/** The trace of this timing, taken apart by analysis/trace: accounts add up, and every sum that is known otherwise agrees. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INSN_BYTES } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import { eachBeat } from '#analysis/trace/beats';
import { queueCounters, tokenCounters } from '#analysis/trace/counters';
import { recordedLaunch } from '#analysis/trace/launch';
import { STATES, UNIT_IDS } from '#analysis/trace/spans';
import { type TimedLaunch, timedLaunch } from '#analysis/trace/timeline';
import { parseVector } from '../vector/vector.js';
import { type ChiselResult, createChisel } from './device.js';
import { run } from './testing.js';
import { some } from '../../tests/support/some.js';

const sum = (list: Iterable<number>): number => [...list].reduce((a, b) => a + b, 0);

/** No hole in any unit's time, no negative account, beats where they were recorded, counters that end empty. */
function check({ launch, spans, accounts }: TimedLaunch, { counters, cycles }: ChiselResult): void {
  for (const id of UNIT_IDS) {
    let at = 0;
    for (const span of spans[id]) {
      expect(span.from, id).toBe(at);
      at = span.to;
    }
    expect(at, id).toBe(cycles);
    for (const state of STATES) expect(accounts.units[id][state], `${id} ${state}`).toBeGreaterThanOrEqual(0);
    expect(sum(Object.values(accounts.units[id])), id).toBe(cycles);
  }
  const { units } = accounts;
  expect(units.gemm.busy).toBe(counters.gemmOps + counters.gemmResetOps);
  expect(units.alu.busy).toBe(counters.aluOps);
  expect(units.fetch.busy).toBe(launch.insns.length);
  expect(units.store.busy).toBe(counters.outStoreBytes / 8);
  expect(units.write.busy).toBe(counters.outStoreBytes / 8);
  const { bursts } = launch.trace;
  for (let b = 0; b < bursts.count; b++) {
    const beats: number[] = [];
    eachBeat(launch, b, (cycle) => beats.push(cycle));
    expect([beats[0], beats.at(-1), beats.length]).toEqual([bursts.first[b], bursts.last[b], bursts.beats[b]]);
  }
  for (const counter of [...queueCounters(launch), ...tokenCounters(launch)]) {
    expect(Math.min(...counter.value), counter.name).toBeGreaterThanOrEqual(0);
  }
}

test('where the cycles of a small program go', async () => {
  const text = [
    'load.uop sram=0 dram=0x2000 y=1 x=16 stride=16',
    'load.inp sram=0 dram=0x400 y=1 x=8 stride=8 push_next',
    'gemm uop=[0,1) iter=1x8 dst+=(0,0) src+=(0,0) wgt+=(0,0) pop_prev',
    'alu.add uop=[0,1) iter=1x8 dst+=(0,1) src+=(0,1) push_next',
    'store.out sram=0 dram=0x1000 y=1 x=8 stride=8 pop_prev push_prev',
    'finish pop_next',
  ].join('\n');
  const { result, program } = await run(text);
  const timed = timedLaunch(
    recordedLaunch({ name: 't', config: preset('default'), timing: 'vta-chisel', trace: result.trace!, ...program }),
  );
  check(timed, result);
  const { units } = timed.accounts;
  const { accepted, retired } = result.trace!.insns;
  const [uops, inputs, gemm, alu] = [0, 1, 2, 3];
  // GEMM is the head of the queue when the micro-ops are there, and waits for the token of the inputs; it takes operands two cycles later.
  expect(accepted[gemm]).toBe(retired[inputs] + 1);
  const token = retired[inputs] - retired[uops];
  expect(units.gemm).toMatchObject({ busy: 8, token, memory: 0, hazard: 1, idle: result.cycles - accepted[gemm] - 10 });
  // ALU reads twice for every vector.
  expect(retired[alu] - accepted[alu]).toBe(22);
  expect(units.alu).toMatchObject({ busy: 8, token, memory: 0, hazard: 1 + 8 });
  // Command and address take three cycles; two beats per element, a cycle between elements.
  expect(units.store).toMatchObject({ busy: 16, memory: 3 + 7 });
  expect(units.read.busy).toBe(12 + 8 + 16);
});

const root = resolve('../shared/conformance');
const sets = existsSync(root) ? ['public', 'resnet18_official', 'official_testlib'] : [];
const dirs = sets.flatMap((set) => readdirSync(resolve(root, set)).map((name) => `${set}/${name}`));
const mine = dirs.filter((dir) => /default_1x16|resnet18/.test(dir));

describe.skipIf(!existsSync(root))('golden vectors', () => {
  test.each(existsSync(root) ? some(mine, 'programs for the default configuration') : ['(needs ../shared/conformance)'])(
    '%s',
    async (dir) => {
      const files = Object.fromEntries(
        ['program.bin', 'dram_in.bin', 'dram_out.bin'].map((f) => [f, new Uint8Array(readFileSync(resolve(root, dir, f)))]),
      );
      const { config, insnAddr, insnCount, dramIn } = parseVector(
        JSON.parse(readFileSync(resolve(root, dir, 'vector.json'), 'utf8')),
        files,
      );
      const request = { dram: dramIn.slice(), insnAddr, insnCount, trace: true };
      const result = await createChisel(config)
        .launch(request)
        .catch((e) => e);
      if (result instanceof VtaError) return expect(result.code).toMatch(/^VTA406[23]$/);
      const program = dramIn.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
      check(timedLaunch(recordedLaunch({ name: dir, config, timing: 'vta-chisel', insnAddr, program, trace: result.trace })), result);
    },
  );
});
