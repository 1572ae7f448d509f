import { describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { preset } from '#isa/config/presets';
import { planKernel } from '../kernel/compile.js';
import { NO_HALO, randomConv } from '../kernel/testing.js';
import { applySchedule } from '../schedule/schedule.js';
import { injectVirtualThreads } from './virtual-threads.js';
import { parseTir } from './parse.js';
import { printTir } from './print.js';

const PROGRAM = `func sample(x: i8[4, 10, 1, 16], w: i8[1, 1, 16, 16], p: i32[1, 1, 16], out: i8[4, 8, 1, 16]) {
  alloc w_wgt: i8[1, 1, 16, 16] @wgt
  dma w_wgt[0, 0], w[0, 0]
  for y in 0..2 [vthread=2] {
    alloc x_inp: i8[2, 10, 1, 16] @inp x2
    for i in 0..2, j in 0..10 {
      dma x_inp[i, j], x[2*y + i, j]
    }
    {
      alloc t: i32[1, 1, 16] @acc
      alu mul t[0], 0
    }
    alloc acc: i32[2, 8, 1, 16] @acc
    block body [stage=-3] {
      for t0 in 0..4, i in 0..min(2, 5 - t0) {
        reset acc[i, 2*(t0%4) + i/2]
        gemm acc[i, 2*t0], x_inp[i, 2*t0 + 1], w_wgt[0, 0]
        alu shr acc[i, (t0 + 1)%8], -4
      }
    }
    for i in 0..2, j in 0..8 {
      dma out[2*y + i, j], acc[i, j]
    }
  }
  for b in 0..1, c in 0..16 {
    out[0, 0, b, c] = max(min(p[0, b, c] * 3 + -2, 100), -100) >> (x[0, 0, b, c] + 1)
    out[1, 0, b, c] = rq(p[0, b, c], p[0, b, c], zp=-128, hi=127, relu=1)
    out[2, 0, b, c] = 0
  }
}
`;

describe('TIR text', () => {
  test('every construct prints as it was read', () => {
    expect(printTir(parseTir(PROGRAM))).toBe(PROGRAM);
  });

  test('comments and free layout are accepted', () => {
    const text = 'func f(a: i8[1,1,4]) { # one\n // two\n for i in 0..1 { for b in 0..1, c in 0..4 { a[i,b,c]=3 } } }';
    expect(printTir(parseTir(text))).toBe(
      'func f(a: i8[1, 1, 4]) {\n  for i in 0..1, b in 0..1, c in 0..4 {\n    a[i, b, c] = 3\n  }\n}\n',
    );
  });

  test('kernels round-trip before and after scheduling and unrolling', () => {
    const spec = randomConv(3, {
      inC: 20,
      outC: 18,
      size: [7, 9],
      kernel: [3, 2],
      stride: [2, 1],
      padding: { ...NO_HALO, top: 1, right: 1 },
    });
    const plan = planKernel(spec, preset('mac64'));
    const scheduled = applySchedule(plan.func, plan.schedule);
    for (const func of [plan.func, scheduled, injectVirtualThreads(scheduled)]) {
      const text = printTir(func);
      const read = parseTir(text);
      expect(printTir(read)).toBe(text);
      expect(read).toEqual(func);
    }
  });

  test.each([
    ['func f() { gem a[0], b[0], c[0] }', 1, 12, 'did you mean gemm'],
    ['func f() {\n  for i of 0..4 { }\n}', 2, 9, 'expected "in"'],
    ['func f(a: i9[1, 1]) { }', 1, 11, 'expected a type'],
    ['func f(a: i8[1, 1] @sram) { }', 1, 21, 'expected a memory'],
    ['func f(a: i8[1, 1]) {\n a[i*j, 0] = 1 }', 2, 5, 'linear'],
    ['func f(a: i8[1, 1]) { a[0, 0] = sqrt(1, 2) }', 1, 33, 'no function "sqrt"'],
    ['func f(a: i8[1, 1]) { alu div a[0], 1 }', 1, 27, 'no ALU operation "div"'],
    ['func f(a: i8[1, 1]) { a[0/0, 0] = 1 }', 1, 27, 'positive constant'],
    ['func f() { ?', 1, 12, 'means nothing'],
    ['func f() {', 1, 11, 'expected'],
  ])('%j is refused at line %i column %i', (text, line, column, detail) => {
    let error: unknown;
    try {
      parseTir(text, 'p.tir');
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(VtaError);
    const [d] = (error as VtaError).diagnostics;
    expect(d.code).toBe('VTA2201');
    expect(d.what).toContain(detail);
    expect([d.where?.file, d.where?.line, d.where?.column]).toEqual(['p.tir', line, column]);
  });
});
