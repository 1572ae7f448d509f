import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { ALU_SEMANTICS } from '#isa/semantics/alu';
import { baseEpilogue as search } from './base-epilogue.js';
import { extensionEpilogue } from './conv-epilogue.js';
import type { Epilogue } from './epilogue.js';
import { interpretSteps, isExact, measureExactness as measure } from './exactness.js';
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

/** Channels where some accumulator comes out different from the staircase; differences are at most 1, and none where it saturates. */
function inexactChannels(spec: ConvSpec, e: Epilogue): number {
  let count = 0;
  for (let c = 0; c < spec.output.channels; c++) {
    const f = staircaseOf(spec, c);
    const [low, high] = reachable(spec, c);
    const [bottom, top] = [f(low), f(high)];
    let exact = true;
    let worst = 0;
    for (const acc of samples(f, low, high, c)) {
      const got = runSteps(e, c, acc - spec.bias[c]);
      const want = f(acc);
      worst = Math.max(worst, Math.abs(got - want));
      exact &&= got === want;
      if (want === bottom || want === top) expect(got, `channel ${c}, accumulator ${acc}`).toBe(want);
    }
    expect(worst, `channel ${c}`).toBeLessThanOrEqual(1);
    if (!exact) count++;
  }
  return count;
}

/** Every accumulator that a layer can reach, by the machine's operations: how many differ from the profile, and how many of those saturate. */
function countAll(spec: ConvSpec, e: Epilogue) {
  const n = { reachable: 0, different: 0, largest: 0, inexactChannels: 0, atTheEnds: 0 };
  for (let c = 0; c < spec.output.channels; c++) {
    const want = staircaseOf(spec, c);
    const run = interpretSteps(e, c);
    const [low, high] = reachable(spec, c);
    const [bottom, top] = [want(low), want(high)];
    const before = n.different;
    for (let acc = low; acc <= high; acc++) {
      const y = want(acc);
      const d = Math.abs(run(acc - spec.bias[c]) - y);
      if (d === 0) continue;
      n.different++;
      n.largest = Math.max(n.largest, d);
      if (y === bottom || y === top) n.atTheEnds++;
    }
    n.reachable += high - low + 1;
    if (n.different > before) n.inexactChannels++;
  }
  return n;
}

const conv = (seed: number, inC: number, k: number, relu = false, outC = 24) =>
  randomConv(seed, { inC, outC, size: [k, k], kernel: [k, k], stride: [1, 1], padding: NO_HALO, relu });
const withRequant = (spec: ConvSpec, requant: Partial<Requant>): ConvSpec => ({ ...spec, requant: { ...spec.requant, ...requant } });

const config = preset('default');

/** The sequence of a layer that has one. */
function baseEpilogue(spec: ConvSpec, exact = false): Epilogue {
  const e = search(spec, config, exact);
  if (e === null) throw new Error('no sequence');
  return e;
}

