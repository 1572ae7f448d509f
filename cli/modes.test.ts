/** The figures of one program in every mode: measured, and then the same in all modes, or absent. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findVerilator } from '#hardware-rtl/verilated/verilator';
import { main } from './main.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const hasVerilator = (await findVerilator()).found;
/** Building a model may have to wait for other builds. */
const BUILD_TIMEOUT = 1_800_000;

const folder = mkdtempSync(join(tmpdir(), 'vta-modes-'));
const program = join(folder, 'demo.vta');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function vta(...args: readonly string[]): Promise<string> {
  const texts = { out: '', err: '' };
  const write = (stream: 'out' | 'err') => (text: string) => {
    texts[stream] += text;
  };
  const status = await main(args, { out: write('out'), err: write('err'), interactive: false });
  expect(status, texts.err).toBe(0);
  return texts.out;
}

interface Layer {
  readonly name: string;
  readonly target: string;
  readonly cycles: number | null;
  readonly bytes: Readonly<Record<string, number>> | null;
  readonly macs: number;
  readonly instructions: number;
  readonly advice?: { readonly measured?: unknown };
}
interface Report {
  readonly cycles: number | null;
  readonly macs: number;
  readonly utilization: number | null;
  readonly host: unknown;
  readonly layers: readonly Layer[];
  readonly advice?: unknown;
  readonly outputs: readonly unknown[];
}
const run = async (...mode: readonly string[]) => JSON.parse(await vta('run', program, '--json', ...mode)) as Report;
const CYCLE = ['--on', 'cycle'];

/** What does not depend on time. */
const work = ({ macs, host, layers }: Report) => ({
  macs,
  host,
  layers: layers.map(({ name, target, macs: n, instructions, bytes }) => ({ name, target, n, instructions, bytes })),
});
const time = ({ cycles, utilization, advice, layers }: Report) => ({ cycles, utilization, advice, layers });

describe('vta run', () => {
  let full: Report;
  beforeAll(async () => {
    await vta('compile', join(root, 'models/demo/model.tflite'), '-o', program);
    full = await run(...CYCLE);
  }, 60_000);

  test('bytes and instructions of every layer on VTA are counted', () => {
    for (const { target, bytes, instructions, cycles } of full.layers) {
      if (target === 'host') expect({ bytes, cycles, instructions }).toEqual({ bytes: null, cycles: null, instructions: 0 });
      else {
        expect(bytes?.out).toBeGreaterThan(0);
        expect(bytes?.uop).toBeGreaterThan(0);
        expect(instructions).toBeGreaterThan(0);
      }
    }
  });

  test('--timing-only: every figure of the run with values, and no values', async () => {
    const fast = await run(...CYCLE, '--timing-only');
    expect(work(fast)).toEqual(work(full));
    expect(time(fast)).toEqual(time(full));
    expect(fast).toMatchObject({ timingOnly: true, outputs: [] });
    const text = await vta('run', program, ...CYCLE, '--timing-only', '--no-advice');
    expect(text).toContain('values: not computed (--timing-only)');
    const table = (t: string) => t.split('\n').filter((line) => /^(conv2d|add|total|on the host)/.test(line));
    expect(table(text)).toEqual(table(await vta('run', program, ...CYCLE, '--no-advice')));
  });

  test('functional: the same work and values, and no time', async () => {
    const values = await run('--on', 'functional');
    expect(work(values)).toEqual(work(full));
    expect(values.outputs).toEqual(full.outputs);
    expect(values).toMatchObject({ cycles: null, utilization: null });
    expect(values.advice).toBeUndefined();
    for (const l of values.layers) expect([l.cycles, l.advice]).toEqual([null, undefined]);
  });

  test("the original's timing: the same work, and no advice about another machine", async () => {
    const lines = [
      'load.uop sram=0 dram=0x40 y=1 x=1 stride=1',
      'load.inp sram=0 dram=0x10 y=2 x=3 stride=4 pad=(1,1,1,1) push_next',
      'gemm uop=[0,1) iter=1x4 dst+=(0,1) src+=(0,1) wgt+=(0,0) pop_prev',
      'alu.add imm=1 uop=[0,1) iter=1x4 dst+=(0,1) src+=(0,0) push_next',
      'store.out sram=0 dram=0x20 y=1 x=4 stride=4 pop_prev push_prev',
      'finish pop_next',
    ];
    const small = join(folder, 'small.vta');
    writeFileSync(join(folder, 'small.vasm'), lines.join('\n'));
    await vta('asm', join(folder, 'small.vasm'), '-o', small);
    const ran = async (...mode: string[]) => JSON.parse(await vta('run', small, '--json', ...mode)) as Report;
    const [ours, original] = [await ran(...CYCLE), await ran(...CYCLE, '--timing', 'vta-chisel')];
    expect(ours.layers[0].bytes).toEqual({ uop: 4, inp: 6 * 16, wgt: 0, acc: 0, out: 4 * 16 });
    expect(work(original)).toEqual(work(ours));
    expect(work(await ran('--on', 'functional'))).toEqual(work(ours));
    expect(original.cycles).toBeGreaterThan(ours.cycles!);
    expect([original.advice, original.layers[0].advice]).toEqual([undefined, undefined]);
  });

  test.skipIf(!hasVerilator)(
    'the RTL (needs Verilator): every figure of the cycle simulator',
    async () => {
      const rtl = await run('--on', 'rtl');
      expect(work(rtl)).toEqual(work(full));
      expect(rtl.outputs).toEqual(full.outputs);
      expect(time(rtl)).toEqual(time(full));
      const both = async (command: string) =>
        (await Promise.all(['cycle', 'rtl'].map((on) => vta(command, program, '--on', on, '--json')))).map((t) =>
          t.replace(/"on": "\w+"/, ''),
        );
      for (const command of ['why', 'trace']) {
        const [a, b] = await both(command);
        expect(b, command).toEqual(a);
      }
    },
    BUILD_TIMEOUT,
  );
});
