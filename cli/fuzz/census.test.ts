import { expect, test } from 'vitest';
import { Census } from '#fuzz/census/census';
import { caseOfRun } from './cases.js';

test('3000 random programs reach everything: no bucket of the census is empty', () => {
  const census = new Census();
  for (let i = 0; i < 3000; i++) census.add(caseOfRun({ seed: 1, config: null, memory: null, models: [], illegal: false }, i));
  expect(census.holes).toEqual([]);
});

test('600 broken programs reach every mistake', () => {
  const census = new Census(true);
  for (let i = 0; i < 600; i++) census.add(caseOfRun({ seed: 1, config: null, memory: null, models: [], illegal: true }, i));
  expect(census.holes.filter((hole) => hole.startsWith('mistake'))).toEqual([]);
});