describe('requantization on the base ISA', () => {
  test.each([
    ['3x3x16', conv(1, 16, 3), 4],
    ['1x1x64 with relu', conv(2, 64, 1, true), 5],
    ['3x3x64', conv(3, 64, 3), 8],
    ['5x5x200, long sums', conv(4, 200, 5), 18],
  ])('%s: equal to the reference except in the channels that are counted', (_title, spec, most) => {
    const e = baseEpilogue(spec);
    expect(inexactChannels(spec, e)).toBe(e.exactness.inexactChannels);
    expect(e.exactness.inexactChannels).toBeLessThanOrEqual(most);
  });

  test('the single profile is exact in every channel', () => {
    const spec = withRequant(conv(5, 32, 3), { rounding: 'single' });
    const e = baseEpilogue(spec);
    expect(isExact(e.exactness)).toBe(true);
    expect(inexactChannels(spec, e)).toBe(0);
  });

  test('scales from 2^-24 to 1, narrow clamps, constant channels', () => {
    const spec = conv(6, 8, 3);
    const scales = Float32Array.from({ length: 24 }, (_, c) => 2 ** (c - 24) * (1 + c / 29));
    for (const requant of [{ scales }, { scales, lo: -3, hi: 4 }, { scales, lo: 5, hi: 5 }, { scales: scales.map(() => 0) }]) {
      const changed = withRequant(spec, requant);
      const e = baseEpilogue(changed);
      expect(inexactChannels(changed, e)).toBe(e.exactness.inexactChannels);
    }
  });

  test('few operations where the sums are small', () => {
    const spec = withRequant(conv(7, 2, 1), { scales: new Float32Array(24).fill(0.2501) });
    const e = baseEpilogue(spec);
    expect(e.steps.length).toBe(5);
    expect(isExact(e.exactness)).toBe(true);
    expect(inexactChannels(spec, e)).toBe(0);
  });

  test('bits of the largest bias do not overflow', () => {
    const spec = conv(8, 4, 1);
    const bias = spec.bias.map((_, c) => (c % 2 === 0 ? 1 : -1) * (2 ** 30 - c));
    const huge = { ...withRequant(spec, { scales: new Float32Array(24).fill(1e-7) }), bias };
    const e = baseEpilogue(huge);
    expect(inexactChannels(huge, e)).toBe(e.exactness.inexactChannels);
  });
});

/** Lower and upper end as fused activations give them, for a zero point. */
const CLAMPS: Readonly<Record<string, (r: ReturnType<typeof random>) => Partial<Requant>>> = {
  'no activation': (r) => ({ zeroPoint: r(-128, 127) }),
  'RELU, zero point -128': () => ({ zeroPoint: -128, lo: -128 }),
  RELU: (r) => {
    const zeroPoint = r(-120, 60);
    return { zeroPoint, lo: zeroPoint };
  },
  RELU6: (r) => {
    const zeroPoint = r(-128, -20);
    return { zeroPoint, lo: zeroPoint, hi: Math.min(127, zeroPoint + r(20, 250)) };
  },
  RELU_N1_TO_1: (r) => {
    const [zeroPoint, one] = [r(-40, 40), r(3, 80)];
    return { zeroPoint, lo: zeroPoint - one, hi: zeroPoint + one };
  },
};

describe('every accumulator that a layer reaches', () => {
  // one scale per tensor and no bias, as in fully connected layers of real models, made the ends wrong most often
  const SCALES = [5.0e-4, 4.7e-4, 1.3e-3, 3.9e-3, 7.8e-3, 1 / 127, 1 / 128, 0.0312, 0.25, 0.4999, 0.5, 0.99, 1, 1e-6];

  test.each(Object.entries(CLAMPS))('%s: the ends are right, the rest is counted', (_title, clamp) => {
    const r = random(31);
    let saturated = 0;
    for (const scale of SCALES) {
      const layer = conv(r(1, 1e9), r(1, 6), 1, false, 3);
      const bias = r(0, 1) === 0 ? new Int32Array(3) : layer.bias;
      const spec = { ...withRequant(layer, { ...clamp(r), scales: new Float32Array(3).fill(scale * (1 + r(0, 99) * 2 ** -20)) }), bias };
      const e = baseEpilogue(spec);
      const { atTheEnds, ...counted } = countAll(spec, e);
      expect(atTheEnds, `scale ${scale}`).toBe(0);
      expect(e.exactness).toEqual({ channels: 3, ...counted });
      expect(counted.largest).toBeLessThanOrEqual(1);
      saturated++;
    }
    expect(saturated).toBe(SCALES.length);
  });

  test('a sequence that is wrong everywhere beyond the range is counted as that', () => {
    const spec = withRequant(conv(1, 4, 1, false, 1), { scales: Float32Array.of(0.05), zeroPoint: 0 });
    const e = baseEpilogue(spec);
    const short = { ...e, vectors: [Int32Array.from(e.vectors[0], (v) => v - 30), ...e.vectors.slice(1)] };
    const beyond = countAll(spec, short);
    expect(beyond.atTheEnds).toBeGreaterThan(1000);
    expect(measure(spec, short)).toEqual({ channels: 1, ...beyond, atTheEnds: undefined });
  });
});

