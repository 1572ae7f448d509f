/** What Yosys makes of the RTL. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VtaConfig } from '#isa/config/config';
import { generatedFiles, rtlSources } from '#hardware-rtl/verilated/sources';
import { type Ran, run } from '#hardware-rtl/verilated/verilator';

/** Fails where a module keeps a value without a clock. Before the mapping, because `synth_ecp5` makes such a cell of LUTs. */
const NO_LATCH = 'select -assert-none t:$dlatch t:$adlatch t:$dlatchsr';

/** Fails where a product of two values that are not constants is left for LUTs. */
const varies = (port: string): string => `t:$mul %ci1:+[${port}] w:* %i %co1:+[${port}]`;
const ALL_IN_DSPS = `select -assert-none ${varies('A')} ${varies('B')} %i t:$mul %i`;

const BEGIN = `hierarchy -check -top vta_top; proc; ${NO_LATCH}`;
const XILINX = 'synth_xilinx -family xc7 -top vta_top';
const LATTICE = 'synth_ecp5 -noflatten -top vta_top';
/** Without the last step of synth_ecp5, which names every wire of the netlist and takes minutes to do so. */
const LATTICE_REST = `${LATTICE} -run coarse:check; check -noinit`;
/** synth_ecp5 has no label behind its mapping of multipliers: these are its own steps up to there. */
const LATTICE_DSP = [
  'opt_expr; opt_clean; opt -nodffe -nosdff; wreduce; peepopt; opt_clean',
  'techmap -map +/mul2dsp.v -map +/ecp5/dsp_map.v -D DSP_A_MAXWIDTH=18 -D DSP_B_MAXWIDTH=18 -D DSP_A_MINWIDTH=2 -D DSP_B_MINWIDTH=2 -D DSP_NAME=$__MUL18X18',
  'chtype -set $mul t:$__soft_mul',
  ALL_IN_DSPS,
].join('; ');

/**
 * What Yosys is asked to do. The hierarchy is kept: each distinct module is mapped once, where a flat design has hundreds of copies of it (a flat
 * `default` took more than an hour). `elaborate` only reads, elaborates and checks.
 */
export const TARGETS = {
  xc7: `${BEGIN}; ${XILINX} -run begin:coarse; ${ALL_IN_DSPS}; ${XILINX} -run coarse:`,
  ecp5: `${BEGIN}; ${LATTICE} -run begin:coarse; ${LATTICE_DSP}; ${LATTICE_REST}`,
  elaborate: `hierarchy -check -top vta_top; proc -noopt; ${NO_LATCH}; check -assert`,
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

/** Runs Yosys. @returns what it counted, or its last lines where it fails or takes longer than {@link LIMIT_MS} */
export const synthesize = (config: VtaConfig, width: number, target: Target): Promise<Synthesis | string> =>
  synthesizeFiles(yosysSources(config, width), target);

/** The same for any sources with a module `vta_top`. */
export function synthesizeFiles(sources: ReadonlyMap<string, string>, target: Target): Promise<Synthesis | string> {
  return inFolder(sources, async (folder, files) => {
    const log = await yosys(folder, `read_verilog -sv ${files.join(' ')}; ${TARGETS[target]}`);
    return log.ok ? { cells: cellsOf(log.output), array: arrayMultipliers(log.output) } : lastLines(log.output);
  });
}

/** No step takes longer, unless something is wrong with it. */
export const LIMIT_MS = 30 * 60_000;

/** Runs a script and counts the cells of what it made. Yosys's own log (tens of megabytes) is not kept: only what it complains about. */
export async function yosys(folder: string, script: string): Promise<Ran> {
  const statistics = join(folder, 'statistics');
  const ran = await run('yosys', ['-qq', '-p', `${script}; tee -o ${statistics} stat`], folder, LIMIT_MS);
  return ran.ok ? { ok: true, output: readFileSync(statistics, 'utf8') } : ran;
}

export const lastLines = (output: string): string => output.trim().split('\n').slice(-5).join('\n');

/**
 * Writes the sources into a folder of their own, which is gone afterwards. `work` gets their names in it: Yosys puts the paths that it reads into the names
 * of cells, and what a placer makes of a netlist depends on these.
 */
export async function inFolder<T>(
  sources: ReadonlyMap<string, string>,
  work: (folder: string, files: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vta-synth-'));
  try {
    for (const [name, text] of sources) writeFileSync(join(folder, name), text);
    return await work(folder, [...sources.keys()]);
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
  carry: sum(cells, /^(CARRY4|CCU2C)$/),
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
  /** CARRY4 (four bits beside LUTs) on xc7, CCU2C (two bits in the place of two LUTs) on ECP5. */
  readonly carry: number;
  readonly register: number;
  readonly latch: number;
}
