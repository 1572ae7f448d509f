import { expect, test } from 'vitest';
import { compileDamaged, DAMAGED } from './damage.js';

/** `npm run schedules -- --damage` runs more. An endless loop, or one that takes all memory, ends at the time limit of the test. */
const COUNT = 1500;

test.each(DAMAGED)('random damage of a %s ends in a diagnostic, or in a program that can be read back', { timeout: 90_000 }, (what) => {
  const codes = new Map<string, number>();
  for (let index = 0; index < COUNT; index++) {
    const code = compileDamaged(what, 3, index);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  // damage must reach more than the reader of the text
  expect(codes.size, [...codes].join(' ')).toBeGreaterThan(4);
});