describe('with exact, on the base ISA', () => {
  const SCALES = [4.7e-4, 1.3e-3, 3.9e-3, 7.8e-3, 1 / 127, 1 / 128, 0.0312, 0.11, 0.25, 0.4999, 0.5, 0.99];

  test.each(Object.entries(CLAMPS))('%s: equals the reference for every accumulator', (_title, clamp) => {
    const r = random(77);
    for (const scale of SCALES) {
      const layer = conv(r(1, 1e9), r(1, 6), 1, false, 3);
      const spec = withRequant(layer, { ...clamp(r), scales: new Float32Array(3).fill(scale * (1 + r(0, 99) * 2 ** -20)) });
      const e = baseEpilogue(spec, true);
      const { atTheEnds, ...counted } = countAll(spec, e);
      expect(e.exactness, `scale ${scale}`).toEqual({ channels: 3, ...counted });
      expect(counted.different, `scale ${scale}`).toBe(0);
    }
  });

  test('longer sequences equal the reference for every accumulator, not only next to thresholds', () => {
    const r = random(79);
    let longer = 0;
    for (let n = 0; n < 40 && longer < 3; n++) {
      const spec = conv(r(1, 1e9), r(4, 12), 3, false, 1);
      const e = baseEpilogue(spec, true);
      const additions = e.steps.filter((s) => /^(even|add_step_\d)$/.test(s.block)).map((s) => s.block);
      if (additions.length === 0) continue;
      longer++;
      expect(countAll(spec, e).different).toBe(0);
      expect(e.remarks).toHaveLength(1);
    }
    expect(longer).toBe(3);
  });

  test('long sums of many channels: few are left that no sequence is right for', () => {
    const r = random(78);
    let [exact, inexactBefore] = [0, 0];
    for (let n = 0; n < 12; n++) {
      const spec = conv(r(1, 1e9), r(8, 64), 3, n % 2 === 0, 1);
      const before = baseEpilogue(spec);
      const after = baseEpilogue(spec, true);
      expect(inexactChannels(spec, after)).toBe(after.exactness.inexactChannels);
      expect(after.exactness.different).toBeLessThanOrEqual(before.exactness.different);
      if (!isExact(before.exactness)) inexactBefore++;
      if (isExact(after.exactness)) exact++;
      expect(after.remarks.length).toBe(isExact(before.exactness) || !isExact(after.exactness) ? 0 : 1);
    }
    expect(inexactBefore).toBeGreaterThan(2);
    expect(exact).toBe(12);
  });
});

describe('requantization with the extension', () => {
  test('takes two vector operations', () => {
    const spec = conv(1, 16, 3);
    expect(extensionEpilogue(spec, preset('default-x')).steps.map((s) => s.op)).toEqual(['add', 'rq']);
    expect(extensionEpilogue(withRequant(spec, { lo: -100, zeroPoint: 3 }), preset('default-x')).steps).toHaveLength(3);
  });

  test.each(Object.entries(CLAMPS))('%s: equals the reference for every accumulator', (_title, clamp) => {
    const r = random(32);
    for (const scale of [1e-30, 1e-6, 5.1e-4, 0.0078125, 0.5, 0.999, 1, 1.5, 77.7, 3e6]) {
      const spec = withRequant(conv(r(1, 1e9), r(1, 6), 1, false, 2), { ...clamp(r), scales: new Float32Array(2).fill(scale) });
      expect(countAll(spec, extensionEpilogue(spec, preset('default-x'))).different, `scale ${scale}`).toBe(0);
    }
  });
});
