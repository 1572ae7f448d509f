/** `vta why` and the advice of `vta run`, through the command line. */
import { beforeAll, describe, expect, test } from 'vitest';
import { programFile } from '../tests/errors/artifacts.js';
import { ensureBuilt, inFolder, vta } from '../tests/support/cli.js';

/** A load that waits for a GEMM that waits for a load. */
const PROGRAM = [
  'load.uop sram=0x0 dram=0x0 y=1 x=1 stride=1',
  'load.inp sram=0x0 dram=0x0 y=1 x=64 stride=64 push_next',
  'gemm uop=[0,1) iter=1x300 dst+=(0,0) src+=(0,0) wgt+=(0,0) pop_prev push_prev',
  'load.inp sram=0x0 dram=0x0 y=1 x=64 stride=64 pop_next push_next',
  'gemm uop=[0,1) iter=1x300 dst+=(0,0) src+=(0,0) wgt+=(0,0) pop_prev push_prev',
  'finish',
];
const files = { 'p.vta': programFile(PROGRAM), 'p.vasm': `${PROGRAM.join('\n')}\n` };

beforeAll(ensureBuilt, 120_000);

describe('vta why', () => {
  test('limits, path, losses, and what changes save', () =>
    inFolder(files, async (folder) => {
      const { stdout, status } = await vta(['why', 'p.vta'], folder);
      expect(status).toBe(0);
      expect(stdout).toMatch(/tokens +97\.\d% +600 /);
      expect(stdout).toContain('a load waits until its buffer is free');
      expect(stdout).toMatch(/3: load\.inp .*waits for the token of/);
      expect(stdout).toMatch(/one more input buffer saves 1\d\d of/);
      expect(stdout).toMatch(/total +\d+ +100\.0%/);
      expect(stdout).not.toContain('the critical path of');
    }));

  test('--path lists every cycle of the window; assembly runs behind an empty memory', () =>
    inFolder(files, async (folder) => {
      const { stdout } = await vta(['why', 'p.vasm', '--path', '--json'], folder);
      const { launches, cycles } = JSON.parse(stdout);
      const { path } = launches[0];
      expect(path[0].from).toBe(0);
      expect(path.at(-1).to).toBe(cycles);
      for (let i = 1; i < path.length; i++) expect(path[i].from).toBe(path[i - 1].to);
      const part = await vta(['why', 'p.vasm', '--path', '--from', '100', '--to', '200'], folder);
      expect(part.stdout).toMatch(/the critical path of p\nfrom +cycles/);
      expect(part.stdout).toMatch(/gemm +finishes its work/);
    }));

  test('vta run says the same in short, and nothing with --no-advice or without time', () =>
    inFolder(files, async (folder) => {
      const text = (await vta(['run', 'p.vta', '--on', 'cycle'], folder)).stdout;
      expect(text).toContain('cycles each limit costs alone');
      expect(text).toContain('a load waits until its buffer is free');
      expect((await vta(['run', 'p.vta', '--on', 'cycle', '--no-advice'], folder)).stdout).not.toContain('limit');
      expect((await vta(['run', 'p.vta'], folder)).stdout).not.toContain('limit');
    }));
});
