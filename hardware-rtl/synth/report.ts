/** Resources of the RTL after Yosys: npm run tool -- hardware-rtl/synth/report.ts [preset] [bus bits] [xc7|ecp5|elaborate] */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { VtaConfig } from '#isa/config/config';
import { preset } from '#isa/config/presets';
import { generatedFiles, rtlSources } from '../verilated/sources.js';
import { run } from '../verilated/verilator.js';

/** What Yosys is asked to do. `elaborate` only reads, elaborates and checks. */
export const TARGETS = {
  xc7: 'synth_xilinx -family xc7 -flatten -top vta_top; stat',
  ecp5: 'synth_ecp5 -top vta_top; stat',
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

/** Cell counts of the last `stat` in a log. */
export function cellsOf(log: string): Cells {
  const last = log.slice(log.lastIndexOf('Number of cells:'));
  const rows = last.split('\n').slice(1);
  const end = rows.findIndex((r) => r.trim() === '');
  return Object.fromEntries(
    rows.slice(0, end < 0 ? rows.length : end).flatMap((r) => {
      const match = /^\s+(\S+)\s+(\d+)$/.exec(r);
      return match === null ? [] : [[match[1], Number(match[2])]];
    }),
  );
}

/** Runs Yosys. @returns its cell counts, or its last lines where it fails */
export async function synthesize(config: VtaConfig, width: number, target: Target): Promise<Cells | string> {
  const folder = mkdtempSync(join(tmpdir(), 'vta-synth-'));
  try {
    const files = [...yosysSources(config, width)].map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    const { ok, output } = await run('yosys', ['-p', `read_verilog -sv ${files.join(' ')}; ${TARGETS[target]}`]);
    return ok ? cellsOf(output) : output.trim().split('\n').slice(-5).join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sums by what a device has of them. */
export function summary(cells: Cells): Readonly<Record<string, number>> {
  const sum = (test: RegExp) => Object.entries(cells).reduce((n, [type, count]) => n + (test.test(type) ? count : 0), 0);
  return {
    DSP: sum(/^(DSP48|MULT18X18)/),
    'block RAM (36 kbit; ECP5 18 kbit)': sum(/^(RAMB36|DP16KD|PDPW16KD)/),
    'block RAM (18 kbit)': sum(/^RAMB18/),
    'LUT RAM': sum(/^(RAM\d+(M|X\d)|TRELLIS_DPR)/),
    LUT: sum(/^LUT\d/),
    register: sum(/^(FD[RSCP]E|TRELLIS_FF)/),
    latch: sum(/LATCH|^LD[CP]E/),
  };
}

async function main(): Promise<void> {
  const [name = 'default', width = '64', target = 'xc7'] = process.argv.slice(2);
  const config = preset(name);
  const result = await synthesize(config, Number(width), target as Target);
  if (typeof result === 'string') {
    process.stderr.write(`yosys: ${result}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${config.name}, ${width}-bit bus, ${target}\n`);
  for (const [what, count] of Object.entries(summary(result))) process.stdout.write(`${what.padEnd(36)} ${count}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
