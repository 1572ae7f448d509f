import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { rtlMessages as M } from '../messages.js';
import { announceWaiting, BuildNotice } from './announce.js';
import { cached, cacheFolder, unusable } from './cache.js';
import { ABOUT, type About } from './about.js';
import { benchSources, generatedFiles, type ModelKind, rtlSources, type SourceFile } from './sources.js';
import { requireVerilator, run } from './verilator.js';

/** What is built: one executable per configuration, bus width in bits, and kind. */
export interface BuildRequest {
  readonly config: VtaConfig;
  readonly width: number;
  /** Plain if absent. */
  readonly kind?: ModelKind;
  /** Other sources of the design than the package's own, packages first. */
  readonly rtl?: readonly SourceFile[];
}

/** -O1 compiles in half the time of -O2; programs take 25 % more (resnet-18 C2: 405 instead of 510 thousand cycles per second). */
const MAKE_FLAGS = ['OPT_FAST=-O1', 'OPT_SLOW=-O0'];
/** Counters are most of the programs that count coverage, and those run once. In one piece, which reads Verilator's headers once, it takes a third of the time. */
const QUICK_MAKE_FLAGS = ['OPT_FAST=-O0', 'OPT_SLOW=-O0', 'OPT_GLOBAL=-O0', 'VM_PARALLEL_BUILDS=0'];
const VERILATOR_FLAGS = [
  '--cc',
  '--exe',
  '-O3',
  '--x-assign',
  'fast',
  '--x-initial',
  'fast',
  '--assert',
  '--output-split',
  '8000',
  '-Wno-lint',
];
const KIND_FLAGS: Readonly<Record<ModelKind, readonly string[]>> = {
  plain: [],
  fst: ['--trace-fst'],
  vcd: ['--trace'],
  coverage: ['--coverage-line'],
  toggle: ['--coverage-line', '--coverage-toggle', '--coverage-max-width', '64'],
};

const KIND_WORDS: Readonly<Record<ModelKind, string>> = {
  plain: '',
  fst: ' with FST waveforms',
  vcd: ' with VCD waveforms',
  coverage: ' with line coverage',
  toggle: ' with bit coverage',
};

/** Coverage is that of the design, not of what observes it. */
const UNCOUNTED: SourceFile = {
  path: 'uncounted.vlt',
  text: `\`verilator_config\n${[
    'vta_probe.sv',
    'vta_probe_bind.sv',
    'axi_channel_checker.sv',
    'axi4_checker.sv',
    'axi4_lite_checker.sv',
    'vta_axi_checks.sv',
    'vta_bind.sv',
  ]
    .map((file) => `coverage_off -file "*/${file}"\n`)
    .join('')}`,
};

const inFlight = new Map<string, Promise<string>>();

/**
 * The executable of a model, built unless the cache holds it. The cache key covers the sources, the configuration, the flags and
 * Verilator's version.
 * @throws VtaError VTA5001..VTA5003
 */
export const buildModel = (request: BuildRequest): Promise<string> => buildVerilated(rtlProgram(request));

/** What is compiled for a model. @throws VtaError VTA5010 */
export function rtlProgram(request: BuildRequest): VerilatedProgram {
  const { config, width, kind = 'plain', rtl = rtlSources() } = request;
  const generated = Object.entries(generatedFiles(config, width, kind)).map(([path, text]) => ({ path, text }));
  const name = `rtl-${config.name}-${width}${kind === 'plain' ? '' : `-${kind}`}`;
  return {
    name,
    what: `configuration ${config.name} at ${width} bits${KIND_WORDS[kind]}`,
    top: 'vta_top',
    sources: [...(kind === 'coverage' || kind === 'toggle' ? [UNCOUNTED] : []), ...generated, ...rtl, ...benchSources()],
    flags: KIND_FLAGS[kind],
    quick: kind === 'coverage' || kind === 'toggle',
    model: { config: config.keys, width, kind },
  };
}

/** One Verilated program. */
export interface VerilatedProgram {
  /** Begin of its folder's name in the cache. */
  readonly name: string;
  /** What it is, in diagnostics. */
  readonly what: string;
  /** Top module; the program is called `V<top>`. */
  readonly top: string;
  /** Verilator's control files, SystemVerilog, packages first, and C++; headers are found by their names. */
  readonly sources: readonly SourceFile[];
  readonly flags: readonly string[];
  /** Compile fast rather than run fast. */
  readonly quick?: boolean;
  /** Of a model of the design: what it is a model of. */
  readonly model?: About['model'];
}

/** VTA_RTL_QUICK=1 builds every model quickly, for a design that is tried once. */
const makeFlags = (program: VerilatedProgram): readonly string[] =>
  program.quick || process.env.VTA_RTL_QUICK === '1' ? QUICK_MAKE_FLAGS : MAKE_FLAGS;

