import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { ALU_SEMANTICS } from '#isa/semantics/alu';
import { baseEpilogue } from './base-epilogue.js';
import { extensionEpilogue } from './conv-epilogue.js';
import type { Epilogue } from './epilogue.js';
import { reachable, type Staircase, staircaseOf, thresholdsOf } from './rounding.js';
import type { ConvSpec, Requant } from './spec.js';
import { NO_HALO, random, randomConv } from './testing.js';

/** Runs the steps of an epilogue on one accumulator of one channel, with the machine's 32-bit operations. */
function runSteps(e: Epilogue, channel: number, acc: number): number {
  const env: Record<string, number> = { acc };
  for (const t of e.temporaries) env[t] = 0;
  for (const s of e.steps) {
    if (s.op === 'rq') throw new Error('the base ISA has no rq');
    const y = s.src.kind === 'const' ? s.src.value : s.src.kind === 'buffer' ? env[s.src.name] : e.vectors[s.src.vector][channel];
    const op = s.op.toUpperCase() as keyof typeof ALU_SEMANTICS;
    env[s.dst] = ALU_SEMANTICS[op](env[s.dst], y);
  }
  return env.acc;
}

/** Accumulators to try: random ones, the ends, and both sides of every threshold. */
function samples(f: Staircase, low: number, high: number, seed: number): number[] {
  const r = random(seed);
  const t = thresholdsOf(f, low, high).first;
  const near = [...t].flatMap((a) => [a - 1, a, a + 1]).filter((a) => a >= low && a <= high);
  return [low, high, ...near, ...Array.from({ length: 200 }, () => r(low, high))];
}

/** Channels where some accumulator comes out different from the staircase; differences are at most 1. */
function inexactChannels(spec: ConvSpec, e: Epilogue): number {
  let count = 0;
  for (let c = 0; c < spec.output.channels; c++) {
    const f = staircaseOf(spec, c);
    const [low, high] = reachable(spec, c);
    let exact = true;
    let worst = 0;
    for (const acc of samples(f, low, high, c)) {
      const got = runSteps(e, c, acc - spec.bias[c]);
      worst = Math.max(worst, Math.abs(got - f(acc)));
      exact &&= got === f(acc);
    }
    expect(worst, `channel ${c}`).toBeLessThanOrEqual(1);
    if (!exact) count++;
  }
  return count;
}

const conv = (seed: number, inC: number, k: number, relu = false) =>
  randomConv(seed, { inC, outC: 24, size: [k, k], kernel: [k, k], stride: [1, 1], padding: NO_HALO, relu });
const withRequant = (spec: ConvSpec, requant: Partial<Requant>): ConvSpec => ({ ...spec, requant: { ...spec.requant, ...requant } });
const noted = (e: Epilogue): number => (e.notes.length === 0 ? 0 : Number(/^(\d+) of/.exec(e.notes[0])?.[1]));

describe('requantization on the base ISA', () => {
  const config = preset('default');

  test.each([
    ['3x3x16', conv(1, 16, 3), 4],
    ['1x1x64 with relu', conv(2, 64, 1, true), 5],
    ['3x3x64', conv(3, 64, 3), 8],
    ['5x5x200, long sums', conv(4, 200, 5), 18],
  ])('%s: equal to the reference except in the channels that the notes count', (_title, spec, most) => {
    const e = baseEpilogue(spec, config);
    expect(inexactChannels(spec, e)).toBe(noted(e));
    expect(noted(e)).toBeLessThanOrEqual(most);
  });

  test('the single profile is exact in every channel', () => {
    const spec = withRequant(conv(5, 32, 3), { rounding: 'single' });
    const e = baseEpilogue(spec, config);
    expect(e.notes).toEqual([]);
    expect(inexactChannels(spec, e)).toBe(0);
  });

  test('scales from 2^-24 to 1, narrow clamps, constant channels', () => {
    const spec = conv(6, 8, 3);
    const scales = Float32Array.from({ length: 24 }, (_, c) => 2 ** (c - 24) * (1 + c / 29));
    for (const requant of [{ scales }, { scales, lo: -3, hi: 4 }, { scales, lo: 5, hi: 5 }, { scales: scales.map(() => 0) }]) {
      const changed = withRequant(spec, requant);
      const e = baseEpilogue(changed, config);
      expect(inexactChannels(changed, e)).toBe(noted(e));
    }
  });

  test('few operations where the sums are small', () => {
    const spec = withRequant(conv(7, 2, 1), { scales: new Float32Array(24).fill(0.2501) });
    const e = baseEpilogue(spec, config);
    expect(e.steps.length).toBe(5);
    expect(e.notes).toEqual([]);
    expect(inexactChannels(spec, e)).toBe(0);
  });

  test('bits of the largest bias do not overflow', () => {
    const spec = conv(8, 4, 1);
    const bias = spec.bias.map((_, c) => (c % 2 === 0 ? 1 : -1) * (2 ** 30 - c));
    const huge = { ...withRequant(spec, { scales: new Float32Array(24).fill(1e-7) }), bias };
    const e = baseEpilogue(huge, config);
    expect(inexactChannels(huge, e)).toBe(noted(e));
  });
});

describe('requantization with the extension', () => {
  test('takes two vector operations', () => {
    const spec = conv(1, 16, 3);
    expect(extensionEpilogue(spec, preset('default-x')).steps.map((s) => s.op)).toEqual(['add', 'rq']);
    expect(extensionEpilogue(withRequant(spec, { lo: -100, zeroPoint: 3 }), preset('default-x')).steps).toHaveLength(3);
  });
});
