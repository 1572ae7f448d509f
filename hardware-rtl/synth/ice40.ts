import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '#isa/config/config';
import { PRESET_KEYS } from '#isa/config/presets';
import { run } from '../verilated/verilator.js';
import { cellsOf, inFolder, LIMIT_MS, lastLines, yosys, yosysSources } from './yosys.js';

/** The smallest machine that is still all of VTA: one lane, 8-bit values, 16-bit accumulators. It is some three times too large for any iCE40. */
export const REDUCED = defineConfig(
  {
    ...PRESET_KEYS.mac64,
    LOG_ACC_WIDTH: 4,
    LOG_BLOCK: 0,
    LOG_BLOCK_IN: 0,
    LOG_BLOCK_OUT: 0,
    LOG_UOP_BUFF_SIZE: 6,
    LOG_INP_BUFF_SIZE: 4,
    LOG_WGT_BUFF_SIZE: 4,
    LOG_ACC_BUFF_SIZE: 5,
  },
  'reduced',
);

/** Queues of that machine: everything that the contract makes large for speed. */
export const REDUCED_QUEUES: Readonly<Record<string, number>> = {
  CommandQueueDepth: 4,
  FetchBytes: 64,
  FetchChunk: 64,
  LoaderBeats: 32,
  LoaderInsns: 2,
  ReadBursts: 4,
  RobDepth: 4,
  StoreInsns: 2,
};

/**
 * The units of the machine. Not its memories (scratchpads, accumulators, command queues): too small here for block RAMs, they are registers with hundreds of
 * enables, which says nothing of other devices, and the accumulators had not routed after minutes. The loader of compute is as the one in vta_load.
 */
export const UNITS = [
  'vta_ctrl_regs',
  'vta_counters',
  'vta_fetch',
  'vta_read_engine',
  'vta_load',
  'vta_compute',
  'vta_scanner',
  'vta_gemm',
  'vta_alu',
  'vta_store',
] as const;

/** One port of a module, as Yosys sees it. */
export interface Port {
  readonly name: string;
  readonly input: boolean;
  readonly width: number;
}

/** A device with four pins around one unit: what goes in is shifted in, and what comes out is kept and folded into one bit, so that nothing is optimised away and every path is one between registers. */
export function shellOf(unit: string, ports: readonly Port[]): string {
  const width = (input: boolean) => ports.filter((p) => p.input === input && !isPin(p.name)).reduce((n, p) => n + p.width, 0);
  const at = { in: 0, out: 0 };
  const connections = ports.map(({ name, input, width: w }) => {
    if (isPin(name)) return `.${name}(${/clk/.test(name) ? 'clk' : 'rst_n'})`;
    const vector = input ? 'in' : 'out';
    at[vector] += w;
    return `.${name}(${vector}${input ? '_q' : ''}[${at[vector] - w} +: ${w}])`;
  });
  return `module shell (input logic clk, input logic rst_n, input logic d, output logic q);
  logic [${width(true) - 1}:0] in_q;
  logic [${width(false) - 1}:0] out, out_q;
  always_ff @(posedge clk) begin
    in_q  <= {in_q, d};
    out_q <= out;
    q     <= ^out_q;
  end
  ${unit} u_unit (${connections.join(', ')});
endmodule
`;
}
const isPin = (name: string): boolean => name === 'clk_i' || name === 'rst_ni';

/** A routed unit. */
export interface RoutedUnit {
  readonly unit: string;
  readonly logicCells: number;
  readonly blockRams: number;
  /** MHz that the slowest path between two registers allows. */
  readonly clock: number;
}

/** The reduced machine: LUTs of all of it, and each unit routed alone. */
export interface Routed {
  readonly lut: number;
  readonly units: readonly RoutedUnit[];
}

/** The part of nextpnr's report that is read. */
interface Report {
  readonly fmax: Readonly<Record<string, { readonly achieved: number }>>;
  readonly utilization: Readonly<Record<string, { readonly used: number }>>;
}

