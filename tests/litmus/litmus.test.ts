import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY, type MemorySettings } from '#isa/arch/memory';
import { VtaError } from '#isa/diag/diagnostic';
import { createCycle } from '#simulator/cycle/device';
import type { FuzzCase } from '#fuzz/case';
import { findRace } from '#fuzz/races';
import { Random } from '#fuzz/random';
import { lintProgram } from '#analysis/lint/lint';
import { parseLitmus } from '#analysis/litmus/parse';
import { type LitmusResult, runLitmus } from '#analysis/litmus/run';
import { type LitmusTest, observe } from '#analysis/litmus/test';
import { some } from '../support/some.js';

const folder = new URL('./', import.meta.url);
const suite = some(
  readdirSync(folder).filter((f) => f.endsWith('.litmus')),
  'litmus tests',
).map((f) => parseLitmus(readFileSync(new URL(f, folder), 'utf8'), f));

const INSN_BYTES = 16;
const caseOf = (t: LitmusTest): FuzzCase => ({
  name: t.name,
  config: t.config,
  memory: DEFAULT_MEMORY,
  dram: t.dram,
  launches: t.launches,
});

function lintRules(t: LitmusTest): Set<string> {
  const launches = t.launches.map(({ insnAddr, insnCount }, n) => {
    const code = t.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
    return { name: `${n}`, code, insnAddr, hostWrites: [] };
  });
  const { findings } = lintProgram({ name: t.name, config: t.config, memory: t.dram, launches });
  return new Set(findings.map((f) => f.rule));
}

/** The cycle simulator's end in the terms of the test: a value, or the code with which it stops. */
async function onCycle(t: LitmusTest, memory: MemorySettings): Promise<string> {
  const device = createCycle(t.config);
  const dram = t.dram.slice();
  try {
    for (const launch of t.launches) await device.launch({ ...launch, dram, memory });
  } catch (error) {
    if (error instanceof VtaError) return error.code;
    throw error;
  }
  return observe(t, dram);
}

const MEMORIES: readonly MemorySettings[] = [
  DEFAULT_MEMORY,
  { ...DEFAULT_MEMORY, latency: 200 },
  { width: 512, latency: 1, interval: 1, stall: 0, seed: 1 },
  { width: 64, latency: 5, interval: 7, stall: 200, seed: 9 },
];

/** The ends that a verdict allows. */
const endsOf = ({ verdict: v }: LitmusResult): readonly string[] =>
  v.kind === 'always' ? [v.value] : v.kind === 'race' ? v.values : [v.kind === 'deadlock' ? 'VTA1201' : v.code];

/** What must agree about any test: enumeration with and without reduction, race finder, lint, and the cycle simulator. */
async function checkAgreement(t: LitmusTest): Promise<LitmusResult> {
  const result = runLitmus(t);
  expect(runLitmus(t, false).text, t.name).toBe(result.text);
  const { verdict } = result;
  const rules = lintRules(t);
  if (verdict.kind === 'always' || verdict.kind === 'race') {
    const race = findRace(caseOf(t));
    expect(race !== null, t.name).toBe(verdict.kind === 'race');
    expect(rules.has('race'), t.name).toBe(verdict.kind === 'race');
    const pairs = verdict.kind === 'race' ? verdict.pairs.map((p) => `${p.launch} ${p.insns.join()}`) : [];
    if (race !== null) expect(pairs, t.name).toContain(`${race.launch} ${[...race.insns].sort((a, b) => a - b).join()}`);
  } else {
    expect(rules.has(verdict.kind === 'deadlock' ? 'deadlock' : 'illegal'), t.name).toBe(true);
  }
  for (const memory of MEMORIES) expect(endsOf(result), `${t.name} on the cycle simulator`).toContain(await onCycle(t, memory));
  return result;
}

