import { describe, expect, test } from 'vitest';
import { compareSchedule } from './compare.js';
import { PROGRAM_KINDS } from './random-program.js';

/** `npm run schedules` runs more, with other seeds. */
const COUNT = 100;
const SEED = 1;

describe('random schedules of random programs keep what is computed, also on the functional simulator', () => {
  test.each(PROGRAM_KINDS)('%s', async (kind) => {
    let [steps, refused, ran] = [0, 0, 0];
    for (let index = 0; index < COUNT; index++) {
      const o = await compareSchedule(kind, SEED, index);
      expect(o.wrong === null ? '' : `program ${index}: ${o.wrong}`).toBe('');
      steps += o.steps;
      refused += o.refused;
      if (o.ran) ran++;
    }
    // a test that applies nothing, or refuses nothing, must not pass
    expect(steps).toBeGreaterThan(2 * COUNT);
    expect(refused).toBeGreaterThan(COUNT);
    if (kind !== 'folds') expect(ran).toBeGreaterThan(COUNT / 10);
  });
});
