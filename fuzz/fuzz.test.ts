import { describe, expect, test } from 'vitest';
import type { Device, LaunchRequest, LaunchResult } from '#isa/arch/device';
import type { Trace } from '#isa/arch/trace';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { decodeInsn, encodeInsn, encodeProgram, INSN_BYTES, insn } from '#isa/codec/codec';
import type { VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { ALU_OPS } from '#isa/spec/tables';
import { createCycle } from '#simulator/cycle/device';
import { createFunctional } from '#simulator/functional/device';
import type { FuzzCase } from './case.js';
import { compareMachines, type Contestant } from './compare.js';
import { streamsOf, tokensOf, withoutTokens, withStreams } from './edit.js';
import { legalCase, SMALL_BUDGET } from './legal-program.js';
import { mutateCase } from './mutate.js';
import { createReference } from './reference-device.js';
import { errorEnd, FINISHED, possibleEnds } from './possible-ends.js';
import { findRace, isSound } from './races.js';
import { Random } from './random.js';
import { randomConfig } from './random-config.js';
import { randomMemory } from './random-memory.js';
import { shrink } from './shrink.js';
import { createCycleStepped } from '#simulator/cycle/reference/device';

const caseOf = (seed: number, index: number): FuzzCase => {
  const r = Random.of(seed, index);
  return legalCase(`${seed}-${index}`, randomConfig(r), randomMemory(r), r, 100, SMALL_BUDGET);
};
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const plain = (config: VtaConfig, seed: number): Contestant => ({
  name: `plain${seed}`,
  device: createReference(config, new Random(seed)),
  hashes: true,
  timed: false,
});
const machines = (config: VtaConfig): Contestant[] => [
  plain(config, 1),
  { name: 'functional', device: createFunctional(config), hashes: false, timed: false },
  { name: 'cycle', device: createCycle(config), hashes: true, timed: true },
  { name: 'cycle-stepped', device: createCycleStepped(config), hashes: false, timed: true },
];

const insnsOf = (c: FuzzCase): Insn[] => streamsOf(c).flatMap((list) => list.map((b) => decodeInsn(b, c.config)!));

describe('random legal programs', () => {
  test.each(range(10).map((n) => n * 20))(
    'programs %i and up: no race, and the same on plain, functional, cycle and cycle by cycle',
    async (first) => {
      for (const index of range(20).map((n) => first + n)) {
        const c = caseOf(1, index);
        expect(findRace(c), c.name).toBeNull();
        expect(await compareMachines(c, machines(c.config)), c.name).toMatchObject({
          mismatch: null,
          error: null,
          launches: c.launches.length,
        });
      }
    },
  );

  test('the same seed makes the same program', () => {
    expect(caseOf(3, 5)).toEqual(caseOf(3, 5));
    expect(caseOf(3, 5).dram).not.toEqual(caseOf(3, 6).dram);
  });

  test('machines of every kind', () => {
    const configs = range(300).map((i) => randomConfig(Random.of(9, i)));
    const kinds: Readonly<Record<string, (c: VtaConfig) => boolean>> = {
      batch: (c) => c.batch > 1,
      'not square': (c) => c.blockIn !== c.blockOut,
      'one lane': (c) => c.blockIn === 1 || c.blockOut === 1,
      'sub-byte': (c) => c.inpBits < 8 && c.wgtBits < 8,
      'narrow accumulators': (c) => c.accBits < 32,
      'INP as wide as ACC': (c) => c.inpBits === c.accBits,
      extension: (c) => c.extension,
      'no extension': (c) => !c.extension,
      'one element': (c) => c.accDepth === 1 && c.inpDepth < 4,
      'more INP than ACC': (c) => c.inpDepth > c.accDepth,
      'more ACC than INP': (c) => c.accDepth > c.inpDepth,
      large: (c) => c.accDepth >= 1024,
    };
    expect(Object.keys(kinds).filter((k) => !configs.some(kinds[k]))).toEqual([]);
  });
});

test('without one of its tokens a program often races, deadlocks or leaves work behind, and orders differ', async () => {
  const seen = { race: 0, error: 0, differ: 0 };
  for (const index of range(60)) {
    const c = caseOf(4, index);
    const tokens = tokensOf(c, streamsOf(c)).filter((t) => t.pop !== null);
    if (tokens.length === 0) continue;
    const loose = withStreams(c, withoutTokens(streamsOf(c), [Random.of(4, index).pick(tokens)]));
    const verdict = await compareMachines(
      loose,
      range(6).map((n) => plain(c.config, n)),
    );
    const race = verdict.error === null && findRace(loose) !== null;
    if (race) seen.race++;
    if (verdict.error !== null) seen.error++;
    if (verdict.mismatch !== null) seen.differ++;
    if (verdict.mismatch !== null) expect(race, 'only a race makes orders differ').toBe(true);
  }
  expect(seen.race).toBeGreaterThan(5);
  expect(seen.error).toBeGreaterThan(5);
  expect(seen.differ).toBeGreaterThan(2);
});

test('broken programs end in the same diagnostic, or without one, on plain, functional and cycle', async () => {
  const codes = new Set<string | null>();
  for (const index of range(120)) {
    const c = mutateCase(caseOf(5, index), Random.of(6, index));
    const { mismatch, error } = await compareMachines(c, machines(c.config));
    codes.add(error);
    if (mismatch !== null) expect(findRace(c), `${c.name}: ${mismatch.kind}`).not.toBeNull();
  }
  expect([...codes].sort()).toEqual([null, 'VTA1201', 'VTA1202', 'VTA1203', 'VTA1204', 'VTA1205', 'VTA1207', 'VTA1208'].sort());
});

test('what the RTL may find first, where a program has several mistakes', () => {
  const c = caseOf(8, 1);
  const streams = streamsOf(c).map((list) => list.map((b) => b.slice()));
  const last = streams[0].length - 1;
  expect(streams[0][last][0] & 7).toBe(3);
  streams[0][last][0] = 7;
  const ends = possibleEnds(withStreams(c, streams), 0, 'VTA1205', { l2c: 0, c2l: 0, c2s: 0, s2c: 0 });
  expect(ends).toContain(errorEnd('VTA1205', last));
  expect(ends).toContain(errorEnd('VTA1202', last));
  expect(ends).not.toContain(FINISHED);
  expect([...ends].filter((e) => /VTA120[17]/.test(e))).toEqual([]);
});

test('what the RTL may find in a program whose tokens never come', () => {
  const insns = [
    insn('LOAD', { memory_type: 2, pop_next_dep: 1 }),
    insn('STORE', { pop_prev_dep: 1 }),
    insn('FINISH', { pop_prev_dep: 1 }),
  ];
  const config = preset('mac64');
  const launches = [{ insnAddr: 0, insnCount: 3 }];
  const c: FuzzCase = { name: 'c', config, memory: DEFAULT_MEMORY, dram: encodeProgram(insns, config), launches };
  const ends = possibleEnds(c, 0, 'VTA1201', { l2c: 0, c2l: 0, c2s: 0, s2c: 0 });
  expect([...ends].sort()).toEqual([0, 1, 2].map((i) => errorEnd('VTA1201', i)));
  expect([...possibleEnds(c, 0, 'VTA1208', { l2c: 1, c2l: 0, c2s: 0, s2c: 0 })]).toEqual([FINISHED]);
});

/** A functional machine in which MAX is MIN. */
function wrongMachine(config: VtaConfig): Device {
  const good = createFunctional(config);
  const change = ({ dram, insnAddr, insnCount }: LaunchRequest, from: number, to: number) => {
    for (let at = insnAddr; at < insnAddr + insnCount * INSN_BYTES; at += INSN_BYTES) {
      const i = decodeInsn(dram, config, at);
      if (i?.op === 'ALU' && i.alu_opcode === from) dram.set(encodeInsn({ ...i, alu_opcode: to }, config), at);
    }
  };
  return {
    ...good,
    launch: async (request) => {
      const dram = request.dram.slice();
      change({ ...request, dram }, ALU_OPS.MAX.code, ALU_OPS.MIN.code);
      const result = await good.launch({ ...request, dram });
      const program = request.dram.slice(request.insnAddr, request.insnAddr + request.insnCount * INSN_BYTES);
      request.dram.set(dram);
      request.dram.set(program, request.insnAddr);
      return result;
    },
  };
}

test('a failing program is made small', async () => {
  const fails = async (c: FuzzCase) => {
    const wrong: Contestant = { name: 'wrong', device: wrongMachine(c.config), hashes: true, timed: false };
    return (await compareMachines(c, [plain(c.config, 1), wrong])).mismatch?.kind === 'writes' && isSound(c);
  };
  let c: FuzzCase | null = null;
  for (let index = 0; c === null; index++) {
    const one = caseOf(7, index);
    if (insnsOf(one).length > 30 && (await fails(one))) c = one;
  }
  const small = await shrink(c, fails);
  expect(await fails(small)).toBe(true);
  const insns = insnsOf(small);
  expect(insns.length).toBeLessThanOrEqual(6);
  expect(insns.some((i) => i.op === 'ALU' && i.alu_opcode === ALU_OPS.MAX.code)).toBe(true);
  expect(small.launches).toHaveLength(1);
});

describe('what is compared', () => {
  /** Two machines of a kind, one with another result. */
  const changed = (config: VtaConfig, change: (r: LaunchResult) => LaunchResult): Contestant[] => {
    const device = createCycleStepped(config);
    const wrong: Device = { ...device, launch: async (request) => change(await device.launch(request)) };
    return [
      { name: 'good', device: createCycleStepped(config), hashes: false, timed: true },
      { name: 'wrong', device: wrong, hashes: false, timed: true },
    ];
  };
  const c = caseOf(9, 1);
  const kindOf = async (change: (r: LaunchResult) => LaunchResult) => (await compareMachines(c, changed(c.config, change))).mismatch?.kind;

  test('the cycle register, tokens left, traces; a machine that breaks down', async () => {
    expect(await kindOf((r) => r)).toBeUndefined();
    expect(await kindOf((r) => ({ ...r, cycles: (r.cycles ?? 0) + 1 }))).toBe('cycles');
    expect(await kindOf((r) => ({ ...r, tokens: { l2c: 0, c2l: 0, c2s: 9, s2c: 0 } }))).toBe('tokens');
    const later = (t: Trace): Trace => ({ ...t, insns: { ...t.insns, accepted: t.insns.accepted.map((x) => x + 1) } });
    expect(await kindOf((r) => ({ ...r, trace: later(r.trace!) }))).toBe('trace');
    const broken = () => {
      throw new Error('internal error: broken');
    };
    expect(await kindOf(broken)).toBe('error');
  });
});
