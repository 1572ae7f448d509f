import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VtaConfig } from '#isa/config/config';
import { fail } from '#isa/diag/diagnostic';
import { generateSvBusPackage, generateSvPackages } from '#isa/gen/systemverilog';
import { ROB_DEPTH } from '#simulator/cycle/parameters';
import { rtlMessages as M } from '../messages.js';
import { COUNTERS } from './counters.js';

/** The folder that holds `rtl` and `tb`, whether this file runs from its source or in a build of `dist`. */
function packageFolder(): string {
  for (const up of ['../', '../../hardware-rtl/']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(`${folder}rtl/vta_top.sv`)) return folder;
  }
  throw new Error('internal error: the SystemVerilog sources are not beside the program');
}

/** A file by absolute path, with its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const read = (path: string): SourceFile => ({ path, text: readFileSync(path, 'utf8') });

/** The folder of the design: the package's own, or the one that the environment variable names, for an experiment on a copy. @throws VtaError VTA5010 */
function rtlFolder(): string {
  const { VTA_RTL_DIR: other } = process.env;
  if (other === undefined || other === '') return `${packageFolder()}rtl/`;
  if (!existsSync(join(other, 'vta_top.sv'))) fail(M.VTA5010, { folder: other });
  return `${resolve(other)}/`;
}

/**
 * Hand-written SystemVerilog of the design, packages first (those of {@link generatedFiles} come before them).
 * @throws VtaError VTA5010 where VTA_RTL_DIR names a folder without a design
 */
export function rtlSources(): readonly SourceFile[] {
  const folder = rtlFolder();
  const names = readdirSync(folder).filter((n) => n.endsWith('.sv'));
  const packages = names.filter((n) => n.endsWith('_pkg.sv'));
  const modules = names.filter((n) => !n.endsWith('_pkg.sv')).sort();
  return [...packages, ...modules].map((n) => read(folder + n));
}

/** Probe, protocol checkers and C++ harness. */
export function benchSources(): readonly SourceFile[] {
  const folders = ['tb/', 'checks/'].map((name) => packageFolder() + name);
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(sv|h|cpp)$/.test(name))
      .map((name) => folder + name),
  );
  return files.sort().map(read);
}

/** The checkers of one AXI port, with the program that feeds them cycle by cycle (checks/bench). */
export function checkerSources(): readonly SourceFile[] {
  const folder = `${packageFolder()}checks/`;
  return ['axi_channel_checker.sv', 'axi4_checker.sv', 'axi4_lite_checker.sv', 'bench/checker_bench.sv', 'bench/main.cpp'].map((n) =>
    read(folder + n),
  );
}

/** What a model can do besides running: write waveforms (FST or VCD); count the lines, or lines and bits, that were exercised (all slower). */
export type ModelKind = 'plain' | 'fst' | 'vcd' | 'coverage' | 'toggle';

/** The packages and the C++ header of one configuration and bus width, by file name. */
export function generatedFiles(config: VtaConfig, width: number, kind: ModelKind): Readonly<Record<string, string>> {
  const constants = {
    BUS_BYTES: width / 8,
    INP_BYTES: config.inpBytes,
    WGT_BYTES: config.wgtBytes,
    ACC_BYTES: config.accBytes,
    OUT_BYTES: config.outBytes,
    ACC_BITS: config.accBits,
    LANES: config.batch * config.blockOut,
    TRACE: kind === 'fst' ? 1 : kind === 'vcd' ? 2 : 0,
    COVERAGE: kind === 'coverage' || kind === 'toggle' ? 1 : 0,
    COUNTERS: COUNTERS.length,
    ROB_DEPTH,
    CHAIN_NAMES: 16,
  };
  return {
    'vta_pkg.sv': generateSvPackages(config),
    'vta_bus_pkg.sv': generateSvBusPackage(width),
    'vta_params.h': `#pragma once\n${Object.entries(constants)
      .map(([k, v]) => `#define VTA_${k} ${v}\n`)
      .join('')}`,
  };
}
