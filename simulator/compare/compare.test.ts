import { describe, expect, test } from 'vitest';
import type { Retire } from '#isa/arch/device';
import type { Trace } from '#isa/arch/trace';
import {
  cyclesDifference,
  errorDifference,
  memoryDifference,
  type Observed,
  recordDifference,
  tokenDifference,
  traceDifference,
} from './compare.js';

const record = (unit: Retire['unit'], insn: number, cycle: number, hash = 0): Retire => ({ unit, insn, cycle, hash });
const machine = (name: string, over: Partial<Observed> = {}): Observed => ({
  name,
  hashes: true,
  timed: true,
  records: [],
  dram: new Uint8Array(8),
  error: null,
  ...over,
});
const pair = (a: Partial<Observed>, b: Partial<Observed>): readonly Observed[] => [machine('a', a), machine('b', b)];

const column = (...times: number[]) => Int32Array.from(times);
/** Two instructions and two bursts. */
const trace = (started: readonly number[], handshake: readonly number[], count = handshake.length): Trace => ({
  cycles: 99,
  insns: { queued: column(1, 2), accepted: column(3, 4), started: column(...started), finished: column(70, 71), retired: column(80, 81) },
  bursts: {
    count,
    client: new Uint8Array(2),
    beats: new Uint16Array(2),
    handshake: column(...handshake),
    first: column(0, 0),
    last: column(0, 0),
  },
});

describe('what retired', () => {
  test('of several units the difference that comes first in time', () => {
    const a = [record('load', 0, 50), record('store', 1, 20)];
    const b = [record('load', 0, 51), record('store', 1, 21)];
    expect(recordDifference(pair({ records: a }, { records: b }))).toMatchObject({
      kind: 'cycle',
      unit: 'store',
      insn: 1,
      cycle: 21,
      values: { a: 20, b: 21 },
    });
  });
  test('order before writes before cycle; a machine without hashes or time has no say in them', () => {
    const [a, b] = [[record('compute', 3, 9, 7)], [record('compute', 3, -1, 8)]];
    expect(recordDifference(pair({ records: a }, { records: b }))).toMatchObject({ kind: 'writes', values: { a: 7, b: 8 } });
    expect(recordDifference(pair({ records: a }, { records: b, hashes: false }))).toMatchObject({ kind: 'cycle' });
    expect(recordDifference(pair({ records: a }, { records: b, hashes: false, timed: false }))).toBeNull();
    expect(recordDifference(pair({ records: a }, {}))).toMatchObject({ kind: 'order', insn: 3, values: { a: 3, b: null } });
  });
});

describe('traces', () => {
  test('the first in time, not in the order of columns', () => {
    const [a, b] = [trace([20, 30], [5, 6]), trace([21, 30], [5, 7])];
    expect(traceDifference(pair({ trace: a }, { trace: b }))).toMatchObject({ column: 'burst handshake', at: 1, cycle: 6, insn: null });
    expect(traceDifference(pair({ trace: a }, { trace: trace([20, -1], [5, 6]) }))).toMatchObject({
      column: 'started',
      insn: 1,
      cycle: 30,
      values: { a: 30, b: -1 },
    });
  });
  test('a burst that only one has', () => {
    const found = traceDifference(pair({ trace: trace([20, 30], [5, 6]) }, { trace: trace([20, 30], [5, 6], 1) }));
    expect(found).toMatchObject({ column: 'burst client', at: 1, values: { a: 0, b: null } });
  });
  test('nothing to compare with', () => expect(traceDifference(pair({ trace: trace([1, 2], [3, 4]) }, {}))).toBeNull());
});

test('the end, the cycle register, tokens and memory', () => {
  expect(errorDifference(pair({ error: 'VTA1201 instruction 3' }, {}))).toMatchObject({ kind: 'error', values: { b: null } });
  expect(cyclesDifference(pair({ cycles: 4 }, { cycles: 5 }))).toMatchObject({ kind: 'cycles', values: { a: 4, b: 5 } });
  expect(cyclesDifference(pair({ cycles: 4 }, { cycles: null, timed: false }))).toBeNull();
  expect(tokenDifference(pair({ tokens: { s2c: 1 } }, {}))).toBeNull();
  expect(tokenDifference(pair({ tokens: { s2c: 1 } }, { tokens: {} }))).toMatchObject({ values: { a: 'l2c 0 c2l 0 c2s 0 s2c 1' } });
  const dram = Uint8Array.of(0, 0, 0, 9, 0, 0, 0, 9);
  expect(memoryDifference(pair({}, { dram }))).toMatchObject({ kind: 'memory', at: 3, values: { a: 0, b: 9 } });
  expect(memoryDifference([machine('a'), machine('b'), machine('c')])).toBeNull();
});