describe('the suite', () => {
  test('is one, and has every verdict', () => {
    expect(suite.length).toBeGreaterThanOrEqual(30);
    expect(new Set(suite.map((t) => t.expected.split(' ')[0]))).toEqual(new Set(['always', 'race', 'deadlock', 'refused']));
  });

  test.each(suite.map((t) => [t.name, t] as const))('%s', async (_, t) => {
    expect((await checkAgreement(t)).text).toBe(t.expected);
  });

  test('a wrong verdict fails', () => {
    const t = suite.find((x) => x.name === 'load-then-gemm')!;
    expect(runLitmus({ ...t, expected: 'always y=16' }).passes).toBe(false);
  });
});

type Unit = 'load' | 'compute' | 'store';

/** A random instruction on few elements, so that instructions meet often. */
function randomLine(r: Random, unit: Unit): string {
  const loop = `uop=[${r.pick(['0,1', '1,2', '0,2', '2,3'])}) iter=1x${r.int(1, 2)} dst+=(0,${r.int(0, 1)}) src+=(0,${r.int(0, 1)})`;
  const block = (low: number, sram: number) => `sram=${r.int(0, sram)} dram=${low + r.int(0, 3)} y=1 x=${r.int(1, 2)} stride=2`;
  if (unit === 'load') return `load.${r.pick(['inp', 'inp', 'wgt'])} ${block(0x2000, 1)}`;
  if (unit === 'store') return `store.out ${block(r.pick([0x2000, 0x3000]), 2)}`;
  return r.pick([
    `gemm ${r.chance(0.3) ? 'reset ' : ''}${loop} wgt+=(0,0)`,
    `alu.${r.pick(['add', 'mul', 'max'])} imm=${r.int(1, 9)} ${loop}`,
    `alu.add ${loop}`,
    `load.acc ${block(0x2000 / 4, 2)}`,
    'load.uop sram=1 dram=0x400 y=1 x=2 stride=2',
  ]);
}

const CHANNELS: readonly (readonly [from: Unit, push: string, to: Unit, pop: string])[] = [
  ['load', 'push_next', 'compute', 'pop_prev'],
  ['compute', 'push_prev', 'load', 'pop_next'],
  ['compute', 'push_next', 'store', 'pop_prev'],
  ['store', 'push_prev', 'compute', 'pop_next'],
];

/** A random program of few instructions with as many pops as pushes, everything ordered before FINISH. */
function randomTest(seed: number, index: number): LitmusTest {
  const r = Random.of(seed, index);
  const lines = Array.from({ length: r.int(3, 9) }, () => {
    const unit = r.pick(['load', 'compute', 'compute', 'store'] as const);
    return { unit, text: randomLine(r, unit), flags: new Set<string>() };
  });
  for (const [from, push, to, pop] of CHANNELS) {
    const some = (unit: Unit) => lines.filter((l) => l.unit === unit).filter(() => r.chance(0.6));
    const [pushes, pops] = [some(from), some(to)];
    for (const l of pushes.slice(0, pops.length)) l.flags.add(push);
    for (const l of pops.slice(0, pushes.length)) l.flags.add(pop);
  }
  const text = [
    '.data 0x2000 int8 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
    '.show m 0x2000 int8 24',
    '.show y 0x3000 int8 6',
    '.expect refused VTA1202',
    ...['0 src=1', '1 src=0', '2 src=2'].map((u) => `.uop dst=${u} wgt=0`),
    'load.uop sram=0 dram=0x400 y=1 x=3 stride=3',
    ...lines.map((l) => [l.text, ...l.flags].join(' ')),
    'load.inp push_next',
    'store.uop push_prev',
    'finish pop_prev pop_next',
  ];
  return parseLitmus(text.join('\n'), `random-${seed}-${index}.litmus`);
}

test('random small programs: enumeration, race finder, lint and cycle simulator agree', async () => {
  const seen = { always: 0, race: 0, deadlock: 0, refused: 0 };
  let several = 0;
  for (let index = 0; index < 250; index++) {
    const { verdict } = await checkAgreement(randomTest(31, index));
    seen[verdict.kind]++;
    if (verdict.kind === 'race' && verdict.values.length > 1) several++;
  }
  expect(seen.always).toBeGreaterThan(20);
  expect(seen.race).toBeGreaterThan(50);
  expect(seen.deadlock).toBeGreaterThan(10);
  expect(several, 'races that show in memory').toBeGreaterThan(20);
});
