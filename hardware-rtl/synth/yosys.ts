/** What Yosys makes of the RTL. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VtaConfig } from '#isa/config/config';
import { generatedFiles, rtlSources } from '../verilated/sources.js';
import { run } from '../verilated/verilator.js';

/**
 * What Yosys is asked to do. The hierarchy is kept: each distinct module is mapped once, where a flat design has hundreds of copies of it (a flat
 * `default` took more than an hour). `elaborate` only reads, elaborates and checks.
 */
export const TARGETS = {
  xc7: 'synth_xilinx -family xc7 -top vta_top; stat',
  ecp5: 'synth_ecp5 -noflatten -top vta_top; stat',
  elaborate: 'hierarchy -check -top vta_top; proc -noopt; check -assert; stat',
} as const;
export type Target = keyof typeof TARGETS;

/** Number of cells by type, of the whole design. */
export type Cells = Readonly<Record<string, number>>;

/** Values of the integer and bit constants of a generated package, by `package::name`. */
function constantsOf(name: string, text: string): ReadonlyMap<string, string> {
  const matches = text.matchAll(/localparam (?:int unsigned|bit) (\w+)\s*= ((?:1'b)?\d+);/g);
  return new Map(Array.from(matches, (m) => [`${name}::${m[1]}`, m[2]]));
}

/** Yosys 0.23 does not know the constants of one package inside another: puts the numbers in. */
function flatten(text: string, constants: ReadonlyMap<string, string>): string {
  return text.replace(/\bvta_(?:bus_)?pkg::\w+/g, (name) => constants.get(name) ?? name);
}

/** The sources as Yosys reads them, by file name, in order. */
export function yosysSources(config: VtaConfig, width: number): ReadonlyMap<string, string> {
  const generated = generatedFiles(config, width, 'plain');
  const packages = ['vta_pkg', 'vta_bus_pkg'].map((n) => [n, generated[`${n}.sv`]] as const);
  const constants = new Map(packages.flatMap(([n, text]) => [...constantsOf(n, text)]));
  const out = new Map(packages.map(([n, text]) => [`${n}.sv`, text]));
  for (const { path, text } of rtlSources()) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    out.set(name, name.endsWith('_pkg.sv') ? flatten(text, constants) : text);
  }
  return out;
}

/** The rows `name count` after a heading in a log, up to the next empty line. */
function rowsAfter(log: string, at: number): readonly (readonly [name: string, count: number])[] {
  if (at < 0) return [];
  const rows = log.slice(at).split('\n').slice(1);
  const end = rows.findIndex((r) => r.trim() === '');
  return rows.slice(0, end < 0 ? rows.length : end).flatMap((r) => {
    const match = /^\s+(\S+)\s+(\d+)$/.exec(r);
    return match === null ? [] : [[match[1], Number(match[2])] as const];
  });
}

/** Cell counts of the last `stat` in a log. */
export const cellsOf = (log: string): Cells => Object.fromEntries(rowsAfter(log, log.lastIndexOf('Number of cells:')));

/** Multiplier slices of the array: those of one dot product, as many times as there is one. A log of a flat design has none. */
export function arrayMultipliers(log: string): number {
  const statistics = log.slice(log.lastIndexOf('Printing statistics.'));
  const section = statistics.split(/^=== (.*) ===$/m);
  let perDot = 0;
  for (let n = 1; n + 1 < section.length; n += 2) {
    if (!section[n].includes('vta_dot')) continue;
    perDot = multipliers(Object.fromEntries(rowsAfter(section[n + 1], section[n + 1].indexOf('Number of cells:'))));
  }
  const dots = /vta_dot\s+(\d+)/g;
  const hierarchy = statistics.slice(statistics.indexOf('=== design hierarchy ==='));
  const count = [...hierarchy.matchAll(dots)].reduce((n, m) => n + Number(m[1]), 0);
  return perDot * count;
}

const sum = (cells: Cells, test: RegExp): number =>
  Object.entries(cells).reduce((n, [type, count]) => n + (test.test(type) ? count : 0), 0);
const multipliers = (cells: Cells): number => sum(cells, /^(DSP48|MULT18X18)/);

/** What a synthesis found. */
export interface Synthesis {
  readonly cells: Cells;
  /** Multiplier slices of the GEMM array. */
  readonly array: number;
}

/** Runs Yosys. @returns what it counted, or its last lines where it fails */
export async function synthesize(config: VtaConfig, width: number, target: Target): Promise<Synthesis | string> {
  return inFolder(yosysSources(config, width), async (_, files) => {
    const { ok, output } = await run('yosys', ['-p', `read_verilog -sv ${files.join(' ')}; ${TARGETS[target]}`]);
    return ok ? { cells: cellsOf(output), array: arrayMultipliers(output) } : lastLines(output);
  });
}

export const lastLines = (output: string): string => output.trim().split('\n').slice(-5).join('\n');

/** Writes the sources into a folder of their own, which is gone afterwards. */
export async function inFolder<T>(
  sources: ReadonlyMap<string, string>,
  work: (folder: string, files: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vta-synth-'));
  try {
    const files = [...sources].map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    return await work(folder, files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sums by what a device has of them. */
export const summary = (cells: Cells): Resources => ({
  dsp: multipliers(cells),
  bram36: sum(cells, /^RAMB36/),
  bram18: sum(cells, /^(RAMB18|DP16KD|PDPW16KD)/),
  lutRam: sum(cells, /^(RAM\d+(M|X\d)|TRELLIS_DPR)/),
  lut: sum(cells, /^LUT\d/),
  register: sum(cells, /^(FD[RSCP]E|TRELLIS_FF)/),
  latch: sum(cells, /LATCH|^LD[CP]E/),
});

/** Counts of primitive cells. Block RAMs by kbit: 36 and 18 on xc7, 18 on ECP5. */
export interface Resources {
  readonly dsp: number;
  readonly bram36: number;
  readonly bram18: number;
  readonly lutRam: number;
  readonly lut: number;
  readonly register: number;
  readonly latch: number;
}
