import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import type { VtaConfig } from '#isa/config/config';
import { planKernel } from '../kernel/compile.js';
import { convShape } from '../kernel/conv-tir.js';
import { type ConvSpec, physicalShape } from '../kernel/spec.js';
import { NO_HALO, packActivation, randomConv, randomImage, referenceConv, unpackActivation } from '../kernel/testing.js';
import { injectVirtualThreads } from './virtual-threads.js';
import { applySchedule } from '../schedule/schedule.js';
import { interpretTir } from './interpret.js';
import type { Func } from './node.js';
import { parseTir } from './parse.js';
import { verifyTir } from './verify.js';

describe('the TIR interpreter', () => {
  test('lanes, tiles and wrapping', () => {
    const func = parseTir(`func f(x: i8[1, 1, 2], w: i8[1, 2, 2], out: i32[3, 1, 2], small: i8[1, 1, 2]) {
      alloc a: i32[3, 1, 2] @acc
      alloc xi: i8[1, 1, 2] @inp
      alloc wi: i8[1, 2, 2] @wgt
      dma xi[0], x[0]
      dma wi[0], w[0]
      for i in 0..3 { reset a[i] for k in 0..i + 1 { gemm a[i], xi[0], wi[0] } }
      alu mul a[2], 1000
      alu shr a[1], -3
      alu max a[0], a[1]
      for i in 0..3 { dma out[i], a[i] }
      small[0, 0, 0] = out[2, 0, 0] + 1
      small[0, 0, 1] = min(out[2, 0, 1], 5) >> 1
    }`);
    verifyTir(func);
    const data = { x: Int8Array.of(3, -2), w: Int8Array.of(1, 2, 100, 4), out: new Int32Array(6), small: new Int8Array(2) };
    interpretTir(func, data);
    // products: 3*1 - 2*2 = -1 and 3*100 - 2*4 = 292
    expect([...data.out]).toEqual([-1, 4672, -16, 4672, -3000, 876000]);
    expect([...data.small]).toEqual([(-2999 << 24) >> 24, 2]);
  });

  test('a buffer that is read before it is written holds rubbish, not zero', () => {
    const func = parseTir('func f(out: i32[1, 1, 2]) { alloc a: i32[1, 1, 2] @acc dma out[0], a[0] }');
    const data = { out: new Int32Array(2) };
    interpretTir(func, data);
    expect(data.out[0]).not.toBe(0);
  });

  test('missing and wrong arrays are named', () => {
    const func = parseTir('func f(out: i32[1, 1, 2]) { }');
    expect(() => interpretTir(func, {})).toThrow(/VTA2203.*buffer out/);
    expect(() => interpretTir(func, { out: new Int32Array(3) })).toThrow(/VTA2203.*3 elements instead of 2/);
  });
});

/** Runs a convolution's TIR and returns the image it computes. */
function runConv(
  func: Func,
  spec: ConvSpec,
  constants: Readonly<Record<string, Uint8Array>>,
  image: Int8Array,
  config: VtaConfig,
): Int8Array {
  const { batch, blockIn, blockOut } = config;
  const out = physicalShape(spec.output, blockOut);
  const output = new Int8Array(out.elements * batch * blockOut);
  const params = new Int32Array(constants.params.slice().buffer);
  const input = new Int8Array(packActivation(image, spec.input, batch, blockIn).buffer);
  interpretTir(func, { input, weights: new Int8Array(constants.weights.buffer), params, output });
  return unpackActivation(new Uint8Array(output.buffer), spec.output, batch, blockOut);
}

const OPTIONS = { inC: 10, outC: 12, size: [6, 5], kernel: [3, 2], stride: [2, 1], padding: { ...NO_HALO, top: 1, left: 1 } } as const;

describe.each(['default-x', 'mac64'])('a convolution on %s', (name) => {
  const config = preset(name);
  const spec = randomConv(21, OPTIONS);
  const plan = planKernel(spec, config);
  const image = randomImage(22, spec.input);
  const want = [...referenceConv(spec, image)];

  test('is right as plain loops', () => {
    expect(convShape(spec, config).oh).toBe(spec.output.height);
    expect([...runConv(plan.func, spec, plan.constants, image, config)]).toEqual(want);
  });

  test('stays right after every primitive of its schedule, and well-formed', () => {
    let func = plan.func;
    for (const step of plan.schedule) {
      func = applySchedule(func, [step]);
      verifyTir(func);
      expect([...runConv(func, spec, plan.constants, image, config)], JSON.stringify(step)).toEqual(want);
    }
    const flat = injectVirtualThreads(func);
    verifyTir(flat);
    expect([...runConv(flat, spec, plan.constants, image, config)]).toEqual(want);
  });
});
