import fc from 'fast-check';
import { expect, test } from 'vitest';
import { run } from './testing.js';

/**
 * Closed forms that were measured on the original core for single instructions alone on the bus (reference 4.4 to 4.7). They hold for bursts of two
 * beats and more.
 */
const LATENCY = fc.integer({ min: 2, max: 60 });
const pad = fc.integer({ min: 0, max: 4 });
const block = fc.record({ y: fc.integer({ min: 1, max: 6 }), x: fc.integer({ min: 1, max: 9 }), gap: fc.integer({ min: 0, max: 5 }) });

/** Cycles until the padding engine is done; data is written in cycles [from, to). */
function padPeriod(zeros: number, skips: number, y0w: number, from: number, to: number): number {
  let cycle = 2;
  for (let n = 0; n < zeros + skips; ) {
    const isSkip = n >= y0w && n < y0w + skips;
    if (isSkip || cycle < from || cycle >= to) n++;
    cycle++;
  }
  return cycle + 1;
}

test('a padded load of accumulators', async () => {
  await fc.assert(
    fc.asyncProperty(LATENCY, block, pad, pad, pad, pad, async (latency, { y, x, gap }, y0, y1, x0, x1) => {
      const line = `load.acc sram=0 dram=0x${(64 + gap).toString(16)} y=${y} x=${x} stride=${x + gap} pad=(${y0},${y1},${x0},${x1})`;
      const { times } = await run(`${line}\nfinish`, latency);
      const beats = x * y * 8;
      const width = x0 + x + x1;
      const data = 5 + y0 + latency + beats;
      const zeros = width * (y0 + y + y1) - x * y;
      const skips = x0 + x1 === 0 && y1 > 0 ? y : 0;
      const from = 4 + latency + y0;
      const period = zeros === 0 ? data : Math.max(data, padPeriod(zeros, skips, y0 * width, from, from + beats));
      expect(times[0][1]).toBe(period);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('a load of micro-ops: rows of lines of 8 bytes', async () => {
  await fc.assert(
    fc.asyncProperty(LATENCY, fc.integer({ min: 3, max: 40 }), fc.integer({ min: 0, max: 31 }), pad, async (latency, x, at, y0) => {
      const { times } = await run(`load.uop sram=0 dram=${0x2000 + at} y=1 x=${x} stride=0 pad=(${y0},0,0,0)\nfinish`, latency);
      const lines = Math.ceil(((at % 2) * 4 + 4 * x) / 8);
      const first = Math.min(lines, 16 - Math.floor((at * 4) / 8));
      // a burst of one line lets the next one wait
      fc.pre(first > 1 && (lines - first) % 16 !== 1);
      const data = 4 + y0 + latency + lines;
      const pads = y0 * x;
      expect(times[0][1]).toBe(pads === 0 ? data : Math.max(data, wideWithPads(pads, latency + y0 + 3, lines)));
    }),
    { numRuns: 200, seed: 1 },
  );
});

/** The padding engine of micro-ops starts a cycle earlier; data is written in `lines` cycles from `from` on. */
function wideWithPads(pads: number, from: number, lines: number): number {
  let cycle = 1;
  for (let n = 0; n < pads; cycle++) if (cycle < from || cycle >= from + lines) n++;
  return cycle + 1;
}

test('a store: every burst costs three cycles and three per element', async () => {
  await fc.assert(
    fc.asyncProperty(block, fc.integer({ min: 0, max: 7 }), async ({ y, x, gap }, at) => {
      const nop = 'load.uop sram=0 dram=0 y=0 x=0 stride=0';
      const store = `store.out sram=0 dram=${0x800 + at} y=${y} x=${x} stride=${x + gap} pop_prev push_prev`;
      const { times } = await run([`${nop} push_next`, store, `${nop} pop_next`, 'finish'].join('\n'));
      let period = 1;
      for (let row = 0; row < y; row++) {
        const from = at + row * (x + gap);
        // eight elements are a burst of 128 bytes
        for (let n = from; n < from + x; n = (Math.floor(n / 8) + 1) * 8)
          period += 3 * (Math.min(from + x, (Math.floor(n / 8) + 1) * 8) - n) + 3;
      }
      expect(times[1][1]).toBe(period);
    }),
    { numRuns: 100, seed: 1 },
  );
});
