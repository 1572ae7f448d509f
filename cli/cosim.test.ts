import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findVerilator } from '#hardware-rtl/verilated/verilator';
import { main } from './main.js';

const hasVerilator = (await findVerilator()).found;
/** Building a model may have to wait for other builds. */
const BUILD_TIMEOUT = 1_800_000;

async function vta(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const write = (stream: 'out' | 'err') => (text: string) => {
    texts[stream] += text;
  };
  const status = await main(args, { out: write('out'), err: write('err'), interactive: false });
  return { status, ...texts };
}

describe.skipIf(!hasVerilator)('vta cosim (needs Verilator)', () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vta-cosim-'));
    program = join(folder, 'p.vta');
    writeFileSync(join(folder, 'p.vasm'), 'finish\n');
    expect(await vta('asm', join(folder, 'p.vasm'), '-o', program)).toEqual({ status: 0, out: '', err: '' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    "a program matches, in text and in the contract's JSON",
    async () => {
      const { status, out } = await vta('cosim', program, '--json');
      expect(status).toBe(0);
      const verdict = JSON.parse(out) as { cycles: { cycle: number; rtl: number } };
      expect(verdict).toEqual({ name: 'p', match: true, cycles: verdict.cycles, instructions: 1, divergence: null });
      expect(verdict.cycles.cycle).toBe(verdict.cycles.rtl);
      expect((await vta('cosim', program)).out).toBe(`ok    p  1 instructions, ${verdict.cycles.rtl} cycles\n`);
    },
    BUILD_TIMEOUT,
  );

  test(
    'the RTL runs it too, and takes as long',
    async () => {
      const [rtl, cycle] = await Promise.all(['rtl', 'cycle'].map((on) => vta('run', program, '--json', '--on', on)));
      expect((JSON.parse(rtl.out) as { cycles: number }).cycles).toBe((JSON.parse(cycle.out) as { cycles: number }).cycles);
    },
    BUILD_TIMEOUT,
  );

  test('a waveform is of one launch', async () => {
    const { status, err } = await vta('cosim', program, program, '--waveform', join(folder, 'p.fst'));
    expect([status, err.slice(0, 14)]).toEqual([1, 'error VTA6008:']);
    expect((await vta('cosim', program, '--launch', 'q')).err).toContain('VTA6007');
  });

  test('a vector that is not there is a line, and the others are still compared', async () => {
    const { status, out, err } = await vta('cosim', join(folder, 'none'), program, '--json');
    expect(status).toBe(1);
    expect(err).toContain('VTA6101');
    expect(
      out
        .trim()
        .split('\n')
        .map((l) => (JSON.parse(l) as { match: boolean }).match),
    ).toEqual([false, true]);
  });
});
