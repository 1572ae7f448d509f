import { describe, expect, test } from 'vitest';
import { VtaError } from '#isa/diag/diagnostic';
import { parseTir } from './parse.js';
import { TIR_RULES, verifyTir } from './verify.js';

function problem(text: string): string {
  try {
    verifyTir(parseTir(text));
  } catch (e) {
    if (e instanceof VtaError && e.code === 'VTA2202') return e.diagnostics[0].why;
    throw e;
  }
  return 'none';
}

const BROKEN: readonly (readonly [keyof typeof TIR_RULES, string])[] = [
  ['unique names', 'func f(a: i8[1, 1], a: i8[1, 1]) { }'],
  ['unique names', 'func f(a: i8[4, 1]) { for i in 0..4, i in 0..2 { a[i, 0] = 0 } }'],
  ['known names', 'func f(a: i8[4, 1]) { a[i, 0] = 0 }'],
  ['known names', 'func f(a: i8[4, 1]) { b[0, 0] = 0 }'],
  ['known names', 'func f(a: i8[4, 1]) { { alloc t: i32[1, 1, 1] @acc reset t[0] } reset t[0] }'],
  ['dimensions', 'func f(a: i8[4]) { }'],
  ['dimensions', 'func f(a: i8[4, 1]) { a[0] = 0 }'],
  ['dimensions', 'func f() { alloc t: i32[2, 1, 1] @acc reset t[0, 0] }'],
  ['in bounds', 'func f(a: i8[4, 1]) { for i in 0..5 { a[i, 0] = 0 } }'],
  ['in bounds', 'func f(a: i8[4, 1]) { for i in 0..4 { a[i - 1, 0] = 0 } }'],
  ['in bounds', 'func f(a: i8[30, 1]) { for i in 0..4, j in 0..min(8, 31 - 8*i) { a[8*i + j, 0] = 0 } }'],
  ['scopes', 'func f(a: i8[1, 1] @inp) { }'],
  ['scopes', 'func f(a: i8[1, 1, 1]) { alloc t: i8[1, 1, 1] @inp reset t[0] }'],
  ['scopes', 'func f(a: i8[1, 1, 1], b: i8[1, 1, 1]) { dma a[0], b[0] }'],
  ['scopes', 'func f() { alloc t: i32[1, 1, 1] @acc alloc u: i32[1, 1, 1] @acc dma t[0], u[0] }'],
  ['extents', 'func f(a: i8[4, 1]) { for i in 0..4, j in 0..2 - i { a[j, 0] = 0 } }'],
];

describe('well-formed TIR', () => {
  test.each(BROKEN)('%s: %s', (rule, text) => {
    expect(problem(text)).toContain(`"${rule}: ${TIR_RULES[rule]}"`);
  });

  test('ragged tiles, fused indices and matching scopes pass', () => {
    expect(problem('func f(a: i8[30, 1]) { for i in 0..4, j in 0..min(8, 30 - 8*i) { a[8*i + j, 0] = 0 } }')).toBe('none');
    expect(problem('func f(a: i8[12, 1]) { for t in 0..12 { a[4*(t/4) + t%4, 0] = 0 } }')).toBe('none');
    expect(
      problem('func f(a: i8[2, 1, 4]) { alloc t: i32[2, 1, 4] @acc for i in 0..2 { dma t[i], a[i] alu add t[i], 1 dma a[i], t[i] } }'),
    ).toBe('none');
  });
});
