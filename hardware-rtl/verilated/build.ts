import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { rtlMessages as M } from '../messages.js';
import { withLock } from './lock.js';
import { benchSources, generatedFiles, rtlSources } from './sources.js';
import { requireVerilator, run } from './verilator.js';

/** What is built: one executable per configuration, bus width in bits, and with or without waveforms. */
export interface BuildRequest {
  readonly config: VtaConfig;
  readonly width: number;
  /** A build that can write waveforms (slower). */
  readonly trace?: boolean;
}

const EXECUTABLE = 'Vvta_top';
/** -O1 compiles in half the time of -O2; programs take 25 % more (resnet-18 C2: 405 instead of 510 thousand cycles per second). */
const MAKE_FLAGS = ['OPT_FAST=-O1', 'OPT_SLOW=-O0'];
const VERILATOR_FLAGS = ['--cc', '--exe', '-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert', '--output-split', '8000'];

/** Where built models are kept: VTA_CACHE_DIR, else vta-stack in the user's cache folder. */
export function cacheFolder(): string {
  const { VTA_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = process.env;
  return own ? own : join(xdg ? xdg : join(homedir(), '.cache'), 'vta-stack');
}

const inFlight = new Map<string, Promise<string>>();

/**
 * The executable of a model, built unless the cache holds it. The cache key covers the sources, the configuration, the flags and
 * Verilator's version. A folder appears in the cache in one step, when it is complete.
 * @throws VtaError VTA5001..VTA5003
 */
export function buildModel(request: BuildRequest): Promise<string> {
  const key = `${request.config.fingerprint}/${request.width}/${request.trace === true}`;
  let building = inFlight.get(key);
  if (building === undefined) {
    building = findOrBuild(request);
    inFlight.set(key, building);
    building.catch(() => inFlight.delete(key));
  }
  return building;
}

async function findOrBuild(request: BuildRequest): Promise<string> {
  const version = await requireVerilator();
  const generated = generatedFiles(request.config, request.width, request.trace === true);
  const hash = createHash('sha256').update(JSON.stringify([version, VERILATOR_FLAGS, MAKE_FLAGS, generated]));
  for (const { text } of [...rtlSources(), ...benchSources()]) hash.update(text).update('\0');
  const name = `rtl-${request.config.name}-${request.width}${request.trace ? '-trace' : ''}-${hash.digest('hex').slice(0, 16)}`;
  const folder = join(cacheFolder(), name);
  const executable = join(folder, EXECUTABLE);
  if (existsSync(executable)) return executable;
  mkdirSync(cacheFolder(), { recursive: true });
  return withLock(`${folder}.lock`, async () => {
    if (!existsSync(executable)) await build(request, generated, folder);
    return executable;
  });
}

async function build(request: BuildRequest, generated: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const temporary = `${folder}.building-${process.pid}-${randomBytes(4).toString('hex')}`;
  const objects = join(temporary, 'obj');
  mkdirSync(objects, { recursive: true });
  for (const [name, text] of Object.entries(generated)) writeFileSync(join(temporary, name), text);
  await verilate(request, temporary, objects);
  await make(request, temporary, objects);
  renameSync(join(objects, EXECUTABLE), join(temporary, EXECUTABLE));
  rmSync(objects, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
}

async function verilate(request: BuildRequest, temporary: string, objects: string): Promise<void> {
  const bench = benchSources().map((s) => s.path);
  const files = [
    join(temporary, 'vta_pkg.sv'),
    join(temporary, 'vta_bus_pkg.sv'),
    ...rtlSources().map((s) => s.path),
    ...bench.filter((p) => p.endsWith('.sv') || p.endsWith('.cpp')),
  ];
  const header = bench.find((p) => p.endsWith('probe.h'))!;
  const include = `-I${temporary} -I${header.slice(0, -'/probe.h'.length)}`;
  const trace = request.trace ? ['--trace-fst'] : [];
  const args = [...VERILATOR_FLAGS, ...trace, '-Wno-lint', '--top-module', 'vta_top', '--Mdir', objects, '-CFLAGS', include, ...files];
  const { ok, output } = await run('verilator', args);
  if (!ok) failed(request, 'verilator', output, temporary);
}

async function make(request: BuildRequest, temporary: string, objects: string): Promise<void> {
  const ccache = (await run('ccache', ['--version'])).ok ? ['OBJCACHE=ccache'] : [];
  const args = ['-s', `-j${Math.min(4, availableParallelism())}`, '-f', `${EXECUTABLE}.mk`, ...MAKE_FLAGS, ...ccache];
  const { ok, output } = await run('make', args, objects);
  if (!ok || !existsSync(join(objects, EXECUTABLE))) failed(request, 'make', output, temporary);
}

function failed(request: BuildRequest, step: string, output: string, temporary: string): never {
  const log = join(cacheFolder(), `failed-${request.config.name}-${request.width}.log`);
  writeFileSync(log, output);
  rmSync(temporary, { recursive: true, force: true });
  const lines = output.split('\n').filter((l) => /error/i.test(l));
  fail(M.VTA5003, {
    config: request.config.name,
    width: request.width,
    step,
    output: (lines.length > 0 ? lines : output.trim().split('\n')).slice(0, 3).join('; '),
    log,
  });
}
