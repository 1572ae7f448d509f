import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { DEFAULT_MEMORY } from '#isa/arch/memory';
import { insn } from '#isa/codec/codec';
import { preset } from '#isa/config/presets';
import { recordInsns } from '../../tests/support/traces.js';
import { timeline } from '../trace/timeline.js';
import { adviseLaunch } from './advisor.js';
import { placeLabels } from './labels.js';
import { rooflineSvg } from './roofline.js';
import { timelineRoofline } from '../trace/page/timeline-roofline.js';

const picture = (points: Parameters<typeof rooflineSvg>[0]['points'], memory = DEFAULT_MEMORY): string =>
  rooflineSvg({ title: 'a < b & c', config: preset('default'), memory, points });

/** Centers of the dots. */
const dots = (svg: string): [number, number][] =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="4.5"/g)].map((m) => [Number(m[1]), Number(m[2])]);

describe('the roofline picture', () => {
  test('is an image that an independent renderer draws, with the dots where they are', () => {
    const svg = picture([{ name: 'conv <1>', macs: 256_000, cycles: 2000, bytes: 16_000 }]);
    const image = new Resvg(svg).render();
    const { width, pixels } = image;
    const [x, y] = dots(svg)[0].map(Math.round);
    expect([...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)]).toEqual([0x1f, 0x5f, 0xa8]);
  });

  test('a doubling is as far everywhere on each axis, and dots are where the axes say', () => {
    const svg = picture([
      { name: 'a', macs: 1000, cycles: 100, bytes: 100 },
      { name: 'b', macs: 1000, cycles: 50, bytes: 50 },
      { name: 'c', macs: 1000, cycles: 25, bytes: 25 },
    ]);
    const [a, b, c] = dots(svg);
    expect(b[0] - a[0]).toBeCloseTo(c[0] - b[0], 0);
    expect(b[1] - a[1]).toBeCloseTo(c[1] - b[1], 0);
    const at = (label: string) => Number(new RegExp(`<text x="([\\d.]+)" y="528" [^>]*>${label}<`).exec(svg)?.[1]);
    expect(at('16') - at('8')).toBeCloseTo(b[0] - a[0], 0);
    // 10 MACs per byte lie between the ticks of 8 and 16
    expect((a[0] - at('8')) / (at('16') - at('8'))).toBeCloseTo(Math.log2(10 / 8), 1);
  });

  test('roofs follow the memory; layers without multiplications are named below; equal layers share a dot', () => {
    const same = { macs: 1000, cycles: 100, bytes: 100 };
    const svg = picture(
      [
        { name: 'a', ...same },
        { name: 'b', ...same },
        { name: 'add', ...same, macs: 0 },
      ],
      {
        ...DEFAULT_MEMORY,
        width: 256,
        interval: 2,
      },
    );
    expect(svg).toContain('reads alone: 16 bytes per cycle');
    expect(svg).toContain('reads and writes: 32 bytes per cycle');
    expect(svg).toContain('MAC array: 256 per cycle');
    expect(svg).toContain('>a, b<');
    expect(svg).toContain('no multiplications: add');
    expect(svg).not.toContain('where the limit');
    expect(picture([{ name: 'a', ...same, limit: 50 }])).toContain('where the limit');
  });
});

test('labels cover neither dots nor each other, and stay inside', () => {
  const spots = Array.from({ length: 16 }, (_, i) => ({
    spot: { x: 300 + (i % 4) * 14, y: 300 + Math.floor(i / 4) * 9 },
    text: `conv2d_${i}`,
  }));
  const labels = placeLabels(spots, { left: 0, right: 800, top: 0, bottom: 600 }, []);
  const box = (l: (typeof labels)[number]) => ({ left: l.x, right: l.x + l.text.length * 6.9, top: l.y - 11, bottom: l.y + 3 });
  labels.forEach((l, i) => {
    const b = box(l);
    for (const { spot } of spots) expect(spot.x > b.left && spot.x < b.right && spot.y > b.top && spot.y < b.bottom).toBe(false);
    for (const o of labels.slice(i + 1).map(box))
      expect(b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom, l.text).toBe(false);
    expect(b.left >= 0 && b.right <= 800 && b.top >= 0 && b.bottom <= 600).toBe(true);
  });
});

test('a recorded run: what it executed over what went over the bus; nothing where nothing multiplies', async () => {
  const c = preset('default');
  const uop = insn('LOAD', { memory_type: 0, dram_base: 0x800, y_size: 1, x_size: 1, x_stride: 1 });
  const gemm = (reset_reg: number) => insn('GEMM', { reset_reg, uop_end: 1, iter_out: 1, iter_in: 300 });
  const run = async (reset: number) => timeline('p', 'cycle', [await recordInsns(c, [uop, gemm(reset), insn('FINISH')])]);
  expect(timelineRoofline(await run(1))).toBeNull();
  const timed = await run(0);
  const svg = timelineRoofline(timed)!;
  // 300 micro-ops of 256, 3 instructions and a micro-op on a 64-bit bus: 7 beats
  const bytes = 7 * 8;
  const { bounds, binds } = adviseLaunch(timed.launches[0].launch);
  const limit = bounds[binds];
  expect(bounds.mac).toBe(300);
  expect(svg).toBe(
    rooflineSvg({
      title: 'p on cycle',
      config: c,
      memory: DEFAULT_MEMORY,
      points: [{ name: 'test', macs: 300 * 256, cycles: timed.cycles, bytes, limit }],
    }),
  );
});
