import { expect, test } from 'vitest';
import { INSN_BYTES } from '#isa/codec/codec';
import { VtaError } from '#isa/diag/diagnostic';
import { createCycle } from '#simulator/cycle/device';
import type { FuzzCase } from '#fuzz/case';
import { streamsOf, tokensOf, withoutTokens, withStreams } from '#fuzz/edit';
import { legalCase, SMALL_BUDGET } from '#fuzz/legal-program';
import { mutateCase } from '#fuzz/mutate';
import { findRace } from '#fuzz/races';
import { Random } from '#fuzz/random';
import { randomConfig } from '#fuzz/random-config';
import { randomMemory } from '#fuzz/random-memory';
import { lintProgram, type LintReport } from './lint.js';

const caseOf = (seed: number, index: number): FuzzCase => {
  const r = Random.of(seed, index);
  return legalCase(`${seed}-${index}`, randomConfig(r), randomMemory(r), r, 60, SMALL_BUDGET);
};

function lintCase(c: FuzzCase): LintReport {
  const launches = c.launches.map(({ insnAddr, insnCount }, n) => {
    const code = c.dram.slice(insnAddr, insnAddr + insnCount * INSN_BYTES);
    return { name: `${n}`, code, insnAddr, hostWrites: [] };
  });
  return lintProgram({ name: c.name, config: c.config, memory: c.dram, launches });
}

/** The code with which the cycle simulator refuses a case, and the launch; null where it runs to its end. */
async function refusal(c: FuzzCase): Promise<{ readonly code: string; readonly launch: number } | null> {
  const device = createCycle(c.config);
  const dram = c.dram.slice();
  for (const [launch, l] of c.launches.entries()) {
    try {
      await device.launch({ ...l, dram, memory: c.memory });
    } catch (error) {
      if (!(error instanceof VtaError)) throw error;
      return { code: error.code, launch };
    }
  }
  return null;
}

const rulesOf = (r: LintReport) => new Set(r.findings.map((f) => f.rule));
const WITH_CODE = ['illegal', 'deadlock', 'queue-overflow'];

/** What lint must say of a case, given what happens to it. */
async function agree(c: FuzzCase): Promise<'refused' | 'race' | 'sound'> {
  const report = lintCase(c);
  const rules = rulesOf(report);
  const refused = await refusal(c);
  if (refused !== null) {
    const codes = report.findings.filter((f) => f.launch === refused.launch).map((f) => f.code);
    // a micro-op that a STORE wrote is not known, and lint says that
    if (!rules.has('unknown-micro-ops')) expect(codes, c.name).toContain(refused.code);
    return 'refused';
  }
  expect(
    report.findings.filter((f) => WITH_CODE.includes(f.rule)).map((f) => [f.what, f.code]),
    c.name,
  ).toEqual([]);
  const race = findRace(c);
  const found = rules.has('race') || rules.has('program-overwritten');
  if (!rules.has('unknown-micro-ops')) expect(found, `${c.name}: ${JSON.stringify(race)}`).toBe(race !== null);
  return race === null ? 'sound' : 'race';
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test('random legal programs: neither refused nor racing, and lint says so', async () => {
  for (const index of range(80)) expect(await agree(caseOf(21, index))).toBe('sound');
});

test('programs that lost a token: lint finds the race or deadlock that is there, and no other', async () => {
  const seen = { refused: 0, race: 0, sound: 0 };
  for (const index of range(100)) {
    const c = caseOf(22, index);
    const tokens = tokensOf(c, streamsOf(c)).filter((t) => t.pop !== null);
    if (tokens.length > 0) seen[await agree(withStreams(c, withoutTokens(streamsOf(c), [Random.of(22, index).pick(tokens)])))]++;
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(8);
});

test('programs broken anywhere: lint names the diagnostic with which the machines refuse them', async () => {
  const seen = { refused: 0, race: 0, sound: 0 };
  for (const index of range(200)) seen[await agree(mutateCase(caseOf(23, index), Random.of(24, index)))]++;
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
  expect(seen.refused).toBeGreaterThan(50);
});
