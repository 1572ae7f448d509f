import { describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { VtaError } from '#isa/diag/diagnostic';
import { parseTir } from '../tir/parse.js';
import { printTir } from '../tir/print.js';
import { lowerFunc } from './lower.js';
import { planStorage } from './storage.js';
import { injectVirtualThreads } from '../tir/virtual-threads.js';

const config = preset('default');
const acc = (name: string, n: number) => `alloc ${name}: i32[${n}, 1, 16] @acc`;

describe('storage', () => {
  test('nested buffers stack, buffers in sequence share, copies multiply', () => {
    const plan = planStorage(
      parseTir(`func f() {
        ${acc('a', 10)}
        { ${acc('b', 20)} x2 reset b[0] { ${acc('c', 5)} reset c[0] } }
        ${acc('d', 7)}
        alloc x: i8[3, 1, 16] @inp
        reset d[0]
      }`),
      config,
    );
    expect(Object.fromEntries(plan)).toEqual({ a: 0, b: 10, c: 50, d: 10, x: 0 });
  });

  test.each([
    [acc('a', 3000), 'VTA2402', '3000 elements at once, the buffer holds 2048'],
    [`${acc('a', 1000)} x3`, 'VTA2402', '3000 elements'],
    ['alloc a: i32[4, 2, 8] @acc', 'VTA2405', 'tiles of i32[.., 2, 8]'],
    ['alloc a: i32[4, 1, 16]', 'VTA2401', 'the buffer is in dram'],
  ])('%s is refused', (alloc, code, what) => {
    let error: unknown;
    try {
      planStorage(parseTir(`func f() { ${alloc} reset a[0] }`), config);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(VtaError);
    expect((error as VtaError).code).toBe(code);
    expect(JSON.stringify((error as VtaError).diagnostics)).toContain(what);
  });
});

describe('virtual threads', () => {
  test('copies take turns and stages interleave', () => {
    const flat = injectVirtualThreads(
      parseTir(`func f(out: i8[3, 1, 16]) {
        for t in 0..3 [vthread=2] {
          ${acc('a', 1)} x2
          block init [stage=-1] { reset a[0] }
          alu add a[0], 1
          dma out[t], a[0]
        }
      }`),
    );
    expect(
      printTir(flat)
        .split('\n')
        .slice(2, -2)
        .map((l) => l.trim()),
    ).toEqual([
      'reset a[0, 0]',
      'reset a[1, 0]',
      'alu add a[0, 0], 1',
      'dma out[0], a[0, 0]',
      'reset a[0, 0]',
      'alu add a[1, 0], 1',
      'dma out[1], a[1, 0]',
      'alu add a[0, 0], 1',
      'dma out[2], a[0, 0]',
    ]);
  });

  test('loops with ragged extents or unsuitable indices are unrolled, others stay', () => {
    const flat = injectVirtualThreads(
      parseTir(`func f() {
        ${acc('a', 16)}
        for i in 0..3, j in 0..min(2, 5 - 2*i), k in 0..2 { reset a[4*i + 2*j + k] }
        for i in 0..3, k in 0..2 { reset a[i/2 + k] }
      }`),
    );
    expect(printTir(flat)).toContain('for j in 0..1, k in 0..2 {\n    reset a[0, 2*j + k + 8]');
    expect(printTir(flat)).toContain('for k in 0..2 {\n    reset a[0, k + 1]');
  });
});

describe('lowering refuses what the machine cannot do', () => {
  test.each([
    ['for b in 0..1, c in 0..16 { out[0, b, c] = 1 }', 'it works on single lanes'],
    [`${acc('a', 1)} alu add a[0], 40000`, 'does not fit 16 bits'],
    [`${acc('a', 1)} alu rq a[0], a[0], zp=0, hi=127, relu=0`, 'belongs to the ISA extension'],
    [`${acc('a', 1)} reset a[0] dma wide[0], a[0]`, '8 bits wide in DRAM, wide is i32'],
    ['alloc x: i8[1, 1, 16] @inp dma x[0], wide[0]', '8 bits wide in DRAM'],
    ['alloc x: i8[1, 1, 16] @inp dma out[0], x[0]', 'STORE reads accumulators'],
  ])('%s', (body, what) => {
    expect(() => lowerFunc(parseTir(`func f(out: i8[4, 1, 16], wide: i32[4, 1, 16]) { ${body} }`), config)).toThrow(
      expect.objectContaining({ code: 'VTA2401', message: expect.stringContaining(what) }),
    );
  });
});