/** What nextpnr reports of a device with one clock. */
export function routedOf(unit: string, report: Report): RoutedUnit {
  const clocks = Object.values(report.fmax);
  if (clocks.length !== 1) throw new Error(`internal error: the shell has one clock, the report ${clocks.length}`);
  return {
    unit,
    logicCells: report.utilization.ICESTORM_LC.used,
    blockRams: report.utilization.ICESTORM_RAM.used,
    clock: Math.round(clocks[0].achieved * 10) / 10,
  };
}

/** The sources of the reduced machine with its short queues. */
export function reducedSources(): ReadonlyMap<string, string> {
  const sources = new Map(yosysSources(REDUCED, 64));
  let constants = sources.get('vta_core_pkg.sv') ?? '';
  for (const [name, value] of Object.entries(REDUCED_QUEUES)) {
    const definition = new RegExp(`(localparam int unsigned ${name}\\s*=) \\d+;`);
    if (!definition.test(constants)) throw new Error(`internal error: vta_core_pkg has no number ${name}`);
    constants = constants.replace(definition, `$1 ${value};`);
  }
  return sources.set('vta_core_pkg.sv', constants);
}

/** A netlist of Yosys, as far as it is read. */
interface Netlist {
  readonly modules: Readonly<
    Record<string, { readonly ports: Readonly<Record<string, { readonly direction: string; readonly bits: readonly unknown[] }>> }>
  >;
}

/** Ports of a module in a netlist of Yosys. */
export const portsOf = (netlist: Netlist, unit: string): readonly Port[] =>
  Object.entries(netlist.modules[unit].ports).map(([name, { direction, bits }]) => ({
    name,
    input: direction === 'input',
    width: bits.length,
  }));

/**
 * Maps the reduced machine for an iCE40, then places and routes each of its units alone in an HX8K (7,680 logic cells, 32 block RAMs of 4 kbit).
 * @returns the last lines of the tool that fails
 */
export function route(wanted: readonly string[] = UNITS): Promise<Routed | string> {
  return inFolder(reducedSources(), async (folder, files) => {
    const netlist = join(folder, 'machine.json');
    const read = `read_verilog -sv ${files.join(' ')}`;
    const script = `${read}; hierarchy -check -top vta_top; proc; write_json ${netlist}; synth_ice40 -noflatten -top vta_top -run begin:check`;
    const whole = await yosys(folder, script);
    if (!whole.ok) return lastLines(whole.output);
    const machine = JSON.parse(readFileSync(netlist, 'utf8')) as Netlist;
    const units: RoutedUnit[] = [];
    for (const unit of wanted) {
      const routed = await routeUnit(unit, portsOf(machine, unit), folder, read);
      if (typeof routed === 'string') return `${unit}: ${routed}`;
      process.stderr.write(`${JSON.stringify(routed)}\n`);
      units.push(routed);
    }
    return { lut: cellsOf(whole.output).SB_LUT4, units };
  });
}

async function routeUnit(unit: string, ports: readonly Port[], folder: string, read: string): Promise<RoutedUnit | string> {
  const [netlist, report] = ['shell.json', 'report.json'].map((name) => join(folder, name));
  writeFileSync(join(folder, 'shell.sv'), shellOf(unit, ports));
  const mapped = await yosys(folder, `${read} shell.sv; synth_ice40 -top shell -json ${netlist}`);
  if (!mapped.ok) return lastLines(mapped.output);
  // fails unless every net is routed; that the clock is below 40 MHz is a result, not a failure
  const wanted = ['--freq', '40', '--timing-allow-fail', '--seed', '1', '--pcf-allow-unconstrained', '--report', report];
  const ran = await run('nextpnr-ice40', ['--hx8k', '--package', 'ct256', '--json', netlist, ...wanted], undefined, LIMIT_MS);
  return ran.ok ? routedOf(unit, JSON.parse(readFileSync(report, 'utf8')) as Report) : lastLines(ran.output);
}