/** A hash of sources, top module and flags. */
export function programKey(program: VerilatedProgram): string {
  const hash = createHash('sha256').update(JSON.stringify([program.top, VERILATOR_FLAGS, makeFlags(program), program.flags]));
  for (const { path, text } of program.sources) hash.update(basename(path)).update('\0').update(text).update('\0');
  return hash.digest('hex');
}

/** @returns path of the program. @throws VtaError VTA5001..VTA5003, VTA5011 */
export function buildVerilated(program: VerilatedProgram): Promise<string> {
  const key = programKey(program);
  let building = inFlight.get(key);
  if (building === undefined) {
    building = findOrBuild(program, key);
    inFlight.set(key, building);
    building.catch(() => inFlight.delete(key));
  }
  return building;
}

async function findOrBuild(program: VerilatedProgram, sources: string): Promise<string> {
  const version = await requireVerilator();
  const key = createHash('sha256').update(version).update(sources).digest('hex').slice(0, 16);
  const about: About = { schema: 1, what: program.what, verilator: version, key: sources, model: program.model ?? null };
  const make = async (folder: string): Promise<void> => {
    writeFileSync(join(folder, ABOUT), JSON.stringify(about));
    const notice = new BuildNotice(program.what, version, cacheFolder());
    let built = false;
    try {
      await build(program, folder, notice);
      built = true;
    } finally {
      notice.end(built);
    }
  };
  return cached(`${program.name}-${key}`, `V${program.top}`, make, () => announceWaiting(program.what));
}

/** A path that make and its rules take for one word. */
const ONE_WORD = /^[\w./+,@-]+$/;

/** Runs `work` in a folder in which make can build: `folder`, or another one where that has blanks or other signs of make in its path. */
async function inBuildFolder(folder: string, work: (place: string) => Promise<void>): Promise<void> {
  if (ONE_WORD.test(folder)) return work(folder);
  const parent = ONE_WORD.test(tmpdir()) ? tmpdir() : '/tmp';
  let place: string | null = null;
  try {
    place = mkdtempSync(join(parent, 'vta-build-'));
    await work(place);
  } catch (error) {
    unusable(place ?? parent, error);
  } finally {
    if (place !== null) rmSync(place, { recursive: true, force: true });
  }
}

/** Compiles copies of the sources, so that what is built is what the key says even if somebody edits them meanwhile. */
const build = (program: VerilatedProgram, folder: string, notice: BuildNotice): Promise<void> =>
  inBuildFolder(folder, async (place) => {
    const objects = join(place, 'obj');
    mkdirSync(objects);
    for (const { path, text } of program.sources) writeFileSync(join(place, basename(path)), text);
    await verilate(program, place, objects);
    notice.at('C++ compiler');
    await make(program, place, objects);
    copyFileSync(join(objects, `V${program.top}`), join(folder, `V${program.top}`));
    rmSync(objects, { recursive: true, force: true });
  });

async function verilate(program: VerilatedProgram, folder: string, objects: string): Promise<void> {
  const files = program.sources.map((s) => join(folder, basename(s.path))).filter((path) => /\.(vlt|sv|cpp)$/.test(path));
  const args = [...VERILATOR_FLAGS, ...program.flags, '--top-module', program.top, '--Mdir', objects, '-CFLAGS', `-I${folder}`, ...files];
  const { ok, output } = await run('verilator', args);
  if (!ok) failed(program, 'verilator', output, folder);
}

async function make(program: VerilatedProgram, folder: string, objects: string): Promise<void> {
  const ccache = (await run('ccache', ['--version'])).ok ? ['OBJCACHE=ccache'] : [];
  const args = ['-s', `-j${Math.min(4, availableParallelism())}`, '-f', `V${program.top}.mk`, ...makeFlags(program), ...ccache];
  const { ok, output } = await run('make', args, objects);
  if (!ok || !existsSync(join(objects, `V${program.top}`))) failed(program, 'make', output, folder);
}

/** Less room than any build needs. */
const FULL_BYTES = 1 << 20;

function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < FULL_BYTES;
  } catch {
    return false;
  }
}

/** @returns where the log is, for a diagnostic; nothing where it could not be written */
function keepLog(program: VerilatedProgram, output: string): string {
  const log = join(cacheFolder(), `failed-${program.name}.log`);
  try {
    writeFileSync(log, output);
    return `; the full log is in ${log}`;
  } catch {
    return '';
  }
}

function failed(program: VerilatedProgram, step: string, raw: string, folder: string): never {
  if (isFull(folder) || raw.includes('No space left on device')) fail(M.VTA5011, { folder, reason: 'no space is left on the disk' });
  const output = raw.replaceAll(`${folder}/`, '');
  const lines = output.split('\n').filter((l) => /error/i.test(l));
  fail(M.VTA5003, {
    model: program.what,
    step,
    output: (lines.length > 0 ? lines : output.trim().split('\n')).slice(0, 3).join('; '),
    log: keepLog(program, output),
  });
}
