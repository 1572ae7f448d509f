import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '#hardware-rtl/verilated/verilator';
import { REDUCED, REDUCED_CONSTANTS, REDUCED_WIDTH, withConstants } from './reduced.js';
import { inFolder, LIMIT_MS, lastLines, yosys, yosysSources } from './yosys.js';

/** One port of a module, as Yosys sees it. */
export interface Port {
  readonly name: string;
  readonly input: boolean;
  readonly width: number;
}

/**
 * A device with four pins around a machine with more ports than a package has pins: what goes in is shifted in, and what comes out is folded into one bit, four
 * outputs to a register, so that nothing is optimised away and every path is one between registers.
 */
export function shellOf(top: string, ports: readonly Port[]): string {
  const width = (input: boolean) => ports.filter((p) => p.input === input && !isPin(p.name)).reduce((n, p) => n + p.width, 0);
  const folds = Math.ceil(width(false) / 4);
  const at = { in_q: 0, out: 0 };
  const connections = ports.map(({ name, input, width: w }) => {
    if (isPin(name)) return `.${name}(${/clk/.test(name) ? 'clk' : 'rst_n'})`;
    const vector = input ? 'in_q' : 'out';
    at[vector] += w;
    return `.${name}(${vector}[${at[vector] - w} +: ${w}])`;
  });
  return `module shell (input logic clk, input logic rst_n, input logic d, output logic q);
  logic [${width(true) - 1}:0] in_q;
  logic [${width(false) - 1}:0] out;
  logic [${4 * folds - 1}:0] padded;
  logic [${folds - 1}:0] folded_q;
  assign padded = ${4 * folds}'(out);
  for (genvar n = 0; n < ${folds}; n++) begin : gen_fold
    always_ff @(posedge clk) folded_q[n] <= ^padded[4*n +: 4];
  end
  always_ff @(posedge clk) begin
    in_q <= {in_q, d};
    q    <= ^folded_q;
  end
  ${top} u_top (${connections.join(', ')});
endmodule
`;
}
const isPin = (name: string): boolean => name === 'ap_clk' || name === 'ap_rst_n';

/** A placed and routed machine. */
export interface Routed {
  readonly logicCells: number;
  readonly blockRams: number;
  /** MHz that the slowest path between two registers allows. */
  readonly clock: number;
}

/** The part of nextpnr's report that is read. */
interface Report {
  readonly fmax: Readonly<Record<string, { readonly achieved: number }>>;
  readonly utilization: Readonly<Record<string, { readonly used: number }>>;
}

/** What nextpnr reports of a device with one clock. */
export function routedOf(report: Report): Routed {
  const clocks = Object.values(report.fmax);
  if (clocks.length !== 1) throw new Error(`internal error: the shell has one clock, the report ${clocks.length}`);
  return {
    logicCells: report.utilization.ICESTORM_LC.used,
    blockRams: report.utilization.ICESTORM_RAM.used,
    clock: Math.round(clocks[0].achieved * 10) / 10,
  };
}

/** The sources of the small core, as Yosys reads them. */
export function reducedSources(): ReadonlyMap<string, string> {
  const sources = new Map(yosysSources(REDUCED, REDUCED_WIDTH));
  return sources.set('vta_core_pkg.sv', withConstants(sources.get('vta_core_pkg.sv') ?? '', REDUCED_CONSTANTS));
}

/** A netlist of Yosys, as far as it is read. */
interface Netlist {
  readonly modules: Readonly<
    Record<string, { readonly ports: Readonly<Record<string, { readonly direction: string; readonly bits: readonly unknown[] }>> }>
  >;
}

/** Ports of a module in a netlist of Yosys. */
export const portsOf = (netlist: Netlist, module: string): readonly Port[] =>
  Object.entries(netlist.modules[module].ports).map(([name, { direction, bits }]) => ({
    name,
    input: direction === 'input',
    width: bits.length,
  }));

/**
 * Yosys's mapping, flat. No memory of the design is read at a place that is written in the same cycle, where the value matters: what the interlocks and forwarding
 * of the contract are for. Without -no-rw-check Yosys would make sure of the old value with hundreds of registers.
 */
const MAPPING = 'synth_ice40 -no-rw-check -top shell';

/**
 * Maps the small core for an iCE40, and places and routes all of it in an HX8K (7,680 logic cells, 32 block RAMs of 4 kbit).
 * @returns the last lines of the tool that fails
 */
export function route(): Promise<Routed | string> {
  return inFolder(reducedSources(), async (folder, files) => {
    const [elaborated, netlist, report] = ['elaborated.json', 'netlist.json', 'report.json'].map((name) => join(folder, name));
    const read = `read_verilog -sv ${files.join(' ')}`;
    const top = await yosys(folder, `${read}; hierarchy -check -top vta_top; proc; write_json ${elaborated}`);
    if (!top.ok) return lastLines(top.output);
    const ports = portsOf(JSON.parse(readFileSync(elaborated, 'utf8')) as Netlist, 'vta_top');
    writeFileSync(join(folder, 'shell.sv'), shellOf('vta_top', ports));
    const mapped = await yosys(folder, `${read} shell.sv; ${MAPPING} -json ${netlist}`);
    if (!mapped.ok) return lastLines(mapped.output);
    // fails unless every net is routed; that the clock is below 40 MHz is a result, not a failure
    const wanted = ['--freq', '40', '--timing-allow-fail', '--seed', '1', '--pcf-allow-unconstrained', '--report', report];
    const ran = await run('nextpnr-ice40', ['--hx8k', '--package', 'ct256', '--json', netlist, ...wanted], undefined, LIMIT_MS);
    return ran.ok ? routedOf(JSON.parse(readFileSync(report, 'utf8')) as Report) : lastLines(ran.output);
  });
}
