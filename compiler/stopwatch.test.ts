import { expect, test } from 'vitest';
import { Stopwatch } from './stopwatch.js';

test('steps are measured one after the other, also those that fail', () => {
  let now = 100;
  const watch = new Stopwatch(() => now);
  expect(watch.time('read', '', () => (now += 5))).toBe(105);
  now += 1;
  expect(() =>
    watch.time('kernel', 'conv2d_0', () => {
      now += 7;
      throw new Error('no tiling');
    }),
  ).toThrow('no tiling');
  expect(watch.steps).toEqual([
    { step: 'read', name: '', ms: 5 },
    { step: 'kernel', name: 'conv2d_0', ms: 7 },
  ]);
  expect(watch.total).toBe(12);
});

test('without a clock the work is done all the same', () => {
  expect(new Stopwatch().time('link', '', () => 3)).toBe(3);
});
