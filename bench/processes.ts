/** What only whole processes show: how long the command takes to start, and what a second core is worth. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
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

/**
 * Programs that are run one after the other and two at a time: many of a fraction of a second, as golden vectors are, and so many that the second which a
 * process needs to start and to compile what it runs does not decide.
 */
const PROGRAMS = 64;
const TILES = 2000;

/** Wall-clock seconds of the same programs on one thread and on two, process start included. */
export interface Parallel {
  readonly programs: number;
  /** The best of each. */
  readonly one: number;
  readonly two: number;
  /** Of the times in turns. */
  readonly ratio: number;
  /** The same ratio of two loops that only count, which share nothing but the computer: as much as it gives. */
  readonly loops: number;
}

/** `vta run-vector --on cycle` on equal programs, in turns; null where there is one core only. */
export async function parallel(turns: number): Promise<Parallel | null> {
  if (availableParallelism() < 2) return null;
  const folder = mkdtempSync(join(tmpdir(), 'vta-bench-'));
  try {
    const names = Array.from({ length: PROGRAMS }, (_, i) => `v${i}`);
    writeVector(join(folder, names[0]), pipelineWorkload('default', TILES));
    for (const name of names.slice(1)) symlinkSync(names[0], join(folder, name), 'dir');
    const times = { 1: [] as number[], 2: [] as number[] };
    const loops: number[] = [];
    for (let n = 0; n < turns; n++) {
      // Whichever comes first meets the computer as the turn before left it.
      for (const jobs of n % 2 === 0 ? ([1, 2] as const) : ([2, 1] as const))
        times[jobs].push(seconds([VTA, 'run-vector', ...names, '--on', 'cycle', '--jobs', `${jobs}`], folder));
      const alone = await countingLoop();
      const [a, b] = await Promise.all([countingLoop(), countingLoop()]);
      loops.push((a + b) / alone);
    }
    const best = (jobs: 1 | 2) => bestAndMedian(times[jobs]).best;
    return { programs: PROGRAMS, one: best(1), two: best(2), ratio: medianRatio(times[1], times[2]), loops: bestAndMedian(loops).median };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How far a loop on a thread of its own counts in a second. */
function countingLoop(): Promise<number> {
  const code = `
    let count = 0;
    for (const end = performance.now() + 1000; performance.now() < end; ) for (let n = 0; n < 1e5; n++) count++;
    require('node:worker_threads').parentPort.postMessage(count);`;
  return new Promise((resolve, reject) => new Worker(code, { eval: true }).once('message', resolve).once('error', reject));
}
