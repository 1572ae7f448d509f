import { beforeAll, describe, expect, test } from 'vitest';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import type { Insn } from '#isa/spec/instructions';
import { queueCounters, tokenCounters } from '../counters.js';
import { textOf } from '../launch.js';
import { busyIn, NO_INSN, UNIT_IDS, UNIT_NAMES } from '../spans.js';
import { hasConformance, recordInsns, recordVector } from '../../../tests/support/traces.js';
import { type Timeline, timeline } from '../timeline.js';
import { type ReadBack, readBack } from '../../../tests/support/perfetto.js';
import { perfettoFile } from './trace-file.js';

const c = preset('default');
const FINISH = insn('FINISH');
const UOP = insn('LOAD', { memory_type: 0, dram_base: 0x2000 / 4, y_size: 1, x_size: 1, x_stride: 1 });
const INP = insn('LOAD', { memory_type: 2, dram_base: 0x2000 / 16, y_size: 1, x_size: 1, x_stride: 1, push_next_dep: 1 });
const STORE = insn('STORE', { memory_type: 4, dram_base: 0x3000 / 16, y_size: 1, x_size: 1, x_stride: 1 });
const GEMM = insn('GEMM', { uop_end: 1, iter_in: 4 });
/** All units, three tokens, and a nop that takes one. */
const PROGRAM: readonly Insn[] = [
  UOP,
  INP,
  { ...GEMM, pop_prev_dep: 1, push_next_dep: 1 } as Insn,
  { ...STORE, pop_prev_dep: 1, push_prev_dep: 1 } as Insn,
  insn('LOAD', { pop_next_dep: 1 }),
  insn('ALU', { uop_end: 1, iter_in: 4, use_imm: 1 }),
  FINISH,
];

const join = (pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((p) => [...p]));

/** The slices of a unit's busy spans, one to one. */
function checkUnits({ launches }: Timeline, { slices }: ReadBack): void {
  for (const id of UNIT_IDS) {
    const mine = slices.filter((s) => s.track === UNIT_NAMES[id] && s.depth === 0);
    const spans = launches.flatMap((l) => l.spans[id].filter((s) => s.state !== 'idle').map((s) => ({ ...s, l })));
    expect(mine.length, id).toBe(spans.length);
    mine.forEach((slice, i) => {
      const { from, to, state, l, insn: at } = spans[i];
      expect([slice.from, slice.to, slice.depth, slice.args.cycles]).toEqual([l.start + from, l.start + to, 0, to - from]);
      if (state !== 'busy') expect(slice.name).toBe(`waits: ${state}`);
      else expect(slice.args.busy).toBe(busyIn(spans[i]));
      if (slice.category === 'insn') {
        expect(slice.args).toMatchObject({ insn: at, text: textOf(l.launch, at), layer: l.launch.name });
        expect((slice.args.text as string).startsWith(slice.name)).toBe(true);
      }
    });
  }
}

/** Every token that was pushed and popped is a flow between the slices of just these instructions. */
function checkFlows({ launches }: Timeline, { slices }: ReadBack): void {
  const out = new Map(slices.flatMap((s) => s.flowsOut.map((f) => [f, s] as const)));
  const into = new Map(slices.flatMap((s) => s.flowsIn.map((f) => [f, s] as const)));
  expect(new Set(out.keys())).toEqual(new Set(into.keys()));
  const expected = launches.flatMap((l) =>
    l.flows.filter((f) => f.from !== NO_INSN && f.to !== NO_INSN).map((f) => `${l.launch.name} ${f.from} ${f.to}`),
  );
  const found = [...out].map(([id, from]) => {
    const to = into.get(id)!;
    expect(to.from).toBeGreaterThan(from.from);
    return `${from.args.layer} ${from.args.insn} ${to.args.insn}`;
  });
  expect(found.sort()).toEqual(expected.sort());
}

