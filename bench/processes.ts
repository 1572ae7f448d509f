/** What only whole processes show: how long the command takes to start, and what a second core is worth. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { INSN_BYTES } from '#isa/codec/codec';
import { encodeArtifact } from '#runtime/artifact/encode';
import { rawArtifact } from '#runtime/artifact/raw';
import { createFunctionalState, launchFunctional } from '#simulator/functional/device';
import { bestAndMedian, medianRatio } from './measure.js';
import { aluWorkload, pipelineWorkload, type Workload } from './programs.js';

const VTA = resolve('bin', 'vta');

/** Wall-clock seconds of one run of a Node script; it has to end well. */
function seconds(argv: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')} failed:\n${stdout}${stderr}`);
  return (performance.now() - start) / 1000;
}

function inTemporary<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'vta-bench-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Best wall-clock seconds of `vta run` on a program of five instructions, per machine, and of a Node process that does nothing. */
export interface StartUp {
  readonly node: number;
  readonly functional: number;
  readonly cycle: number;
}

export function startUp(repeat: number): StartUp {
  return inTemporary((folder) => {
    const w = aluWorkload('default', 'ADD', true, 1, 1);
    writeFileSync(join(folder, 'small.vta'), encodeArtifact(rawArtifact(w)));
    // The start of a process differs more from run to run than a long program does.
    const runs = 4 * repeat;
    const best = (...argv: string[]) => bestAndMedian(Array.from({ length: runs }, () => seconds(argv, folder))).best;
    return { node: best('-e', '0'), functional: best(VTA, 'run', 'small.vta'), cycle: best(VTA, 'run', 'small.vta', '--on', 'cycle') };
  });
}

/** Writes a workload as a golden vector; the functional simulator says what memory must hold afterwards. */
function writeVector(folder: string, w: Workload): void {
  const after = w.dram.slice();
  launchFunctional(createFunctionalState(w.config), { ...w, dram: after });
  const json = {
    format: 'vta-golden-1',
    name: w.name,
    config: w.config.keys,
    insn_addr: w.insnAddr,
    insn_count: w.insnCount,
    dram_size: w.dram.length,
  };
  mkdirSync(folder);
  writeFileSync(join(folder, 'vector.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'program.bin'), w.dram.subarray(w.insnAddr, w.insnAddr + w.insnCount * INSN_BYTES));
  writeFileSync(join(folder, 'dram_in.bin'), w.dram);
  writeFileSync(join(folder, 'dram_out.bin'), after);
}

/** Equal programs of a fraction of a second, as golden vectors are: some for a process to start and to compile what it runs, and many. */
const SOME = 16;
const MANY = 64;
const TILES = 2000;

/** What a second thread brings, each the middle one of its turns. */
export interface Parallel {
  /** Time that {@link MANY} programs take more than {@link SOME}, on one thread over two: start and compilation left out. */
  readonly ratio: number;
  /** Time of {@link MANY} programs on one thread over two, all included. */
  readonly whole: number;
}

/** `vta run-vector --on cycle` on equal programs, in turns; null where there is one core only. */
export function parallel(turns: number): Parallel | null {
  if (availableParallelism() < 2) return null;
  return inTemporary((folder) => {
    const names = Array.from({ length: MANY }, (_, i) => `v${i}`);
    writeVector(join(folder, names[0]), pipelineWorkload('default', TILES));
    for (const name of names.slice(1)) symlinkSync(names[0], join(folder, name), 'dir');
    const time = (jobs: number, count: number) =>
      seconds([VTA, 'run-vector', ...names.slice(0, count), '--on', 'cycle', '--jobs', `${jobs}`], folder);
    const [more, many] = [
      { 1: [] as number[], 2: [] as number[] },
      { 1: [] as number[], 2: [] as number[] },
    ];
    for (let n = 0; n < turns; n++) {
      // Whichever comes first meets the computer as the turn before left it.
      for (const jobs of n % 2 === 0 ? ([1, 2] as const) : ([2, 1] as const)) {
        const some = time(jobs, SOME);
        many[jobs].push(time(jobs, MANY));
        more[jobs].push(many[jobs][n] - some);
      }
    }
    return { ratio: medianRatio(more[1], more[2]), whole: medianRatio(many[1], many[2]) };
  });
}
