import { describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { UNITS, type Unit } from '#isa/spec/tables';
import { random } from '../kernel/testing.js';
import type { MachineOp, Region } from './machine-op.js';
import { happensBefore } from './token-order.js';
import { insertTokens, type Linked } from './tokens.js';

const op = (unit: Unit, reads: readonly Region[], writes: readonly Region[], tag: number): MachineOp => ({
  // x_size marks the operation, so that relays (x_size 0) can be told from it
  insn: unit === 'store' ? insn('STORE', { x_size: tag }) : insn('LOAD', { x_size: tag }),
  unit,
  reads,
  writes,
  buffer: -1,
  kernel: -1,
});
const at = (memory: string, lo: number, hi = lo + 1): Region => ({ memory, lo, hi });

/** The program with its tokens: which unit runs each instruction, relays and FINISH included. */
interface Stream {
  readonly linked: readonly Linked[];
  readonly units: readonly number[];
  readonly ops: readonly (MachineOp | null)[];
}

function streamOf(ops: readonly MachineOp[]): Stream {
  const linked = insertTokens(ops);
  let next = 0;
  const matched = linked.map((l) => (l.insn.op !== 'FINISH' && (l.insn as { x_size: number }).x_size > 0 ? ops[next++] : null));
  expect(next).toBe(ops.length);
  return { linked, units: matched.map((m) => (m === null ? 1 : UNITS.indexOf(m.unit))), ops: matched };
}

const overlaps = (a: readonly Region[], b: readonly Region[]) =>
  a.some((x) => b.some((y) => x.memory === y.memory && x.lo < y.hi && y.lo < x.hi));
const conflict = (a: MachineOp, b: MachineOp) => overlaps(a.writes, b.writes) || overlaps(a.writes, b.reads) || overlaps(a.reads, b.writes);

/** Pairs of conflicting instructions that the tokens do not order. */
function races(s: Stream): string[] {
  const before = happensBefore(
    s.linked.map((l) => l.insn),
    s.units,
  );
  const out: string[] = [];
  for (let j = 0; j < s.ops.length; j++) {
    for (let i = 0; i < j; i++) {
      const [a, b] = [s.ops[i], s.ops[j]];
      if (a !== null && b !== null && conflict(a, b) && !before[j].has(i)) out.push(`${i} and ${j}`);
    }
  }
  return out;
}

const flags = (l: Linked) => [l.insn.pop_prev_dep, l.insn.pop_next_dep, l.insn.push_prev_dep, l.insn.push_next_dep].join('');

describe('dependency tokens', () => {
  test('load, compute, store and back', () => {
    const ops = [
      op('load', [], [at('inp', 0, 4)], 1),
      op('compute', [at('inp', 0, 4)], [at('acc', 0, 4)], 2),
      op('store', [at('acc', 0, 4)], [at('dram:0', 0, 4)], 3),
      op('load', [], [at('inp', 0, 4)], 4),
      op('compute', [at('inp', 0, 4)], [at('acc', 0, 4)], 5),
    ];
    // in order: pop_prev, pop_next, push_prev, push_next
    expect(insertTokens(ops).map(flags)).toEqual(['0001', '1011', '1010', '0101', '1100', '0000']);
  });

  test('instructions that touch different places get no tokens; FINISH waits for the last load and the last store', () => {
    const ops = [
      op('load', [], [at('inp', 0)], 1),
      op('load', [], [at('inp', 1)], 2),
      op('compute', [at('inp', 9)], [at('acc', 0)], 3),
      op('store', [at('acc', 5)], [at('dram:0', 0)], 4),
    ];
    const linked = insertTokens(ops);
    expect(linked.map(flags)).toEqual(['0000', '0001', '0000', '0010', '1100']);
    expect(linked[4].insn.op).toBe('FINISH');
  });

  test('a wait that an earlier one implies is not repeated', () => {
    const ops = [
      op('load', [], [at('inp', 0)], 1),
      op('load', [], [at('wgt', 0)], 2),
      op('compute', [at('wgt', 0)], [at('acc', 0)], 3),
      op('compute', [at('inp', 0)], [at('acc', 1)], 4),
    ];
    expect(insertTokens(ops).map(flags)).toEqual(['0000', '0001', '1000', '0000', '0000']);
  });

  test('a load of what was just stored waits through a compute instruction', () => {
    const ops = [
      op('compute', [], [at('acc', 0)], 1),
      op('store', [at('acc', 0)], [at('dram:0', 0)], 2),
      op('load', [at('dram:0', 0)], [at('inp', 0)], 3),
      op('compute', [at('inp', 0)], [at('acc', 1)], 4),
    ];
    const s = streamOf(ops);
    expect(s.linked).toHaveLength(6);
    expect(races(s)).toEqual([]);
    expect(s.linked.map(flags)).toEqual(['0001', '1010', '0110', '0101', '1000', '0000']);
  });

  test('random programs: no races, balanced, in program order, and each token is needed', () => {
    const r = random(5);
    for (let round = 0; round < 150; round++) {
      const memories = ['inp', 'acc', 'dram:0'];
      const region = () => {
        const lo = r(0, 8);
        return at(memories[r(0, 2)], lo, lo + r(1, 4));
      };
      const ops = Array.from({ length: r(2, 24) }, (_, i) =>
        op(UNITS[r(0, 2)], Array.from({ length: r(0, 2) }, region), Array.from({ length: r(0, 1) }, region), i + 1),
      );
      const s = streamOf(ops);
      expect(races(s)).toEqual([]);
      for (const l of s.linked.filter((_, n) => s.units[n] === 0)) expect([l.insn.pop_prev_dep, l.insn.push_prev_dep]).toEqual([0, 0]);
      for (const l of s.linked.filter((_, n) => s.units[n] === 2)) expect([l.insn.pop_next_dep, l.insn.push_next_dep]).toEqual([0, 0]);
      if (round < 40) expectNeeded(s);
    }
  });
});

const EDGES = [
  ['push_next_dep', 'pop_prev_dep', 1],
  ['push_prev_dep', 'pop_next_dep', -1],
] as const;

/** Removing any token (its push and its pop) must leave a race, or let FINISH come too early. */
function expectNeeded(s: Stream): void {
  for (const [push, pop, step] of EDGES) {
    for (const unit of [0, 1, 2]) {
      const producers = s.linked.flatMap((l, n) => (s.units[n] === unit && l.insn[push] ? [n] : []));
      const consumers = s.linked.flatMap((l, n) => (s.units[n] === unit + step && l.insn[pop] ? [n] : []));
      expect(producers.length).toBe(consumers.length);
      producers.forEach((p, k) => {
        const without = s.linked.map((l, n) => ({
          ...l,
          insn: { ...l.insn, ...(n === p ? { [push]: 0 } : {}), ...(n === consumers[k] ? { [pop]: 0 } : {}) },
        })) as Linked[];
        const cut = { ...s, linked: without };
        const before = happensBefore(
          without.map((l) => l.insn),
          s.units,
        );
        const finish = s.linked.length - 1;
        const early = [0, 2].some((u) => s.units.some((x, n) => x === u && !before[finish].has(n)));
        expect(early || races(cut).length > 0, `token ${p} -> ${consumers[k]}`).toBe(true);
      });
    }
  }
}