describe('a program with all units and tokens, twice', () => {
  let t: Timeline;
  let read: ReadBack;
  beforeAll(async () => {
    const launch = await recordInsns(c, PROGRAM);
    t = timeline('twice', 'cycle', [launch, { ...launch, name: 'again' }]);
    read = readBack(join(perfettoFile(t)));
  });

  test('has a track for every unit under one root, in order', () => {
    const [root, ...rest] = read.tracks;
    expect(root).toEqual({ name: `twice on cycle, machine ${c.name}; 1 ns is 1 cycle`, parent: null, rank: 0, isCounter: false });
    expect(rest.every((r) => r.parent === root.name)).toBe(true);
    expect(rest.map((r) => r.rank)).toEqual(rest.map((_, i) => i));
    const tokens = 'compute, tokens only';
    expect(rest.filter((r) => !r.isCounter).map((r) => r.name)).toEqual(['layer', ...UNIT_IDS.map((id) => UNIT_NAMES[id]), tokens]);
  });

  test('has the spans of every unit', () => checkUnits(t, read));

  test('has the tokens as flows', () => {
    checkFlows(t, read);
    expect(read.slices.flatMap((s) => s.flowsOut)).toHaveLength(6);
  });

  test('has instructions without work on a track of their own, where they take their tokens', () => {
    const { accepted } = t.launches[0].launch.trace.insns;
    const sync = read.slices.filter((s) => s.category === 'sync');
    expect(sync.slice(0, 2).map((s) => [s.name, s.from, s.to])).toEqual([
      ['load.uop', accepted[4], accepted[4] + 1],
      ['finish', accepted[6], accepted[6] + 1],
    ]);
    expect(sync[2].from).toBe(t.launches[1].start + accepted[4]);
  });

  test('has layers end to end', () => {
    const { cycles } = t.launches[0].accounts;
    const layers = read.slices.filter((s) => s.track === 'layer').map((s) => [s.name, s.from, s.to]);
    expect(layers).toEqual([
      ['test', 0, cycles],
      ['again', cycles, 2 * cycles],
    ]);
  });

  test('has counters, zeros included', () => {
    const { launch } = t.launches[0];
    for (const counter of [...queueCounters(launch), ...tokenCounters(launch)]) {
      const points = read.counters[counter.name].filter(([at]) => at < launch.trace.cycles);
      expect(points, counter.name).toEqual(counter.at.map((at, n) => [at, counter.value[n]]).filter(([at]) => at < launch.trace.cycles));
    }
    const bus = read.counters['bus read, beats per cycle'];
    expect(bus.every(([, v]) => v >= 0 && v <= 1)).toBe(true);
    expect(bus.some(([, v]) => v === 0)).toBe(true);
    expect(bus.some(([, v]) => v > 0)).toBe(true);
  });
});

test('ALU instructions of one pass lie in each other, each with its tokens', async () => {
  const add = insn('ALU', { alu_opcode: 2, imm: 1, uop_end: 1, iter_in: 16, dst_factor_in: 1, use_imm: 1 });
  const program = [UOP, add, { ...add, push_next_dep: 1 } as Insn, { ...STORE, pop_prev_dep: 1, push_prev_dep: 1 } as Insn];
  const t = timeline('chain', 'cycle', [await recordInsns(c, [...program, { ...FINISH, pop_next_dep: 1 } as Insn])]);
  const read = readBack(join(perfettoFile(t)));
  const alu = read.slices.filter((s) => s.track === 'ALU' && s.category === 'insn');
  expect(alu.map((s) => [s.args.insn, s.depth, s.to - s.from])).toEqual([
    [2, 1, 16],
    [1, 0, 16],
  ]);
  checkFlows(t, read);
});

describe.skipIf(!hasConformance)('a golden vector (needs ../shared/conformance)', () => {
  test.each(['default_1x16__03_conv3x3_pad', 'small_1x16__03_conv3x3_pad'])('%s', async (name) => {
    const t = timeline(name, 'cycle', [await recordVector('public', name)]);
    const read = readBack(join(perfettoFile(t)));
    checkUnits(t, read);
    checkFlows(t, read);
  });
});
