import { beforeAll, describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { recordInsns, tileProgram } from '../../../tests/support/traces.js';
import { NO_INSN, UNIT_NAMES, type UnitId } from '../spans.js';
import { type TimedLaunch, timedLaunch } from '../timeline.js';
import type { Lane } from './lanes.js';
import { renderWaveDrom } from './render.js';
import { insnLines, waveSource } from './wave-source.js';

const c = preset('default');
const PROGRAM = tileProgram({ columns: 1, steps: 80 });

let t: TimedLaunch;
beforeAll(async () => {
  t = timedLaunch(await recordInsns(c, PROGRAM));
});

const lanesOf = (from: number, to: number): readonly Lane[] =>
  waveSource(t, from, to).signal.flatMap((s) => (Array.isArray(s) ? s.slice(1) : [s]) as Lane[]);

/** What a lane shows in each cycle: the digit, and which brick it is. */
function perCycle({ wave, data }: Lane): { char: string; text: string | undefined }[] {
  let char = '';
  let brick = -1;
  return [...wave].map((w) => {
    if (w !== '.') {
      char = w;
      if (/[2-9]/.test(w)) brick++;
    }
    return { char, text: /[2-9]/.test(char) ? data?.[brick] : undefined };
  });
}

const COLORS = { busy: '5', token: '4', memory: '8', hazard: '9', queue: '3', idle: '0' };

describe.each([
  [0, 40],
  [20, 100],
  [0, 130],
])('cycles %i to %i', (from, to) => {
  test('every unit shows its state in every cycle', () => {
    const lanes = lanesOf(from, to);
    for (const id of ['load', 'loader', 'gemm', 'alu', 'store', 'read', 'write'] as const satisfies readonly UnitId[]) {
      const lane = lanes.find((l) => l.name === UNIT_NAMES[id]);
      const expected = Array.from(
        { length: to - from },
        (_, n) => COLORS[t.spans[id].find((s) => s.from <= from + n && from + n < s.to)!.state],
      );
      if (lane === undefined)
        expect(
          expected.every((e) => e === '0'),
          id,
        ).toBe(true);
      else
        expect(
          perCycle(lane).map((p) => p.char),
          id,
        ).toEqual(expected);
    }
  });

  test('every lane has one character per cycle', () => {
    for (const lane of lanesOf(from, to)) {
      expect(lane.wave, lane.name).toHaveLength(to - from);
      if (lane.node !== undefined) expect(lane.node).toHaveLength(to - from);
    }
  });
});

test('instructions are numbered where they are taken and retire', () => {
  const { accepted, retired } = t.launch.trace.insns;
  const lanes = lanesOf(0, t.accounts.cycles);
  const events = (name: string) => perCycle(lanes.find((l) => l.name === name)!).flatMap((p, cycle) => (p.char === '2' ? [cycle] : []));
  expect(events('compute takes')).toEqual([0, 2, 4, 5].map((i) => accepted[i]));
  expect(events('store retires')).toEqual([retired[3]]);
  expect(perCycle(lanes.find((l) => l.name === 'store retires')!)[retired[3]].text).toBe('3');
});

test('tokens are arrows from who gives to who takes them', () => {
  const { edge } = waveSource(t, 0, t.accounts.cycles);
  const inside = t.flows.filter((f) => f.from !== NO_INSN && f.to !== NO_INSN);
  expect(edge).toHaveLength(inside.length);
  const lanes = lanesOf(0, t.accounts.cycles);
  const find = (letter: string) => lanes.flatMap((l) => (l.node?.includes(letter) ? [[l.name, l.node.indexOf(letter)]] : []))[0];
  edge.forEach((text, n) => {
    const [, a, b, channel] = /^(\w)~>(\w) (\w+)$/.exec(text)!;
    const { from, to, pushed } = inside[n];
    expect(channel).toBe(inside[n].channel);
    expect([find(a)[1], find(b)[1]]).toEqual([pushed, t.launch.trace.insns.accepted[to]]);
    expect(from).not.toBe(to);
  });
});

test('a window in which little happens has few lanes', () => {
  expect(lanesOf(0, 10).map((l) => l.name)).toEqual(['fetch', 'load', 'compute loader', 'GEMM', 'store', 'AR', 'bus read']);
});

test('draws an SVG of the width of the window, with the instructions as text beside it', () => {
  for (const [to, pixels] of [
    [40, 40],
    [80, 20],
    [120, 10],
  ]) {
    const source = waveSource(t, 0, to);
    const svg = renderWaveDrom(source, source.config.skin);
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    expect(width).toBeGreaterThan(to * pixels);
    expect(width).toBeLessThan(to * pixels + 250);
    expect(svg).toContain('compute loader');
  }
  expect(insnLines(t, 0, 30).map((l) => l.trim().split(/\s+/).slice(0, 2).join(' '))).toEqual(['0 load.uop', '1 load.inp']);
});
