import { expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { convSchedule } from './conv-schedule.js';
import { convShape } from './conv-tir.js';
import { type Epilogue, vector } from './epilogue.js';
import { BY_DEFINITION } from './exactness.js';
import { NO_HALO, randomConv } from './testing.js';
import { SMALLEST } from './tiling.js';

test('numbers per channel are copied where there are any, and only there', () => {
  const config = preset('default');
  const spec = randomConv(1, { inC: 16, outC: 16, size: [4, 4], kernel: [1, 1], stride: [1, 1], padding: NO_HALO });
  const steps = (e: Partial<Epilogue>) =>
    convSchedule(SMALLEST, convShape(spec, config), {
      steps: [],
      temporaries: [],
      vectors: [],
      exactness: BY_DEFINITION,
      remarks: [],
      ...e,
    });
  const copied = (e: Partial<Epilogue>) => steps(e).filter((s) => JSON.stringify(s).includes('params'));
  expect(copied({})).toEqual([]);
  const bias = { steps: [{ block: 'bias', dst: 'acc', op: 'add', src: vector(0) }], vectors: [new Int32Array(16)] } as const;
  expect(copied(bias)).toHaveLength(2);
});
