import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { preset } from '#isa/config/presets';
import { hasTool, runTool } from '../../../tests/support/tools.js';
import { recordInsns, tileProgram } from '../../../tests/support/traces.js';
import { tokenCounters } from '../counters.js';
import { textOf } from '../launch.js';
import { NO_INSN, STATES, UNIT_IDS } from '../spans.js';
import { type Timeline, timeline } from '../timeline.js';
import { loadModel } from './client/model.js';
import { search } from './client/search.js';
import { View } from './client/view.js';
import type { PageData } from './data.js';
import { pageFile } from './page-file.js';

const c = preset('default');
const PROGRAM = tileProgram({ columns: 1, steps: 40 });

let t: Timeline;
let html: string;
let data: PageData;
beforeAll(async () => {
  const launch = await recordInsns(c, PROGRAM, { latency: 50 });
  t = timeline('</script><b>&', 'cycle', [launch, { ...launch, name: '<again>' }]);
  html = pageFile(t).join('');
  data = JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>\n<script>/.exec(html)![1]) as PageData;
});

test('is one file that asks for nothing else, whatever the names', () => {
  expect(html).not.toMatch(/https?:\/\/|src=|@import|url\(/);
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  expect(html).not.toContain('<b>');
  expect([data.name, data.layers[1].name]).toEqual([t.name, '<again>']);
});

test('holds the spans, accounts, times, tokens and counters of the run', () => {
  const model = loadModel(data);
  expect(data.accounts).toEqual(UNIT_IDS.map((id) => STATES.map((s) => t.accounts.units[id][s])));
  UNIT_IDS.forEach((id, i) => {
    const row = model.rows[i];
    const spans = t.launches.flatMap((l, n) => l.spans[id].map((s) => ({ ...s, start: l.start, first: 6 * n })));
    const read = Array.from({ length: row.count }, (_, n) => [
      row.from[n],
      row.to[n],
      data.states[row.state[n]],
      row.insn[n],
      ...row.waits.slice(3 * n, 3 * n + 3),
    ]);
    const waited = (w: (typeof spans)[number]['waits']) => (w === null ? [0, 0, 0] : [w.memory, w.hazard, w.queue]);
    expect(read).toEqual(
      spans.map((s) => [s.start + s.from, s.start + s.to, s.state, s.insn === NO_INSN ? NO_INSN : s.first + s.insn, ...waited(s.waits)]),
    );
  });
  const { launch } = t.launches[1];
  expect(model.textOf(8)).toBe(textOf(launch, 2));
  expect([model.layerOf(5), model.layerOf(6)]).toEqual([0, 1]);
  expect(model.timeOf(8, 4)).toBe(t.launches[1].start + launch.trace.insns.retired[2]);
  expect(model.timeOf(5, 2)).toBe(-1);
  expect(model.tokensOf.get(8)?.map((x) => [data.channels[x.channel], x.from, x.to])).toEqual([
    ['l2c', 7, 8],
    ['c2s', 8, 9],
  ]);
  const l2c = tokenCounters(launch)[0];
  const counter = data.counters.find((x) => x.name === l2c.name)!;
  expect(counter.at.slice(counter.at.length / 2).map((at) => at - t.launches[1].start)).toEqual(l2c.at);
});

test('search takes words of text and layer, and numbers', () => {
  const model = loadModel(data);
  expect(search(model, 'gemm')).toEqual([2, 8]);
  expect(search(model, 'GEMM again')).toEqual([8]);
  expect(search(model, '3 test')).toEqual([3]);
  expect(search(model, '  ')).toEqual([]);
});

test('the view stays inside the run', () => {
  const view = new View(1000);
  view.left = 100;
  view.width = 500;
  view.zoom(0.1, 350);
  expect([view.from, view.to]).toEqual([450, 550]);
  expect(view.cycle(view.x(512))).toBeCloseTo(512);
  view.pan(-5000);
  expect([view.from, view.to]).toEqual([0, 100]);
  view.zoom(1e-9, 100);
  expect(view.to - view.from).toBe(16);
  view.zoom(1e9, 100);
  expect([view.from, view.to]).toEqual([0, 1000]);
});

describe.skipIf(!hasTool('chromium'))('in a browser (needs chromium)', () => {
  test('draws without an error', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vta-page-'));
    try {
      writeFileSync(join(folder, 'page.html'), html);
      const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];
      const dom = runTool('chromium', [...flags, `--user-data-dir=${folder}/profile`, '--dump-dom', `file://${folder}/page.html#insn=8`]);
      expect(dom).toContain('data-ready="yes"');
      expect(dom).toContain('takes l2c from instruction 1 of &lt;again&gt;: load.inp');
      expect(dom.match(/class="strip"/g)).toHaveLength(UNIT_IDS.length);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
