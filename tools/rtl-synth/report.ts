/** Resources and clock of the RTL: npm run synth:rtl [-- entry...], for instance mac64-xc7 default-x-ecp5 ice40. Writes docs/reference/resources.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { preset } from '#isa/config/presets';
import { rtlDigest } from '#hardware-rtl/verilated/digest';
import { type Routed, route } from './ice40.js';
import { REDUCED, REDUCED_CONSTANTS, REDUCED_WIDTH } from './reduced.js';
import { type Resources, summary, synthesize, type Target } from './yosys.js';

const CONFIGS = ['default', 'default-x', 'mac64', 'mac64-x'] as const;
const DEVICES = ['xc7', 'ecp5'] as const;
const WIDTH = 64;
const ICE40 = 'ice40';
export const ENTRIES: readonly string[] = [...CONFIGS.flatMap((c) => DEVICES.map((d) => `${c}-${d}`)), ICE40];

/** What was measured, by entry, each with the design that it is of ({@link rtlDigest}). */
export interface Measured {
  readonly [entry: string]: { readonly design: string } & (
    | { readonly resources: Resources; readonly array: number }
    | { readonly routed: Routed }
  );
}

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
export const DATA = path('./measured.json');
export const PAGE = path('../../docs/reference/resources.md');
export const measured = (): Measured => JSON.parse(readFileSync(DATA, 'utf8')) as Measured;

const number = (n: number): string => n.toLocaleString('en-US');

export function page(data: Measured): string {
  const rows = CONFIGS.flatMap((config) =>
    DEVICES.flatMap((device) => {
      const m = data[`${config}-${device}`];
      if (m === undefined || !('resources' in m)) return [];
      const r = m.resources;
      const { batch, blockIn, blockOut } = preset(config);
      const counts = [r.lut, r.carry, r.register, r.dsp].map(number).join(' | ');
      const ram = device === 'xc7' ? `${r.bram36} of 36 kbit, ${r.bram18} of 18` : `${r.bram18} of 18 kbit`;
      return [
        `| \`${config}\` | ${device} | ${counts} | ${number(m.array)} of ${number(batch * blockIn * blockOut)} | ${ram} | ${number(r.lutRam)} | ${r.latch} | ${m.design} |`,
      ];
    }),
  );
  return `# Resources of the RTL

Made by \`npm run synth:rtl\`; do not edit. \`npm run synth:rtl -- mac64-xc7 ice40\` measures single entries again. The last column names the design that was measured: a hash of
\`hardware-rtl/rtl\` without comments.

Yosys, ${WIDTH}-bit bus, \`synth_xilinx -family xc7\` and \`synth_ecp5 -noflatten\`, hierarchy kept; primitive cells of the whole design. Carry is CARRY4, or CCU2C, which takes the place of two LUTs.
DSP is DSP48E1 or MULT18X18D. *Array* counts those of the GEMM array, one for every multiply-accumulate; the others are the ALU's multipliers and those that count elements and loops. LUT RAM is RAM32M and RAM64M, or TRELLIS_DPR16X4.
The command fails if a multiplier of the array is not in a DSP, if a product of two values that vary is left for LUTs, or if there is a latch.

| configuration | device | LUT | carry | FF | DSP | array in DSP | block RAM | LUT RAM | latches | design |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

## A whole core on an iCE40

${clockOf(data[ICE40])}`;
}

const CONSTANTS = Object.entries(REDUCED_CONSTANTS).map(([name, value]) => `\`${name}\` ${value}`);

function clockOf(ice: Measured[string] | undefined): string {
  const c = REDUCED;
  const machine = `The small core \`${c.name}\` has ${c.blockIn} x ${c.blockOut} lanes, ${c.inpBits}-bit INP and WGT, ${c.accBits}-bit ACC, ${c.accDepth} elements in each buffer and a ${REDUCED_WIDTH}-bit bus`;
  if (ice === undefined || !('routed' in ice)) return `${machine}: not measured.\n`;
  const { logicCells, blockRams, clock } = ice.routed;
  return `${machine}. nextpnr-ice40 places and routes all of \`vta_top\` in an HX8K
(\`--hx8k --package ct256\`), in a shell with four pins, because the package has fewer pins than the core has ports: a register in front of each input, one behind every four outputs, all counted here.

| logic cells of 7,680 | block RAMs of 32 | MHz, between registers | design |
|---|---|---|---|
| ${number(logicCells)} | ${blockRams} | **${clock.toFixed(1)}** | ${ice.design} |

It is the same design with these constants in \`vta_core_pkg\`: ${CONSTANTS.join(', ')}. It runs every kind of instruction that its
configuration has (ACC_8BIT needs 32-bit accumulators, PAD_VALUE and RQ the extension), and leaves the same memory as the simulators (\`reduced.test.ts\` runs random programs on it). What the constants
leave out: [a small core](rtl.md#a-small-core).
`;
}

async function measure(entry: string): Promise<Measured[string] | string> {
  const design = rtlDigest();
  if (entry === ICE40) {
    const routed = await route();
    return typeof routed === 'string' ? routed : { design, routed };
  }
  const at = entry.lastIndexOf('-');
  const config = preset(entry.slice(0, at));
  const result = await synthesize(config, WIDTH, entry.slice(at + 1) as Target);
  if (typeof result === 'string') return result;
  const resources = summary(result.cells);
  const wanted = config.batch * config.blockIn * config.blockOut;
  if (result.array !== wanted) return `${result.array} of ${wanted} multipliers of the array are DSPs`;
  if (resources.latch > 0) return `${resources.latch} latches`;
  return { design, resources, array: result.array };
}

async function main(): Promise<void> {
  const entries = process.argv.length > 2 ? process.argv.slice(2) : ENTRIES;
  const unknown = entries.filter((e) => !ENTRIES.includes(e));
  if (unknown.length > 0) {
    process.stderr.write(`there is no entry ${unknown.join(', ')}: use any of ${ENTRIES.join(' ')}\n`);
    process.exitCode = 1;
    return;
  }
  for (const entry of entries) {
    const started = Date.now();
    const result = await measure(entry);
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stdout.write(`${entry}: ${typeof result === 'string' ? result : JSON.stringify(result)} (${seconds} s)\n`);
    if (typeof result === 'string') {
      process.exitCode = 1;
      continue;
    }
    const data = { ...measured(), [entry]: result };
    writeFileSync(DATA, `${JSON.stringify(data, null, 2)}\n`);
    writeFileSync(PAGE, page(data));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
