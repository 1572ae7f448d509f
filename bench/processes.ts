/** What only whole processes show: how long the command takes to start, and what a second core is worth. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
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
const PROGRAMS = 96;
const TILES = 2000;

/** Best wall-clock seconds of the same programs on one thread and on two, process start included, and their ratio. */
export interface Parallel {
  readonly programs: number;
  readonly one: number;
  readonly two: number;
  readonly ratio: number;
}

/** `vta run-vector --on cycle` on equal programs; null where there is one core only. */
export function parallel(repeat: number): Parallel | null {
  if (availableParallelism() < 2) return null;
  return inTemporary((folder) => {
    const names = Array.from({ length: PROGRAMS }, (_, i) => `v${i}`);
    writeVector(join(folder, names[0]), pipelineWorkload('default', TILES));
    for (const name of names.slice(1)) symlinkSync(names[0], join(folder, name), 'dir');
    const times = { 1: [] as number[], 2: [] as number[] };
    for (let n = 0; n < repeat; n++) {
      for (const jobs of [1, 2] as const)
        times[jobs].push(seconds([VTA, 'run-vector', ...names, '--on', 'cycle', '--jobs', `${jobs}`], folder));
    }
    const best = (jobs: 1 | 2) => bestAndMedian(times[jobs]).best;
    return { programs: PROGRAMS, one: best(1), two: best(2), ratio: medianRatio(times[1], times[2]) };
  });
}

type Runs = readonly (readonly [begin: number, end: number])[];

/** Milliseconds of the fastest run that lies within a stretch of time. */
export const fastestWithin = (runs: Runs, from: number, to: number): number =>
  Math.min(...runs.filter(([begin, end]) => begin >= from && end <= to).map(([begin, end]) => end - begin));

/** Seconds of each measurement, and those until a process runs compiled code. */
const SECONDS = 5;
const WARM_UP = 2;

const processOf = async (seconds: number): Promise<Runs> => {
  const argv = ['--no-warnings', '--import', './tools/ts-node.mjs', join('bench', 'throughput.ts'), `${seconds}`];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as Runs;
};

/**
 * What two processes get done at a time over what one does, once they are under way: by the fastest runs of the same program, of two only while both are at
 * work. Null where there is one core only.
 */
export async function underWay(repeat: number): Promise<number | null> {
  if (availableParallelism() < 2) return null;
  const best = { one: Number.POSITIVE_INFINITY, a: Number.POSITIVE_INFINITY, b: Number.POSITIVE_INFINITY };
  for (let n = 0; n < repeat; n++) {
    const one = await processOf(SECONDS);
    best.one = Math.min(best.one, fastestWithin(one, one[0][0] + 1000 * WARM_UP, Number.POSITIVE_INFINITY));
    const [a, b] = await Promise.all([processOf(SECONDS), processOf(SECONDS)]);
    const from = Math.max(a[0][0], b[0][0]) + 1000 * WARM_UP;
    const to = Math.min(a[a.length - 1][1], b[b.length - 1][1]);
    best.a = Math.min(best.a, fastestWithin(a, from, to));
    best.b = Math.min(best.b, fastestWithin(b, from, to));
  }
  return best.one / best.a + best.one / best.b;
}
