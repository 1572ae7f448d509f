import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Stopwatch } from '#compiler/stopwatch';
import { dense } from '../../tests/errors/tflite-models.js';
import { main } from '../main.js';
import { timesJson, timesOf, timesText } from './times.js';

/** Time passes only where it is told to. */
function measured() {
  let now = 40;
  const watch = new Stopwatch(() => now);
  const spend = (step: string, name: string, ms: number) => watch.time(step, name, () => (now += ms));
  spend('read', '', 2);
  spend('pass', 'fuse-pads', 3);
  for (const layer of ['conv2d_0', 'add_3']) {
    spend('kernel search', layer, 100);
    spend('kernel lower', layer, 20);
    spend('dump', '', 1);
  }
  now += 8;
  spend('write', '', 5);
  return timesOf(watch, 40);
}

test('the steps sum up to the total, and what none accounts for is named', () => {
  const { total, steps } = timesJson(measured());
  expect(total).toBe(300);
  expect(steps.reduce((n, s) => n + s.ms, 0)).toBe(300);
  expect(steps[0]).toEqual({ step: 'start of vta', name: '', ms: 40 });
  expect(steps.at(-1)).toEqual({ step: 'other', name: '', ms: 8 });
});

test('the table has every step once, kernels together, and then a row for every layer', () => {
  expect(timesText(measured())).toBe(`step               ms   share
start of vta     40.0   13.3%
read              2.0    0.7%
pass fuse-pads    3.0    1.0%
kernels (2)     240.0   80.0%
dump              2.0    0.7%
write             5.0    1.7%
other             8.0    2.7%
total           300.0  100.0%

kernel    search  lower     ms  share
conv2d_0   100.0   20.0  120.0  40.0%
add_3      100.0   20.0  120.0  40.0%
`);
});

test('vta compile accounts for all of its time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vta-times-'));
  try {
    const file = join(folder, 'm.tflite');
    writeFileSync(file, dense());
    let out = '';
    const context = { out: (text: string) => void (out += text), err: () => undefined, interactive: false };
    expect(await main(['compile', file, '-o', join(folder, 'm.vta'), '--timing', '--json'], context)).toBe(0);
    const { times } = JSON.parse(out) as { times: { total: number; steps: { step: string; name: string; ms: number }[] } };
    const named = times.steps.map((s) => s.step);
    for (const step of ['start of vta', 'read', 'import', 'pass', 'program', 'link', 'encode', 'write', 'other'])
      expect(named).toContain(step);
    expect(times.steps).toContainEqual({ step: 'kernel search', name: 'fully_connected_0', ms: expect.any(Number) });
    expect(times.steps.reduce((n, s) => n + s.ms, 0)).toBeCloseTo(times.total, 6);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
